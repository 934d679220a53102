/** The pipeline's plain data: what dvc.yaml says, what a lock entry holds, why a stage failed. */
import type { ErrorCode } from "../base/error-codes.ts";
import type { Value, ValueMap } from "../base/value.ts";

/** `train`, `sub/dvc.yaml:train`, `build@cnn`, `raw.csv.dvc`: how DVC names a stage. */
export type StageAddress = string;

export type OutputKind = "out" | "metric" | "plot";

export interface OutputSpec {
  /** As written in dvc.yaml: relative to the stage's wdir. */
  readonly path: string;
  readonly kind: OutputKind;
  /** false: not in the cache, meant for Git. */
  readonly cache: boolean;
  readonly persist: boolean;
  /** DVC 2: kept from run to run, and registered whenever the stage asks for it. */
  readonly checkpoint?: true;
  readonly desc?: string;
  readonly push?: boolean;
  readonly remote?: string;
  /** Of a plot: how it is to be drawn, where the list says so: `x`, `y`, `title`, `template`... */
  readonly plot?: ValueMap;
}

export interface ParamsSpec {
  /** Relative to wdir; params.yaml where none is named. */
  readonly file: string;
  /** Dotted keys; null: the whole file. */
  readonly keys: readonly string[] | null;
}

/** A value in a command of which a shell reads characters as its own. */
export interface ShellHazard {
  /** What stands between the braces of `${...}`. */
  readonly reference: string;
  /** Where the characters are: a value, or a key of a mapping that becomes arguments. */
  readonly part: "value" | "key";
  readonly text: string;
  /** Which, each once: `; $`, a line end as `\n`. */
  readonly characters: readonly string[];
}

/** Where `dvc import` took data from. */
export interface ImportSource {
  /** A Git repository, as git takes it. */
  readonly url: string;
  readonly commit: string;
  /** Of the file or folder in there, with "/". */
  readonly path: string;
  readonly settings: RecordedSettings;
}

/** Settings for the repository of an import, as its .dvc file has them. */
export interface RecordedSettings {
  /** A path from the project's root, or a mapping of sections. */
  readonly config?: Value;
  /** A name, or a mapping of options of the default remote. */
  readonly remote?: Value;
}

export interface Stage {
  readonly address: StageAddress;
  /** The name in dvc.yaml, with @key for foreach and matrix. */
  readonly name: string;
  /** dvc.yaml's path relative to the project's root, "/" as separator. */
  readonly file: string;
  /** Absolute working folder. */
  readonly workingFolder: string;
  /** As it goes into the lock file, after templating. */
  readonly cmd: string | readonly string[] | null;
  readonly deps: readonly string[];
  readonly params: readonly ParamsSpec[];
  readonly outs: readonly OutputSpec[];
  readonly frozen: boolean;
  readonly alwaysChanged: boolean;
  readonly desc?: string;
  readonly meta?: Value;
  /** Of a .dvc file whose data is another repository's. Undefined too where the commit is not on record. */
  readonly importedFrom?: ImportSource;
  /** Values in its command of which a shell reads characters as its own. */
  readonly shellHazards?: readonly ShellHazard[];
  /** Of a generated stage: `item` or `key` where the file's variables have them too, which its templates do not see. */
  readonly hiddenVars?: readonly string[];
  /** What its templates see beside parameter files, by dotted key: `vars`, and `item` and `key` of a generated stage. */
  readonly templateValues?: ReadonlyMap<string, Value>;
  /** What its templates take from parameter files (absolute paths), by dotted key. */
  readonly takenValues?: ReadonlyMap<string, ReadonlyMap<string, Value>>;
}

/** One dependency or output in a lock file; key order on disk: path, hash, md5, size, nfiles, isexec. */
export interface LockItem {
  readonly path: string;
  /** absent for entries of DVC 2. */
  readonly hash?: "md5";
  /** "" for data elsewhere, which has a checksum or an ETag. */
  readonly md5: string;
  /** Of a file of a web server, in its words. */
  readonly checksum?: string;
  /** Of a file in a bucket. */
  readonly etag?: string;
  readonly size: number;
  readonly nfiles?: number;
  readonly isexec?: true;
}

/** A stage's entry in dvc.lock. `cmd`, deps, params, outs in this order; empty ones are left out. */
export interface LockEntry {
  readonly cmd: string | readonly string[];
  readonly deps: readonly LockItem[];
  /** file to (dotted key to value). */
  readonly params: ReadonlyMap<string, ValueMap>;
  readonly outs: readonly LockItem[];
}

/** How the command of a stage ended. */
export type CommandEnd = { readonly exitCode: number } | { readonly signal: NodeJS.Signals };

/** Why a stage failed. Plain data; words of it are made in failure-words.ts. */
export type StageFault =
  | { readonly kind: "command"; readonly command: string; readonly end: CommandEnd }
  | MissingInputs
  /** What sweepline refuses, or can't do; `command`: the one that could not be started. */
  | {
      readonly kind: "refused";
      readonly code: ErrorCode;
      readonly message: string;
      readonly command?: string;
      readonly hint?: string;
    }
  /** The disk is full, a file can't be read...: a system call failed. */
  | { readonly kind: "system"; readonly errno: string; readonly message: string };

export interface MissingInputs {
  readonly kind: "missing-inputs";
  readonly code: ErrorCode;
  /** The first of them, in one line: `dependency 'x' does not exist`. */
  readonly message: string;
  /** The files that are not there, absolute. */
  readonly files: readonly string[];
  /** Where it was foreseen: what the message tells of stands there, `dvc.yaml:7`. */
  readonly place?: string;
  /** Where it was foreseen: everything that is missing, each with the line that names it. */
  readonly problems: readonly string[];
  readonly hint?: string;
}

export type StageFailure = {
  readonly address: StageAddress;
  /** As messages name it: relative to the command's folder. */
  readonly name: string;
} & StageFault;

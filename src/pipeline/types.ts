/** The pipeline's plain data: what dvc.yaml says, what a lock entry holds, what a reproduction did. */
import type { ProcessIdentity } from "../base/processes.ts";
import type { Value, ValueMap } from "../base/value.ts";
import type { FileState } from "../store/state.ts";
import type { ShellHazard } from "./definition/shell-hazards.ts";
import type { StageRunner } from "./locks/leases.ts";
import type { WorkspaceLock } from "./locks/workspace-lock.ts";
import type { ProjectStages } from "./reading/project-stages.ts";
import type { RunOptions } from "./run-options.ts";

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
  readonly desc?: string;
  readonly push?: boolean;
  readonly remote?: string;
}

export interface ParamsSpec {
  /** Relative to wdir; params.yaml where none is named. */
  readonly file: string;
  /** Dotted keys; null: the whole file. */
  readonly keys: readonly string[] | null;
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
  /** Values in its command of which a shell reads characters as its own. */
  readonly shellHazards?: readonly ShellHazard[];
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
  readonly md5: string;
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

/** "waiting": for somebody else who runs the same; "running" or "restored" comes after it. */
export type StageAction = "running" | "waiting" | "skipped" | "restored" | "checked-out" | "frozen";

/** A running command of a stage. */
export interface StageProcess extends ProcessIdentity {
  /** What its processes have in their environment, those too that left its process group. */
  readonly mark: string;
}

/** What a reproduction tells while it works. Who prints needs `message` and `warning` only; `stage` is the same as data. */
export interface ReproduceEvents {
  /** A stage was decided on; for "running" the commands follow in `commands`. */
  stage(event: {
    readonly address: StageAddress;
    readonly action: StageAction;
    readonly commands: readonly string[];
    /** With "waiting": who is waited for, in words. */
    readonly owner?: string;
  }): void;
  /** A line as DVC prints it, in DVC's order (`Running stage 'x':`, `> cmd`, `Updating lock file 'dvc.lock'`, an empty line). */
  message(text: string): void;
  warning(text: string): void;
  /** Before anybody waits for it: a stage's process group was started. Its pid is the group's id. */
  processStarted(event: StageProcess & { readonly address: StageAddress }): void;
  processEnded(event: { readonly pid: number }): void;
  /** Asked by `interactive` before a stage runs; where it is missing the answer is no. */
  confirm?(question: string): Promise<boolean>;
}

/** Where the output of stage commands goes. */
export type StageOutputTarget =
  /** The terminal, or whatever our own stdout and stderr are; stdin is passed on. */
  | { readonly kind: "inherit" }
  /** Straight to an open file, both streams; stdin is empty. */
  | { readonly kind: "file"; readonly descriptor: number }
  /** To the terminal and to an open file. */
  | { readonly kind: "tee"; readonly descriptor: number };

export interface ReproduceOptions extends RunOptions {
  /** The folder of the command: targets and the addresses in messages are relative to it. Default: the project's root. */
  readonly folder?: string;
  /** dvc.yaml, stage, path/dvc.yaml:stage, stage@key, output path, .dvc file; empty: the dvc.yaml here. */
  readonly targets: readonly string[];
  /** Added to the environment of stage commands (DVC_EXP_NAME, SWEEPLINE_PARAM_...). undefined takes a variable away. DVC_ROOT and DVC_STAGE are set by the pipeline. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** DVC_ROOT's value: the user's repository, also in a copy. */
  readonly dvcRoot: string;
  readonly output: StageOutputTarget;
  readonly signal: AbortSignal;
  /** The project's stages, where the caller has read them already. */
  readonly stages?: ProjectStages;
  /** What is remembered of files that were hashed before; default: nothing. The caller closes it. */
  readonly state?: FileState;
  /** Who runs: a stage that another runner is running is waited for. Default: nobody is waited for. */
  readonly runner?: StageRunner;
  /** Held by the caller, for a run in the user's workspace. Default: nobody else comes here. */
  readonly lock?: WorkspaceLock;
}

export interface StageFailure {
  readonly address: StageAddress;
  /** As messages name it: relative to the command's folder. */
  readonly name: string;
  /** Why, in one line: `failed to run: sh train.sh, exited with 3`, `dependency 'x' does not exist`. */
  readonly message: string;
  /** Where it was foreseen: what the message tells of stands there, `dvc.yaml:7`. */
  readonly place?: string;
  /** Where it was foreseen: everything that is missing, each with the line that names it. */
  readonly problems?: readonly string[];
  /** What to do about it, where that is known. */
  readonly hint?: string;
  /** The command that failed, where it was one. */
  readonly command?: string;
  /** As DVC prints it: the exit code, or minus the signal's number. */
  readonly exitCode?: number;
}

export interface ReproduceFacts {
  /** The lock entries of the pipeline stages that were visited (run, restored or skipped). */
  readonly entries: ReadonlyMap<StageAddress, LockEntry>;
  /** All stages of the plan, in its order: a commit holds their files, also of those that were skipped. */
  readonly steps: readonly StageAddress[];
  /** Those that ran or were restored, in the order of the plan: what DVC makes an experiment's hash of. */
  readonly changedStages: readonly StageAddress[];
  /** Files to add to Git, relative to the project's root, sorted: lock files, .gitignore, .dvc files that were written. */
  readonly writtenFiles: readonly string[];
}

export type ReproduceResult =
  | ({
      readonly kind: "done";
      /** How many ran or were restored. */
      readonly changed: number;
    } & ReproduceFacts)
  | ({ readonly kind: "failed"; readonly failures: readonly StageFailure[] } & ReproduceFacts)
  | { readonly kind: "cancelled" };

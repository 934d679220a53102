/**
 * The options of a run, one row each: what the command line, an entry of the queue and the run itself know of them is made
 * from these rows.
 */

import { isRecord } from "../base/json.ts";

export interface RunFlag<T> {
  /** As it is typed: `-f, --force`. */
  readonly name: string;
  readonly help: string;
  /** What it makes of the option. */
  readonly value: T;
}

/** Why only a run in the workspace takes an option: `--dry` shows what it would do. */
export interface WorkspaceOnly {
  readonly does: string;
  readonly hint?: string;
}

export interface RunOption<T> {
  readonly default: T;
  /** Where several are given, the last one of these counts. None: the command gives it, as its own flag means it. */
  readonly flags: readonly RunFlag<T>[];
  /** For an option that needs somebody to look on: only a run in the workspace takes it, and no entry keeps it. */
  readonly workspaceOnly?: WorkspaceOnly;
  /** In the workspace there is nothing to do about it: `repro` has it not. */
  readonly copiesOnly?: true;
  /** Points that differ in it are the same point all the same. */
  readonly point?: "same";
}

function on<More extends Partial<RunOption<boolean>>>(
  name: string,
  help: string,
  more?: More,
): RunOption<boolean> & More {
  return { default: false, flags: [{ name, help, value: true }], ...(more as More) };
}

function off(name: string, help: string): RunOption<boolean> {
  return { default: true, flags: [{ name, help, value: false }] };
}

/** What becomes of the other stages when one fails. */
export type OnError = "stop" | "keep-going" | "ignore";

const onError: RunOption<OnError> = {
  default: "stop",
  flags: [
    {
      name: "-k, --keep-going",
      help: "go on with stages that do not depend on a failed one",
      value: "keep-going",
    },
    { name: "--ignore-errors", help: "go on as if failed stages had succeeded", value: "ignore" },
  ],
};

/** Stages that do not depend on each other run at the same time, up to this many. */
const jobs: RunOption<number> = { default: 1, flags: [], point: "same" };

const asks: WorkspaceOnly = { does: "asks in the terminal" };
const shows: WorkspaceOnly = {
  does: "shows what a run in the workspace would do",
  hint: "`sweepline expand OVERRIDE...` shows the points of a sweep.",
};

/** In the order of the help. */
export const runOptionTable = {
  force: on("-f, --force", "run stages even if nothing changed", { point: "same" }),
  interactive: on("-i, --interactive", "ask before each stage runs", { workspaceOnly: asks }),
  singleItem: on("-s, --single-item", "only the targets, without what they depend on"),
  pipeline: on("-p, --pipeline", "the whole pipelines that the targets belong to"),
  allPipelines: on("-P, --all-pipelines", "all pipelines of the project"),
  recursive: on("-R, --recursive", "all stages of the folders given as targets"),
  downstream: on("--downstream", "the targets and the stages that depend on them"),
  forceDownstream: on("--force-downstream", "run all descendants of a changed stage, even if they did not change"),
  pull: on("--pull", "take missing data, and runs made elsewhere, from the storage remote"),
  allowMissing: on("--allow-missing", "skip stages of which only data is missing"),
  glob: on("--glob", "targets may hold shell wildcards"),
  commit: off("--no-commit", "do not put outputs into the cache"),
  useRunCache: off("--no-run-cache", "run stages even if the same run was made before"),
  dry: on("--dry", "print the commands, run nothing", { workspaceOnly: shows }),
  keepUntracked: on("--keep-untracked", "keep what stages leave that Git neither tracks nor ignores", {
    point: "same",
    copiesOnly: true,
  }),
  onError,
  strict: on("--strict", "refuse, not warn, where a template would bring shell characters into a command"),
  jobs,
} as const;

type Table = typeof runOptionTable;
export type RunOptionName = keyof Table;
type WorkspaceOnlyName = {
  [Name in RunOptionName]: Table[Name] extends { readonly workspaceOnly: WorkspaceOnly } ? Name : never;
}[RunOptionName];
type ValueOf<Row> = Row extends RunOption<infer Value> ? Value : never;

/** A value for each row. */
export type RunOptions = { readonly [Name in RunOptionName]: ValueOf<Table[Name]> };

/** What an entry of the queue keeps, and a finished experiment tells: the options that differ from the defaults. */
export type KeptOptions = Partial<Omit<RunOptions, WorkspaceOnlyName>>;

type Row = RunOption<RunOptions[RunOptionName]>;

const rows: readonly (readonly [RunOptionName, Row])[] = Object.entries(runOptionTable).map(
  ([name, row]) => [name as RunOptionName, row as Row] as const,
);

/** The options of one value a row. */
function fromRows(value: (name: RunOptionName, row: Row) => unknown): RunOptions {
  return Object.fromEntries(rows.map(([name, row]) => [name, value(name, row)])) as RunOptions;
}

export const runDefaults: RunOptions = fromRows((_, row) => row.default);

/** All flags, in the order of the help; with "workspace" those of `repro`. */
export function runFlags(where: "workspace" | "anywhere"): readonly RunFlag<unknown>[] {
  return rows.flatMap(([, row]) => (where === "workspace" && row.copiesOnly ? [] : row.flags));
}

/** `--no-run-cache`: the key `runCache`, which is false where it is given. */
function isGiven(flags: Readonly<Record<string, unknown>>, { name }: RunFlag<unknown>): boolean {
  const [, no, word = ""] = /--(no-)?([a-z-]+)/.exec(name) ?? [];
  return flags[word.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] === (no === undefined);
}

/**
 * @param flags of a command line: `{ force: true, runCache: false }` for `--force --no-run-cache`
 * @param direct options that the command gives by itself
 */
export function runOptionsOf(flags: object, direct: Partial<RunOptions> = {}): RunOptions {
  const given = { ...flags };
  const options = fromRows((_, row) => row.flags.findLast((flag) => isGiven(given, flag))?.value ?? row.default);
  return { ...options, ...direct };
}

/** What an entry keeps of them. */
export function keptOptions(options: RunOptions): KeptOptions {
  const kept = rows.filter(([name, row]) => row.workspaceOnly === undefined && options[name] !== row.default);
  return Object.fromEntries(kept.map(([name]) => [name, options[name]]));
}

/** What of them tells a point from another one. */
export function pointOptions(kept: KeptOptions): KeptOptions {
  const options: Readonly<Record<string, unknown>> = kept;
  const telling = rows.filter(([name, row]) => row.point !== "same" && options[name] !== undefined);
  return Object.fromEntries(telling.map(([name]) => [name, options[name]]));
}

/** The options of a run that an entry asks for. */
export function runOptionsFrom(kept: KeptOptions): RunOptions {
  return { ...runDefaults, ...kept };
}

function isValue({ default: usual, flags }: Row, value: unknown): boolean {
  if (typeof usual === "number") return Number.isSafeInteger(value) && Number(value) > 0;
  return value === usual || flags.some((flag) => flag.value === value);
}

/** Options of a record that somebody may have written by hand. Those that a later version may have added are not ours to run with. */
export function isKeptOptions(value: unknown): value is KeptOptions {
  if (!isRecord(value)) return false;
  const kept = new Map(rows.filter(([, row]) => row.workspaceOnly === undefined));
  return Object.entries(value).every(([name, option]) => {
    const row = kept.get(name as RunOptionName);
    return row !== undefined && isValue(row, option);
  });
}

export interface WorkspaceOnlyFlag extends WorkspaceOnly {
  /** As it is typed: `--dry`. */
  readonly name: string;
}

function longName(name: string): string {
  return /--[a-z-]+/.exec(name)?.[0] ?? name;
}

/** The flags that only a run in the workspace takes, by name: all of them, and those that make the options what they are. */
export function workspaceOnlyFlags(options: RunOptions): {
  readonly all: readonly WorkspaceOnlyFlag[];
  readonly given: readonly WorkspaceOnlyFlag[];
} {
  const ofRows = (chosen: typeof rows) =>
    chosen
      .flatMap(([, { workspaceOnly, flags }]) =>
        workspaceOnly === undefined ? [] : flags.map(({ name }) => ({ name: longName(name), ...workspaceOnly })),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { all: ofRows(rows), given: ofRows(rows.filter(([name, row]) => options[name] !== row.default)) };
}

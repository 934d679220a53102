/** Which metrics, parameters and dependencies the experiments have, and what their columns are called. */
import { SweeplineError } from "../../base/errors.ts";
import { compareCodePoints } from "../../base/python.ts";
import { someOf } from "../../base/text/listing.ts";
import { nearest } from "../../base/text/nearest.ts";
import type { Value } from "../../base/value.ts";
import type { Baseline, ExperimentData, FileResult } from "../reading/types.ts";
import { flattenFile } from "./flatten.ts";

export const labelNames = ["Experiment", "rev", "typ", "Created", "parent", "State", "Executor"] as const;
/** The label that only experiments of a search have: DVC knows none. */
export const trialLabel = "Trial";

/** A column of values: the leaf `name` of `file`. */
export interface ValueColumn {
  /** What it is called in tables: with its file in front where several files have the name. */
  readonly column: { readonly name: string; readonly kind: "metric" | "param" };
  readonly file: string;
  readonly name: string;
}

export interface ExperimentColumns {
  readonly metrics: readonly ValueColumn[];
  readonly params: readonly ValueColumn[];
  /** Paths of dependencies, sorted. */
  readonly deps: readonly string[];
}

type NamesByFile = Map<string, Set<string>>;
/** Leaves of a file's result; a sweep shares most results, so each is flattened once. */
export type Leaves = (file: string, result: FileResult) => ReadonlyMap<string, Value>;

export function rememberLeaves(): Leaves {
  const known = new Map<FileResult, ReadonlyMap<string, Value>>();
  return (file, result) => {
    const leaves = known.get(result) ?? flattenFile(file, result);
    known.set(result, leaves);
    return leaves;
  };
}

/** All states of the table that have data, from top to bottom. */
function* statesOf(baselines: readonly Baseline[]): Generator<ExperimentData> {
  for (const baseline of baselines) {
    if (baseline.data !== null) yield baseline.data;
    for (const experiment of baseline.experiments)
      for (const { data } of experiment.revs) if (data !== null) yield data;
  }
}

interface Collected {
  readonly names: NamesByFile;
  /** Results are shared by many rows. */
  readonly seen: Set<FileResult>;
}

function collectNames(files: ReadonlyMap<string, FileResult>, leaves: Leaves, { names: into, seen }: Collected): void {
  for (const [file, result] of files) {
    if (seen.has(result)) continue;
    seen.add(result);
    const names = into.get(file) ?? new Set<string>();
    into.set(file, names);
    for (const name of leaves(file, result).keys()) names.add(name);
  }
}

function labelsOf(baselines: readonly Baseline[]): readonly string[] {
  const hasTrials = baselines.some(({ experiments }) => experiments.some(({ trial }) => trial !== undefined));
  return hasTrials ? [...labelNames, trialLabel] : labelNames;
}

function countNames(
  labels: readonly string[],
  { metrics, params }: { readonly metrics: NamesByFile; readonly params: NamesByFile },
): ReadonlyMap<string, number> {
  const times = new Map<string, number>(labels.map((name) => [name, 1]));
  for (const names of new Map([...metrics, ...params]).values())
    for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}

function valueColumns(
  names: NamesByFile,
  kind: "metric" | "param",
  times: ReadonlyMap<string, number>,
): readonly ValueColumn[] {
  return [...names].flatMap(([file, leaves]) =>
    [...leaves].map((name) => ({
      column: { name: times.get(name) === 1 ? name : `${file}:${name}`, kind },
      file,
      name,
    })),
  );
}

/** The columns of all rows. A name that occurs in several files, or is a label's, gets its file in front. */
export function collectColumns(baselines: readonly Baseline[], leaves: Leaves): ExperimentColumns {
  const metrics: NamesByFile = new Map();
  const params: NamesByFile = new Map();
  const deps = new Set<string>();
  const seenMetrics = new Set<FileResult>();
  const seenParams = new Set<FileResult>();
  for (const data of statesOf(baselines)) {
    collectNames(data.metrics, leaves, { names: metrics, seen: seenMetrics });
    collectNames(data.params, leaves, { names: params, seen: seenParams });
    for (const name of data.deps.keys()) deps.add(name);
  }
  const times = countNames(labelsOf(baselines), { metrics, params });
  return {
    metrics: valueColumns(metrics, "metric", times),
    params: valueColumns(params, "param", times),
    deps: [...deps].sort(compareCodePoints),
  };
}

/** Those whose dotted names end so: `lr` for `train.lr`. */
export function endingColumns(name: string, columns: readonly ValueColumn[]): readonly ValueColumn[] {
  return columns.filter((column) => column.name.endsWith(`.${name}`));
}

/** Behind which a column is named. */
export type ColumnOption = "--sort-by" | "--best" | "--group-by" | "--fold" | "--metric";

/** The column that the user means; errors: UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN. */
export function sortColumn(by: string, columns: ExperimentColumns, option: ColumnOption = "--sort-by"): ValueColumn {
  const all = [...columns.metrics, ...columns.params];
  const exact = all.filter(({ file, name }) => by === `${file}:${name}`);
  const bare = by.startsWith(":") ? by.slice(1) : by;
  const whole = exact.length > 0 ? exact : all.filter(({ name }) => name === bare);
  // `lr`, as a table on a terminal calls the only lr.
  const ending = whole.length > 0 ? [] : endingColumns(bare, all);
  const matches = ending.length === 1 ? ending : whole;
  const [first, second] = matches;
  if (first === undefined) throw unknownColumn(by, columns, option);
  if (second !== undefined) throw ambiguousColumn(bare, matches, option);
  return first;
}

/** Of --sort-by in DVC's words. */
function ambiguousColumn(by: string, matches: readonly ValueColumn[], option: ColumnOption): SweeplineError {
  const code = "AMBIGUOUS_SORT_COLUMN";
  const names = matches.map(({ file, name }) => `${file}:${name}`).join(", ");
  if (option === "--sort-by")
    return new SweeplineError({ code, message: `Ambiguous sort column '${by}' matched '${names}'` });
  const hint = `Write the file in front: ${names}`;
  return new SweeplineError({ code, message: `${option}: '${by}' may mean several columns`, hint });
}

/** `lr` may be meant for `train.lr`; else a name that is spelled alike. */
function nearColumns(by: string, columns: readonly Pick<ValueColumn, "column" | "name">[]): readonly string[] {
  const bare = by.replace(/^:/, "");
  const deeper = columns.filter(({ name }) => name.endsWith(`.${bare}`)).map(({ column }) => column.name);
  if (deeper.length > 0) return deeper.slice(0, 3);
  const [near] = nearest(
    bare,
    columns.flatMap(({ column, name }) => [column.name, name]),
  );
  return near === undefined ? [] : [near];
}

const mostListed = 8;

/** What the option is mostly given, where nothing is spelled alike. */
function listedColumns({ metrics, params }: ExperimentColumns, option: ColumnOption): string | undefined {
  if (option === "--sort-by") return undefined;
  const [kind, those] = option === "--group-by" || option === "--fold" ? ["parameters", params] : ["metrics", metrics];
  const names = those.map(({ column }) => column.name);
  return names.length === 0 ? undefined : `There are these ${kind}: ${someOf(names, mostListed)}`;
}

/** Of --sort-by in DVC's words. */
function unknownColumn(by: string, columns: ExperimentColumns, option: ColumnOption): SweeplineError {
  const near = nearColumns(by, [...columns.metrics, ...columns.params]);
  const hint =
    near.length === 0
      ? listedColumns(columns, option)
      : `Did you mean ${near.map((name) => `'${name}'`).join(" or ")}?`;
  return new SweeplineError({
    code: "UNKNOWN_SORT_COLUMN",
    message:
      option === "--sort-by" ? `Unknown sort column '${by}'` : `${option}: no metric or parameter is called '${by}'`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Whether sortColumn refused a name. */
export function isUnknownSort(error: unknown): error is SweeplineError {
  const codes: readonly string[] = ["UNKNOWN_SORT_COLUMN", "AMBIGUOUS_SORT_COLUMN"];
  return error instanceof SweeplineError && codes.includes(error.code);
}

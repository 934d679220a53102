/** Experiments by the values of some parameters: how many, and what their metrics are on average. */
import { SweeplineError } from "../../base/errors.ts";
import { compareCodePoints, pythonJson } from "../../base/python.ts";
import { finiteNumber, type Value } from "../../base/value.ts";
import { type ColumnOption, type ExperimentColumns, sortColumn, type ValueColumn } from "../show/value-columns.ts";
import type { FilterRow } from "./filter-row.ts";

export interface MetricSpread {
  /** How many have a number there. */
  readonly count: number;
  readonly mean: number;
  /** Standard deviation of the sample; undefined for one alone. */
  readonly spread: number | undefined;
  readonly min: number;
  readonly max: number;
}

export interface ExperimentGroup {
  /** One for each key; undefined where an experiment has none. */
  readonly values: readonly (Value | undefined)[];
  readonly rows: readonly FilterRow[];
  /** One for each metric; undefined where no experiment of the group has a number. */
  readonly metrics: readonly (MetricSpread | undefined)[];
}

export interface GroupedExperiments {
  readonly keys: readonly ValueColumn[];
  readonly metrics: readonly ValueColumn[];
  readonly groups: readonly ExperimentGroup[];
}

/** In one pass, as Welford has it: sums of squares of large numbers lose what differs. */
export function spreadOf(numbers: readonly number[]): MetricSpread | undefined {
  if (numbers.length === 0) return undefined;
  let mean = 0;
  let squares = 0;
  for (const [index, number] of numbers.entries()) {
    const delta = number - mean;
    mean += delta / (index + 1);
    squares += delta * (number - mean);
  }
  return {
    count: numbers.length,
    mean,
    spread: numbers.length < 2 ? undefined : Math.sqrt(squares / (numbers.length - 1)),
    min: numbers.reduce((least, number) => Math.min(least, number)),
    max: numbers.reduce((most, number) => Math.max(most, number)),
  };
}

export function numbersOf(rows: readonly FilterRow[], column: ValueColumn): readonly number[] {
  return rows.flatMap(({ valueIn }) => {
    const number = finiteNumber(valueIn(column));
    return number === undefined ? [] : [number];
  });
}

function keyColumn(name: string, columns: ExperimentColumns, option: "--group-by" | "--fold"): ValueColumn {
  const column = sortColumn(name, columns, option);
  if (column.column.kind === "param") return column;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `${option}: '${name}' is a metric: groups are by parameters`,
  });
}

export interface Grouping {
  /** Of parameters. */
  readonly names: readonly string[];
  /** undefined: those first whose first experiment comes first. */
  readonly order?: GroupOrder | undefined;
}

export interface GroupOrder {
  /** A metric, by whose mean they stand, or one of the parameters. */
  readonly by: string;
  /** What named it; default: --sort-by. */
  readonly option?: ColumnOption;
  readonly first: "least" | "greatest";
  /** How many; undefined: all. */
  readonly top: number | undefined;
}

export interface Folding {
  /** Parameters in which replicas differ: seeds. */
  readonly over: readonly string[];
  readonly order?: GroupOrder | undefined;
}

/** Replicas as one group: finished experiments whose other parameters are equal. Errors: those of groupExperiments. */
export function foldExperiments(
  rows: readonly FilterRow[],
  columns: ExperimentColumns,
  { over, order }: Folding,
): GroupedExperiments {
  const folded = new Set(over.map((name) => keyColumn(name, columns, "--fold")));
  const finished = rows.filter(({ facts }) => facts.state === "success");
  const varies = (column: ValueColumn) => new Set(finished.map(({ valueIn }) => keyText(valueIn(column)))).size > 1;
  const keys = columns.params.filter((column) => !folded.has(column) && varies(column));
  return groupsBy(finished, columns, { keys, order });
}

function keyText(value: Value | undefined): string {
  return value === undefined ? "" : pythonJson(value);
}

/** Numbers by size, before everything else, which stands by its text. */
function compareKeys(a: Value | undefined, b: Value | undefined): number {
  const [one, other] = [finiteNumber(a), finiteNumber(b)];
  if (one !== undefined && other !== undefined) return one - other;
  if (one !== undefined || other !== undefined) return one === undefined ? 1 : -1;
  return compareCodePoints(pythonJson(a ?? null), pythonJson(b ?? null));
}

/** Those without a number there last; of equals as they were. */
function inOrder(
  { keys, metrics, groups }: GroupedExperiments,
  column: ValueColumn,
  { first, top }: GroupOrder,
): readonly ExperimentGroup[] {
  const sign = first === "least" ? 1 : -1;
  const at = metrics.indexOf(column);
  const key = keys.indexOf(column);
  if (at < 0 && key < 0) return groups.slice(0, top);
  const compare = (a: ExperimentGroup, b: ExperimentGroup) => {
    if (at < 0) return sign * compareKeys(a.values[key], b.values[key]);
    const [one, other] = [a.metrics[at]?.mean, b.metrics[at]?.mean];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    return sign * (one - other);
  };
  return [...groups].sort(compare).slice(0, top);
}

/** Finished experiments in groups; the metric of the order is the first one. Errors: UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN. */
export function groupExperiments(
  rows: readonly FilterRow[],
  columns: ExperimentColumns,
  { names, order }: Grouping,
): GroupedExperiments {
  const keys = names.map((name) => keyColumn(name, columns, "--group-by"));
  const finished = rows.filter(({ facts }) => facts.state === "success");
  return groupsBy(finished, columns, { keys, order });
}

function groupsBy(
  rows: readonly FilterRow[],
  columns: ExperimentColumns,
  { keys, order }: { readonly keys: readonly ValueColumn[]; readonly order?: GroupOrder | undefined },
): GroupedExperiments {
  const byText = new Map<string, { values: readonly (Value | undefined)[]; rows: FilterRow[] }>();
  for (const row of rows) {
    const values = keys.map((key) => row.valueIn(key));
    const text = values.map(keyText).join("\n");
    const group = byText.get(text) ?? { values, rows: [] };
    byText.set(text, group);
    group.rows.push(row);
  }
  const all = [...byText.values()];
  const sorted = order === undefined ? undefined : sortColumn(order.by, columns, order.option);
  const metrics = columns.metrics
    .filter((metric) => all.some((group) => numbersOf(group.rows, metric).length > 0))
    .sort((a, b) => Number(b === sorted) - Number(a === sorted));
  const groups = all.map((group) => ({
    ...group,
    metrics: metrics.map((metric) => spreadOf(numbersOf(group.rows, metric))),
  }));
  const grouped = { keys, metrics, groups };
  return order === undefined || sorted === undefined
    ? grouped
    : { ...grouped, groups: inOrder(grouped, sorted, order) };
}

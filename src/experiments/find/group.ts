/** Experiments by the values of some parameters: how many, and what their metrics are on average. */
import { SweeplineError } from "../../base/errors.ts";
import { pythonJson } from "../../base/python.ts";
import { finiteNumber, type Value } from "../../base/value.ts";
import { type ExperimentColumns, sortColumn, type ValueColumn } from "../show/value-columns.ts";
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

function keyColumn(name: string, columns: ExperimentColumns): ValueColumn {
  const column = sortColumn(name, columns);
  if (column.column.kind === "param") return column;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `--group-by: '${name}' is a metric: groups are by parameters`,
  });
}

/** Finished experiments in groups, those first whose first experiment comes first. Errors: UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN. */
export function groupExperiments(
  rows: readonly FilterRow[],
  columns: ExperimentColumns,
  names: readonly string[],
): GroupedExperiments {
  const keys = names.map((name) => keyColumn(name, columns));
  const byText = new Map<string, { values: readonly (Value | undefined)[]; rows: FilterRow[] }>();
  for (const row of rows.filter(({ facts }) => facts.state === "success")) {
    const values = keys.map((key) => row.valueIn(key));
    const text = values.map((value) => (value === undefined ? "" : pythonJson(value))).join("\n");
    const group = byText.get(text) ?? { values, rows: [] };
    byText.set(text, group);
    group.rows.push(row);
  }
  const all = [...byText.values()];
  const metrics = columns.metrics.filter((metric) => all.some((group) => numbersOf(group.rows, metric).length > 0));
  const groups = all.map((group) => ({
    ...group,
    metrics: metrics.map((metric) => spreadOf(numbersOf(group.rows, metric))),
  }));
  return { keys, metrics, groups };
}

/** What each swept parameter does to a metric: mean, best and count by value, and how important it is. */
import { SweeplineError } from "../../base/errors.ts";
import { pythonJson } from "../../base/python.ts";
import { finiteNumber, type Value } from "../../base/value.ts";
import { type ExperimentColumns, sortColumn, type ValueColumn } from "../show/value-columns.ts";
import { knownDirection, type MetricDirection } from "./direction.ts";
import type { FilterRow } from "./filter-row.ts";
import { type MetricSpread, numbersOf, spreadOf } from "./group.ts";
import { type Learned, learnImportances } from "./importance.ts";

export interface ValueEffect {
  /** One value, or the least and the greatest of a part of many numbers. */
  readonly values: readonly [Value | undefined] | readonly [number, number];
  readonly metric: MetricSpread;
}

export interface ParameterEffect {
  readonly column: ValueColumn;
  readonly values: readonly ValueEffect[];
  /** Its share of what is explained; undefined where nobody can tell. */
  readonly importance: number | undefined;
}

export interface Effects {
  readonly metric: ValueColumn;
  readonly direction: MetricDirection | undefined;
  /** Finished experiments that have the metric. */
  readonly points: number;
  /** The most important first. */
  readonly parameters: readonly ParameterEffect[];
  readonly learned: Pick<Learned, "explained" | "points"> | undefined;
}

/** Numbers that take more values than that are shown in parts. */
const mostValues = 12;
const parts = 5;

/** What one experiment has of a parameter, and of the metric. */
interface Measured {
  readonly value: Value | undefined;
  readonly target: number;
}

function keyOf(value: Value | undefined): string {
  return value === undefined ? "" : pythonJson(value);
}

function spreadOfAll(measured: readonly Measured[]): MetricSpread {
  const numbers = measured.map(({ target }) => target);
  return spreadOf(numbers) ?? { count: 0, mean: Number.NaN, spread: undefined, min: Number.NaN, max: Number.NaN };
}

/** As many in each part, equal numbers in the same. */
function inParts(measured: readonly Measured[]): readonly ValueEffect[] {
  const sorted = measured
    .map((each) => ({ each, number: finiteNumber(each.value) ?? 0 }))
    .sort((a, b) => a.number - b.number);
  const groups: (typeof sorted)[] = [];
  for (const [at, item] of sorted.entries()) {
    const part = Math.floor((at * parts) / sorted.length);
    const last = groups.at(-1);
    if (last !== undefined && (groups.length > part || last.at(-1)?.number === item.number)) last.push(item);
    else groups.push([item]);
  }
  return groups.map((group) => ({
    values: [group[0]?.number ?? 0, group.at(-1)?.number ?? 0],
    metric: spreadOfAll(group.map(({ each }) => each)),
  }));
}

function byValue(measured: readonly Measured[]): readonly ValueEffect[] {
  const groups = new Map<string, { value: Value | undefined; members: Measured[] }>();
  for (const each of measured) {
    const key = keyOf(each.value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { value: each.value, members: [each] });
    else group.members.push(each);
  }
  const all = [...groups.values()];
  const isNumeric = all.every(({ value }) => finiteNumber(value) !== undefined);
  if (isNumeric && all.length > mostValues) return inParts(measured);
  if (isNumeric) all.sort((a, b) => (finiteNumber(a.value) ?? 0) - (finiteNumber(b.value) ?? 0));
  return all.map(({ value, members }) => ({ values: [value], metric: spreadOfAll(members) }));
}

function varies(values: readonly (Value | undefined)[]): boolean {
  const key = keyOf(values[0]);
  return values.some((value) => keyOf(value) !== key);
}

function metricNamed(name: string, columns: ExperimentColumns): ValueColumn {
  const column = sortColumn(name, columns, "--metric");
  if (column.column.kind === "metric") return column;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `--metric: '${name}' is a parameter: effects are what parameters do to a metric`,
  });
}

/** The one that is named, or the only one that there is. */
function metricOf(rows: readonly FilterRow[], columns: ExperimentColumns, name: string | undefined): ValueColumn {
  if (name !== undefined) return metricNamed(name, columns);
  const candidates = columns.metrics.filter((column) => numbersOf(rows, column).length > 0);
  const [only, second] = candidates;
  if (only !== undefined && second === undefined) return only;
  if (only === undefined)
    throw new SweeplineError({ code: "NOT_AN_EXPERIMENT", message: "no finished experiment has a metric" });
  const names = candidates.map(({ column }) => column.name).join(", ");
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: "there are several metrics: say which",
    hint: `--metric with one of ${names}`,
  });
}

export interface EffectsQuery {
  /** undefined: the only one. */
  readonly metric: string | undefined;
  /** undefined: what the metric's name tells. */
  readonly direction: MetricDirection | undefined;
}

/** Errors: UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN; BAD_OPTIONS where several could be meant, NOT_AN_EXPERIMENT where there is none. */
export function effectsOf(
  rows: readonly FilterRow[],
  columns: ExperimentColumns,
  { metric: name, direction }: EffectsQuery,
): Effects {
  const finished = rows.filter(({ facts }) => facts.state === "success");
  const metric = metricOf(finished, columns, name);
  const measured = finished.flatMap((row) => {
    const target = finiteNumber(row.valueIn(metric));
    return target === undefined ? [] : [{ row, target }];
  });
  const varying = columns.params
    .map((column) => ({ column, values: measured.map(({ row }) => row.valueIn(column)) }))
    .filter(({ values }) => varies(values));
  const targets = measured.map(({ target }) => target);
  const learned = learnImportances(
    varying.map(({ values }) => values),
    targets,
  );
  const parameters = varying.map(({ column, values }, at) => ({
    column,
    values: byValue(values.map((value, point) => ({ value, target: targets[point] ?? Number.NaN }))),
    importance: learned?.importances[at],
  }));
  return {
    metric,
    direction: direction ?? knownDirection(metric.name),
    points: measured.length,
    parameters: parameters.sort((a, b) => (b.importance ?? 0) - (a.importance ?? 0)),
    learned,
  };
}

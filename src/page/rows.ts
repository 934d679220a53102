/** Which rows are shown, and in which order. */
import { parseFilter } from "../../grammar/filter/parse.ts";
import { SweeplineError } from "../base/errors.ts";
import type { Value } from "../base/value.ts";
import { compileFilter } from "../experiments/find/compile-filter.ts";
import type { FilterRow } from "../experiments/find/filter-row.ts";
import type { ExperimentColumns, ValueColumn } from "../experiments/show/value-columns.ts";
import type { CellValue, PageColumn, PageData, PageRow } from "../report/page/contract.ts";
import type { Intervals, View } from "./view.ts";

export function columnAt(data: PageData, key: string): number {
  return data.columns.findIndex((column) => column.key === key);
}

export function numberIn(row: PageRow, at: number): number | undefined {
  const value = row.values[at];
  return typeof value === "number" ? value : undefined;
}

export function shownCell(value: CellValue | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toPrecision(5)));
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function timeText(seconds: number | null): string {
  if (seconds === null) return "";
  return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

type Test = (row: PageRow) => boolean;

export type Condition =
  | { readonly kind: "test"; readonly test: Test }
  | { readonly kind: "refused"; readonly message: string };

/** Columns by what --where calls them. */
function filterColumns(columns: readonly PageColumn[]): ExperimentColumns {
  const of = (kind: PageColumn["kind"]) =>
    columns
      .filter((column) => column.kind === kind)
      .map(({ file, name, label }): ValueColumn => ({ column: { name: label, kind }, file, name }));
  return { metrics: of("metric"), params: of("param"), deps: [] };
}

/** The condition as --where reads it, by the same code. */
export function conditionOf(where: string, data: PageData, now: number): Condition {
  if (where.trim() === "") return { kind: "test", test: () => true };
  const parsed = parseFilter(where);
  if (!parsed.ok) return { kind: "refused", message: parsed.issue.message };
  const places = new Map(data.columns.map(({ key }, at) => [key, at]));
  try {
    const { holds: wanted } = compileFilter(parsed.filter, { text: where, columns: filterColumns(data.columns), now });
    const asFilterRow = (row: PageRow) => {
      const valueIn = ({ file, name }: ValueColumn) =>
        (row.values[places.get(`${file}:${name}`) ?? -1] ?? undefined) as Value | undefined;
      return { facts: row, valueIn } as unknown as FilterRow;
    };
    return { kind: "test", test: (row) => wanted(asFilterRow(row)) };
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    return {
      kind: "refused",
      message: [error.message.replace(/^--where: /, ""), error.hint].filter(Boolean).join(". "),
    };
  }
}

function matches(row: PageRow, words: readonly string[]): boolean {
  const text = [
    row.name,
    row.state,
    row.sweep,
    row.note,
    row.commit,
    row.baseline,
    ...row.tags,
    ...row.values.map(shownCell),
  ]
    .join("\n")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The values of a column that is no column of numbers, in the order of its axis. */
export function categoriesOf(rows: readonly PageRow[], at: number): readonly string[] | undefined {
  const isNumeric = rows.every(({ values }) => values[at] === null || typeof values[at] === "number");
  if (isNumeric) return undefined;
  return [...new Set(rows.map(({ values }) => shownCell(values[at])))].sort();
}

function inIntervals(value: number, intervals: Intervals): boolean {
  return intervals.some(([from, to]) => value >= from && value <= to);
}

function brushTest(data: PageData, brush: View["brush"]): Test {
  const tests = [...brush].flatMap(([key, intervals]): Test[] => {
    const at = columnAt(data, key);
    if (at < 0 || intervals.length === 0) return [];
    const categories = categoriesOf(data.rows, at);
    return [
      (row) => {
        const value = categories === undefined ? numberIn(row, at) : categories.indexOf(shownCell(row.values[at]));
        return value !== undefined && inIntervals(value, intervals);
      },
    ];
  });
  return (row) => tests.every((test) => test(row));
}

/** By condition and search. */
export function foundRows(data: PageData, search: string, condition: Condition): readonly PageRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const test = condition.kind === "test" ? condition.test : () => true;
  return data.rows.filter((row) => test(row) && (words.length === 0 || matches(row, words)));
}

/** Of these, what was brushed. */
export function brushedRows(data: PageData, found: readonly PageRow[], brush: View["brush"]): readonly PageRow[] {
  return brush.size === 0 ? found : found.filter(brushTest(data, brush));
}

type Key = (row: PageRow) => CellValue | undefined;

function keyOf(data: PageData, sort: string): Key {
  if (sort === "name") return ({ name }) => name;
  if (sort === "state") return ({ state }) => state;
  if (sort === "created") return ({ created }) => created;
  const at = columnAt(data, sort);
  return ({ values }) => values[at];
}

function compare(a: CellValue, b: CellValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [shownCell(a), shownCell(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Missing values come last, whatever the order. */
export function sortedRows(
  data: PageData,
  rows: readonly PageRow[],
  sort: Pick<View, "sort" | "order">,
): readonly PageRow[] {
  if (sort.sort === "") return rows;
  const key = keyOf(data, sort.sort);
  const sign = sort.order === "asc" ? 1 : -1;
  const keyed = rows.map((row) => ({ row, value: key(row) ?? null }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) return a.value === b.value ? 0 : a.value === null ? 1 : -1;
    return sign * compare(a.value, b.value);
  });
  return keyed.map(({ row }) => row);
}

/** Metrics, and parameters in which experiments differ, unless somebody chose otherwise. */
export function isShown({ key, kind, varies }: PageColumn, { shown, hidden }: View): boolean {
  return !hidden.has(key) && (shown.has(key) || kind === "metric" || varies);
}

/** The metric that colours and history are of: as chosen, or the first whose better end is known. */
export function metricOf(data: PageData, chosen: string): PageColumn | undefined {
  const metrics = data.columns.filter(({ kind }) => kind === "metric");
  return metrics.find(({ key }) => key === chosen) ?? metrics.find(({ direction }) => direction !== null) ?? metrics[0];
}

/** A command that shows the same rows in a terminal. */
export function commandOf(data: PageData, view: View): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const labelOf = (key: string) => data.columns.find((column) => column.key === key)?.label ?? key;
  const sort = { name: "Experiment", state: "State", created: "Created" }[view.sort] ?? labelOf(view.sort);
  return [
    "sweepline exp show -A",
    ...(view.where.trim() === "" ? [] : [`--where ${quoted(view.where.trim())}`]),
    ...(view.sort === "" ? [] : [`--sort-by ${quoted(sort)} --sort-order ${view.order}`]),
  ].join(" ");
}

/** Each result as it came, and the best until then. */
export function bestSoFar(values: readonly number[], direction: "min" | "max"): readonly number[] {
  let best: number | undefined;
  return values.map((value) => {
    const isBetter = best === undefined || (direction === "min" ? value < best : value > best);
    best = isBetter || best === undefined ? value : best;
    return best;
  });
}

/** Of a column of numbers: learning rates are drawn by their powers. */
export function scaleOf(rows: readonly PageRow[], at: number): "log" | "value" {
  const numbers = rows.flatMap((row) => numberIn(row, at) ?? []);
  const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return least > 0 && most / least >= 50 ? "log" : "value";
}

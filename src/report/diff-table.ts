/** Tables and JSON of `exp diff`, `metrics diff` and `params diff`; one machinery for the three. */
import { compareCodePoints } from "../base/python.ts";
import type { Value } from "../base/value.ts";
import type { FilesDiff, ValueChange } from "../experiments/show/diff.ts";
import { cellText, type FloatFormat } from "./cells.ts";
import { keepColumns, type Row, type Table } from "./table.ts";

export interface DiffTableOptions {
  /** The column of the names: Metric or Param. */
  readonly title: "Metric" | "Param";
  readonly oldName: string;
  readonly newName: string;
  readonly float: FloatFormat;
  /** What stands in Change where the values are no numbers. */
  readonly withoutDifference: string;
  readonly hide: ReadonlySet<"Path" | "Change">;
}

const missing = "-";

function cell(value: Value | undefined, float: FloatFormat): string {
  return value === null || value === undefined ? missing : cellText(value, float);
}

function changeRow([file, name]: readonly [string, string], change: ValueChange, options: DiffTableOptions): Row {
  const { float } = options;
  const difference = change.difference === undefined ? options.withoutDifference : cell(change.difference, float);
  return { cells: [file, name, cell(change.old, float), cell(change.new, float), difference], emphasis: "plain" };
}

/** One row a change, sorted by name within a file. */
export function diffTable(diff: FilesDiff, options: DiffTableOptions): Table {
  const names = ["Path", options.title, options.oldName, options.newName, "Change"];
  const hidden = new Set([options.hide.has("Path") ? 0 : -1, options.hide.has("Change") ? 4 : -1]);
  const table: Table = {
    columns: names.map((name) => ({ name, kind: "label" })),
    rows: [...diff].flatMap(([file, changes]) =>
      [...changes]
        .sort(([a], [b]) => compareCodePoints(a, b))
        .map(([name, change]) => changeRow([file, name], change, options)),
    ),
  };
  return keepColumns(table, (_, index) => !hidden.has(index));
}

function changeValue(change: ValueChange): Value {
  const both = new Map<string, Value>([
    ["old", change.old],
    ["new", change.new],
  ]);
  if (change.difference !== undefined) both.set("diff", change.difference);
  return both;
}

/** `{file: {name: {old, new, diff}}}` */
export function diffAsJson(diff: FilesDiff): Value {
  return new Map(
    [...diff].map(([file, changes]) => [
      file,
      new Map([...changes].map(([name, change]) => [name, changeValue(change)])),
    ]),
  );
}

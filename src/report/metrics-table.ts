/** `metrics show`: one row for each revision and file (DVC 3.67.1, compare.py). */
import { compareCodePoints, pythonRepr } from "../base/python.ts";
import { isList, isMap, type Value } from "../base/value.ts";
import { flattenMap } from "../experiments/show/flatten.ts";
import type { FileResult } from "../experiments/show/types.ts";
import { cellText, type FloatFormat } from "./cells.ts";
import { fileResultValue } from "./exp-json.ts";
import { keepColumns, type Table } from "./table.ts";

/** The files of each revision, or why the revision could not be read. */
export type MetricsByRevision = ReadonlyMap<
  string,
  | { readonly kind: "data"; readonly files: ReadonlyMap<string, FileResult> }
  | { readonly kind: "error"; readonly type: string; readonly message: string }
>;

export interface MetricsTableOptions {
  readonly float: FloatFormat;
  readonly revisions: "shown" | "hidden";
}

interface MetricsRow {
  readonly revision: string;
  readonly file: string;
  readonly values: ReadonlyMap<string, Value>;
}

function valuesOf(result: FileResult): ReadonlyMap<string, Value> {
  if (result.kind === "error") return new Map();
  return isMap(result.data) ? flattenMap(result.data) : new Map([["", result.data]]);
}

function metricsRows(metrics: MetricsByRevision): readonly MetricsRow[] {
  return [...metrics].flatMap(([revision, result]) =>
    result.kind === "error"
      ? []
      : [...result.files].map(([file, each]) => ({ revision, file, values: valuesOf(each) })),
  );
}

function metricText(value: Value | undefined, float: FloatFormat): string {
  if (value === undefined || value === null) return "-";
  return isList(value) ? pythonRepr(value) : cellText(value, float);
}

/** Columns: Revision (where asked for), Path, and the metrics in alphabetical order. */
export function metricsTable(metrics: MetricsByRevision, options: MetricsTableOptions): Table {
  const rows = metricsRows(metrics);
  const names = [...new Set(rows.flatMap(({ values }) => [...values.keys()]))].sort(compareCodePoints);
  const table: Table = {
    columns: ["Revision", "Path", ...names].map((name) => ({ name, kind: "label" })),
    rows: rows.map(({ revision, file, values }) => ({
      cells: [revision, file, ...names.map((name) => metricText(values.get(name), options.float))],
      emphasis: "plain",
    })),
  };
  return keepColumns(table, (_, index) => index > 0 || options.revisions === "shown");
}

/** `{revision: {data: {file: {data}}}}` */
export function metricsAsJson(metrics: MetricsByRevision): Value {
  return new Map(
    [...metrics].map(([revision, result]) => [
      revision,
      result.kind === "error"
        ? fileResultValue(result)
        : new Map([["data", new Map([...result.files].map(([file, each]) => [file, fileResultValue(each)]))]]),
    ]),
  );
}

/** `metrics show`: one row for each revision and file (DVC 3.67.1, compare.py). */
import { compareCodePoints, pythonRepr } from "../base/python.ts";
import { isList, isMap, type Value } from "../base/value.ts";
import type { FileResult } from "../experiments/reading/types.ts";
import type { RevisionMetrics } from "../experiments/show/compare.ts";
import { flattenMap } from "../experiments/show/flatten.ts";
import { cellText, decimalFloats, defaultPrecision, type FloatFormat } from "./cells.ts";
import { fileResultValue } from "./exp-json.ts";
import { type JsonLayout, jsonText } from "./json.ts";
import { toMarkdown } from "./markdown.ts";
import { toPlainText } from "./plain.ts";
import { keepColumns, type Table } from "./table.ts";

type MetricsByRevision = ReadonlyMap<string, RevisionMetrics>;

interface MetricsTableOptions {
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
function metricsTable(metrics: MetricsByRevision, options: MetricsTableOptions): Table {
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
function metricsAsJson(metrics: MetricsByRevision): Value {
  return new Map(
    [...metrics].map(([revision, result]) => [
      revision,
      result.kind === "error"
        ? fileResultValue(result)
        : new Map([["data", new Map([...result.files].map(([file, each]) => [file, fileResultValue(each)]))]]),
    ]),
  );
}

export interface MetricsLayout {
  readonly format: "table" | "markdown" | "json";
  readonly revisions: "shown" | "hidden";
  /** Decimals; undefined: 5. */
  readonly precision: number | undefined;
  readonly json: JsonLayout;
}

/** The text of `metrics show`. */
export function renderMetrics(metrics: MetricsByRevision, layout: MetricsLayout): string {
  if (layout.format === "json") return jsonText(metricsAsJson(metrics), layout.json);
  const float = decimalFloats(layout.precision ?? defaultPrecision);
  const table = metricsTable(metrics, { float, revisions: layout.revisions });
  return layout.format === "markdown" ? toMarkdown(table) : toPlainText(table);
}

/** `exp diff` of several: a row for each metric and parameter that differs, a column for each revision. */
import type { Value } from "../../base/value.ts";
import type { FilesSideBySide, SideBySide } from "../../experiments/show/compare-many.ts";
import { cellText, defaultPrecision, exactFloats, type FloatFormat, significantFloats } from "../cells.ts";
import type { DiffLayout } from "../diffs.ts";
import { jsonText } from "../json.ts";
import { toMarkdown } from "../markdown.ts";
import { toPlainText } from "../plain.ts";
import { type Column, keepColumns, type Table } from "../table.ts";
import type { TerminalOptions } from "../terminal.ts";
import { drawNarrow, tableWidth } from "./narrow-table.ts";

export type ManyLayout = Pick<DiffLayout, "format" | "paths" | "precision" | "json"> & {
  readonly width: TerminalOptions["width"];
};

interface Part {
  readonly title: "Metric" | "Param";
  readonly files: FilesSideBySide;
  readonly labels: readonly string[];
  readonly float: FloatFormat;
}

function manyTable({ title, files, labels, float }: Part, { paths }: ManyLayout): Table {
  const cell = (value: Value | undefined) => (value === undefined || value === null ? "-" : cellText(value, float));
  const table: Table = {
    columns: ["Path", title, ...labels].map((name): Column => ({ name, kind: "label" })),
    rows: [...files].flatMap(([file, names]) =>
      [...names].map(([name, values]) => ({ cells: [file, name, ...values.map(cell)], emphasis: "plain" as const })),
    ),
  };
  return keepColumns(table, (_, index) => paths === "shown" || index > 0);
}

/** Without the files, where names alone tell the rows apart. */
function withoutPaths(table: Table, revisions: number): Table {
  const hasPaths = table.columns.length - revisions > 1;
  const names = new Set(table.rows.map(({ cells }) => cells[1]));
  return hasPaths && names.size === table.rows.length ? keepColumns(table, (_, index) => index > 0) : table;
}

/** As one table where it fits, else as several under one another: each has as many revisions as fit, one at least. */
function inBlocks(whole: Table, { width, revisions }: { readonly width: number; readonly revisions: number }): string {
  if (tableWidth(whole) <= width) return drawNarrow(whole, width);
  const table = withoutPaths(whole, revisions);
  const { length } = table.columns;
  const first = length - revisions;
  const block = (from: number, to: number) =>
    keepColumns(table, (_, index) => index < first || (index >= from && index < to));
  const blocks: Table[] = [];
  for (let from = first; from < length; ) {
    let to = from + 1;
    while (to < length && tableWidth(block(from, to + 1)) <= width) to += 1;
    blocks.push(block(from, to));
    from = to;
  }
  return blocks.map((each) => drawNarrow(each, width)).join("\n");
}

/** `{file: {name: {A: value, B: value}}}`; what a revision does not have is null. */
function plainOf(files: FilesSideBySide, labels: readonly string[]): Value {
  return new Map(
    [...files].map(([file, names]) => [
      file,
      new Map(
        [...names].map(([name, values]) => [
          name,
          new Map(labels.map((label, at) => [label, values[at] ?? null] as const)),
        ]),
      ),
    ]),
  );
}

/** The text of `exp diff A B C`: metrics, an empty line, parameters. */
export function renderSideBySide({ labels, metrics, params }: SideBySide, layout: ManyLayout): string {
  if (layout.format === "json") {
    const both = new Map<string, Value>([
      ["metrics", plainOf(metrics, labels)],
      ["params", plainOf(params, labels)],
    ]);
    return jsonText(both, layout.json);
  }
  const { format, width } = layout;
  const render = (table: Table) =>
    format === "markdown"
      ? toMarkdown(table)
      : width === "full"
        ? toPlainText(table)
        : inBlocks(table, { width, revisions: labels.length });
  const float = significantFloats(layout.precision ?? defaultPrecision);
  const first = render(manyTable({ title: "Metric", files: metrics, labels, float }, layout));
  const second = render(manyTable({ title: "Param", files: params, labels, float: exactFloats }, layout));
  return `${first}\n${second}`;
}

/** Groups of experiments in each format. */
import { jsonOf, visible } from "../../base/text/visible.ts";
import { toPlain } from "../../base/value.ts";
import type { ExperimentGroup, GroupedExperiments, MetricSpread } from "../../experiments/find/group.ts";
import type { ExperimentColumns } from "../../experiments/show/value-columns.ts";
import { cellText, defaultPrecision, exactFloats, type FloatFormat, significantFloats } from "../cells.ts";
import { toCsv } from "../csv.ts";
import { toMarkdown } from "../markdown.ts";
import { toPlainText } from "../plain.ts";
import type { Column, Table } from "../table.ts";
import type { TerminalOptions } from "../terminal.ts";
import { cutToWidth } from "../width.ts";
import { drawNarrow, narrowTable } from "./narrow-table.ts";
import { shortNameOf } from "./short-names.ts";

export interface GroupsFormat {
  readonly format: "table" | "csv" | "markdown" | "json";
  /** undefined: 5 digits, and all of them in CSV. */
  readonly precision: number | undefined;
  readonly width: TerminalOptions["width"];
  /** All that experiments have: a terminal shows of a name what tells it from these. */
  readonly columns: ExperimentColumns;
}

/** @param of how many are in the group: some may have no number there, or nan */
function spreadCell(metric: MetricSpread | undefined, of: number, float: FloatFormat): string {
  if (metric === undefined) return "-";
  const mean = metric.spread === undefined ? float(metric.mean) : `${float(metric.mean)} ± ${float(metric.spread)}`;
  return metric.count < of ? `${mean} (${metric.count} of ${of})` : mean;
}

function spreadCells(metric: MetricSpread | undefined, float: FloatFormat): readonly string[] {
  if (metric === undefined) return ["", ""];
  return [float(metric.mean), metric.spread === undefined ? "" : float(metric.spread)];
}

function valueCells({ values }: ExperimentGroup, float: FloatFormat, fill: string): readonly string[] {
  return values.map((value) => (value === undefined || value === null ? fill : cellText(value, float)));
}

function groupsTable({ keys, metrics, groups }: GroupedExperiments, float: FloatFormat): Table {
  const count: Column = { name: "count", kind: "label" };
  return {
    columns: [...keys, ...metrics].map(({ column }): Column => column).toSpliced(keys.length, 0, count),
    rows: groups.map((group) => ({
      emphasis: "plain",
      cells: [
        ...valueCells(group, exactFloats, "-"),
        String(group.rows.length),
        ...group.metrics.map((metric) => spreadCell(metric, group.rows.length, float)),
      ],
    })),
  };
}

/** Means and spreads in columns of their own, for programs. */
function groupsCsv({ keys, metrics, groups }: GroupedExperiments, float: FloatFormat): string {
  const label = (name: string): Column => ({ name, kind: "label" });
  return toCsv({
    columns: [
      ...keys.map(({ column }) => column),
      label("count"),
      ...metrics.flatMap(({ column }) => [label(`${column.name} mean`), label(`${column.name} spread`)]),
    ],
    rows: groups.map((group) => ({
      emphasis: "plain",
      cells: [
        ...valueCells(group, exactFloats, ""),
        String(group.rows.length),
        ...group.metrics.flatMap((metric) => spreadCells(metric, float)),
      ],
    })),
  });
}

function groupsJson({ keys, metrics, groups }: GroupedExperiments): string {
  const plain = groups.map(({ values, rows, metrics: spreads }) => ({
    group: Object.fromEntries(keys.map(({ column }, at) => [column.name, toPlain(values[at] ?? null)])),
    count: rows.length,
    experiments: rows.map(({ experiment }) => experiment.name),
    metrics: Object.fromEntries(
      metrics.map(({ column }, at) => {
        const metric = spreads[at];
        return [column.name, metric === undefined ? null : { ...metric, spread: metric.spread ?? null }];
      }),
    ),
  }));
  return jsonOf(plain);
}

/** For who looks at it: short names; metrics go from the right where there is no room, and it says which. */
function groupsOnTerminal(table: Table, grouped: GroupedExperiments, { width, columns }: GroupsFormat): string {
  const nameOf = shortNameOf([...columns.metrics, ...columns.params]);
  const names = [...grouped.keys.map(nameOf), "count", ...grouped.metrics.map(nameOf)];
  const short = { ...table, columns: table.columns.map((column, at) => ({ ...column, name: names[at] ?? "" })) };
  const leaving = grouped.metrics.slice(1).map(nameOf).reverse();
  const { table: kept, gone } = narrowTable(short, { width, leaving });
  const more = gone.length === 1 ? "1 metric more" : `${gone.length} metrics more`;
  const below = `${more} (a wider terminal, or --csv): ${gone.toReversed().map(visible).join(", ")}`;
  const lines = gone.length === 0 || width === "full" ? [] : [`${cutToWidth(below, width)}\n`];
  return [drawNarrow(kept, width), ...lines].join("");
}

/** The text of `exp show --group-by`. */
export function renderGroups(grouped: GroupedExperiments, layout: GroupsFormat): string {
  const { format, precision } = layout;
  if (format === "json") return `${groupsJson(grouped)}\n`;
  if (format === "csv") return groupsCsv(grouped, precision ? significantFloats(precision) : exactFloats);
  const table = groupsTable(grouped, significantFloats(precision || defaultPrecision));
  if (format === "markdown") return toMarkdown(table);
  return layout.width === "full" ? toPlainText(table) : groupsOnTerminal(table, grouped, layout);
}

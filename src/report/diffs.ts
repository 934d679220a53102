/** The three diffs in each of their formats. */
import type { Value } from "../base/value.ts";
import type { ExperimentDiff } from "../experiments/show/compare.ts";
import type { FilesDiff } from "../experiments/show/diff.ts";
import { decimalFloats, defaultPrecision, exactFloats, type FloatFormat, significantFloats } from "./cells.ts";
import { type DiffTableOptions, diffAsJson, diffTable } from "./diff-table.ts";
import { type JsonLayout, jsonText } from "./json.ts";
import { toMarkdown } from "./markdown.ts";
import { toPlainText } from "./plain.ts";

export interface DiffLayout {
  readonly format: "table" | "markdown" | "json";
  /** What the columns of values are called. */
  readonly oldName: string;
  readonly newName: string;
  readonly paths: "shown" | "hidden";
  /** undefined: 5. */
  readonly precision: number | undefined;
  readonly json: JsonLayout;
}

interface DiffKind {
  readonly title: DiffTableOptions["title"];
  readonly float: FloatFormat;
  readonly changes: "shown" | "hidden";
  readonly withoutDifference: string;
}

function renderTable(diff: FilesDiff, kind: DiffKind, layout: DiffLayout): string {
  const hide = new Set<"Path" | "Change">();
  if (layout.paths === "hidden") hide.add("Path");
  if (kind.changes === "hidden") hide.add("Change");
  const { oldName, newName } = layout;
  const table = diffTable(diff, { ...kind, oldName, newName, hide });
  return layout.format === "markdown" ? toMarkdown(table) : toPlainText(table);
}

const unsupported = { changes: "shown", withoutDifference: "diff not supported" } as const;

/** The text of `exp diff`: metrics, an empty line, parameters. */
export function renderExperimentDiff(diff: ExperimentDiff, layout: DiffLayout): string {
  if (layout.format === "json") {
    const both = new Map<string, Value>([
      ["metrics", diffAsJson(diff.metrics)],
      ["params", diffAsJson(diff.params)],
    ]);
    return jsonText(both, layout.json);
  }
  const float = significantFloats(layout.precision ?? defaultPrecision);
  const metrics = renderTable(diff.metrics, { title: "Metric", float, ...unsupported }, layout);
  const params = renderTable(diff.params, { title: "Param", float: exactFloats, ...unsupported }, layout);
  return `${metrics}\n${params}`;
}

/** The text of `metrics diff`. */
export function renderMetricsDiff(diff: FilesDiff, layout: DiffLayout): string {
  if (layout.format === "json") return jsonText(diffAsJson(diff), layout.json);
  const float = decimalFloats(layout.precision ?? defaultPrecision);
  return renderTable(diff, { title: "Metric", float, changes: "shown", withoutDifference: "-" }, layout);
}

/** The text of `params diff`: without changes. */
export function renderParamsDiff(diff: FilesDiff, layout: DiffLayout): string {
  if (layout.format === "json") return jsonText(diffAsJson(diff), layout.json);
  return renderTable(diff, { title: "Param", float: exactFloats, changes: "hidden", withoutDifference: "-" }, layout);
}

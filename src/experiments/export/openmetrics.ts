/** Experiments in the text format of OpenMetrics 1.0: each metric a gauge with the experiment as labels. */
import { floatRepr } from "../../base/python.ts";
import { type ExportRow, type ExportTable, numberOf, valueText } from "./rows.ts";

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function labels(pairs: readonly (readonly [name: string, value: string])[]): string {
  return `{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return floatRepr(value);
}

function labelsOf({ name, commit, baseline, sweep }: ExportRow): readonly (readonly [string, string])[] {
  return [
    ["experiment", name],
    ["commit", commit],
    ["baseline", baseline],
    ...(sweep === undefined ? [] : ([["sweep", sweep]] as const)),
  ];
}

export function toOpenMetrics({ rows }: ExportTable): string {
  const gauges = rows.flatMap((row) =>
    [...row.metrics].flatMap(([metric, value]) => {
      const number = numberOf(value);
      if (number === undefined) return [];
      const place = labels([...labelsOf(row), ["metric", metric]]);
      return [`sweepline_metric${place} ${numberText(number)} ${row.createdAt}`];
    }),
  );
  const params = rows.flatMap((row) =>
    [...row.params].map(
      ([param, value]) =>
        `sweepline_param_info${labels([...labelsOf(row), ["param", param], ["value", valueText(value)]])} 1`,
    ),
  );
  return [
    "# TYPE sweepline_metric gauge",
    "# HELP sweepline_metric A metric of an experiment.",
    ...gauges,
    "# TYPE sweepline_param info",
    "# HELP sweepline_param A parameter of an experiment.",
    ...params,
    "# EOF",
    "",
  ].join("\n");
}

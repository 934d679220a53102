/** Metrics over the checkpoints of an experiment: rows for programs, curves for people. */
import { visible } from "../../base/text/visible.ts";
import type { Value } from "../../base/value.ts";
import { pointNumber } from "../../experiments/reading/plots-file.ts";
import type { Course } from "../../experiments/show/course.ts";
import { cellText, exactFloats } from "../cells.ts";
import { toCsv } from "../csv.ts";
import { isoTime } from "../dates.ts";
import { type JsonLayout, jsonText } from "../json.ts";
import { type PlotSize, plotRows } from "./plot-area.ts";

function namesOf({ points }: Course): readonly string[] {
  return [...new Set(points.flatMap(({ metrics }) => [...metrics.keys()]))];
}

/** One row a checkpoint, the oldest first: its number from 1, its commit, its time, its metrics. */
export function courseCsv(course: Course): string {
  const names = namesOf(course);
  return toCsv({
    columns: ["checkpoint", "rev", "Created", ...names].map((name) => ({ name, kind: "label" })),
    rows: course.points.map(({ rev, timestamp, metrics }, at) => {
      const values = names.map((name) => {
        const value = metrics.get(name);
        return value === undefined || value === null ? "" : cellText(value, exactFloats);
      });
      return { cells: [String(at + 1), rev, isoTime(timestamp), ...values], emphasis: "plain" };
    }),
  });
}

/** A list with an object for each checkpoint, the oldest first. */
export function courseJson({ points }: Course, layout: JsonLayout): string {
  const values = points.map(
    ({ rev, timestamp, metrics }): Value =>
      new Map<string, Value>([
        ["rev", rev],
        ["timestamp", isoTime(timestamp)],
        ["metrics", new Map(metrics)],
      ]),
  );
  return jsonText(values, layout);
}

/** A curve for each metric that is a number, from the first checkpoint to the last. `only`: these metrics. */
export function courseCurves(course: Course, only: readonly string[], size: PlotSize): string {
  const wanted = namesOf(course).filter((name) => only.length === 0 || only.includes(name));
  const curves = wanted.flatMap((name) => {
    const points = course.points.flatMap(({ metrics }, x) => {
      const y = pointNumber(metrics.get(name));
      return y === undefined ? [] : [{ x, y }];
    });
    const rows = plotRows([{ points, mark: "•", paint: String }], size);
    return rows.length === 0 ? [] : [[visible(name), ...rows, ""].join("\n")];
  });
  return curves.map((curve) => `${curve}\n`).join("");
}

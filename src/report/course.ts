/** Metrics over the checkpoints of an experiment: rows for programs, curves for people. */
import type { Value } from "../base/value.ts";
import type { Course } from "../experiments/show/course.ts";
import { cellText, defaultPrecision, exactFloats, significantFloats } from "./cells.ts";
import { toCsv } from "./csv.ts";
import { isoTime } from "./dates.ts";

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

function asNumber(value: Value | undefined): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

export interface CurveSize {
  readonly width: number;
  readonly height: number;
}

/** The values as so many columns: the last one of each part, so that the end is the end. */
function fitted(values: readonly (number | undefined)[], width: number): readonly (number | undefined)[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, at) => values[Math.ceil(((at + 1) * values.length) / width) - 1]);
}

/** The levels from one value to the next are joined, so that a steep curve is one line. */
function marksOf(levels: readonly (number | undefined)[], height: number): readonly string[] {
  const rows = Array.from({ length: height }, () => levels.map(() => " "));
  for (const [column, level] of levels.entries()) {
    if (level === undefined) continue;
    const before = levels[column - 1] ?? level;
    const step = Math.sign(level - before);
    for (let at = before + step; step !== 0 && at !== level; at += step) (rows[at] ?? [])[column] = "│";
    (rows[level] ?? [])[column] = "•";
  }
  return rows.map((row) => row.join("").trimEnd()).reverse();
}

function drawCurve(name: string, all: readonly (number | undefined)[], size: CurveSize): string {
  const known = all.filter((value) => value !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const float = significantFloats(defaultPrecision);
  const [top, bottom] = [cellText(high, float), cellText(low, float)];
  const margin = Math.max(top.length, bottom.length);
  const height = low === high ? 1 : size.height;
  const levelOf = (value: number) => (low === high ? 0 : Math.round(((value - low) / (high - low)) * (height - 1)));
  const values = fitted(all, Math.max(1, size.width - margin - 3));
  const rows = marksOf(
    values.map((value) => (value === undefined ? undefined : levelOf(value))),
    height,
  );
  const axis = (at: number) => (at === 0 ? top : at === height - 1 ? bottom : "").padStart(margin);
  return [name, ...rows.map((row, at) => `${axis(at)} ┤ ${row}`.trimEnd()), ""].join("\n");
}

/** A curve for each metric that is a number, from the first checkpoint to the last. `only`: these metrics. */
export function courseCurves(course: Course, only: readonly string[], size: CurveSize): string {
  const wanted = namesOf(course).filter((name) => only.length === 0 || only.includes(name));
  const curves = wanted.flatMap((name) => {
    const values = course.points.map(({ metrics }) => asNumber(metrics.get(name)));
    return values.some((value) => value !== undefined) ? [drawCurve(name, values, size)] : [];
  });
  return curves.map((curve) => `${curve}\n`).join("");
}

/** Curves of several experiments over one another, and their points for programs. */
import pico from "picocolors";
import { visible } from "../../base/text/visible.ts";
import type { Value } from "../../base/value.ts";
import type { Curve } from "../../experiments/show/curves.ts";
import { cellText, defaultPrecision, exactFloats, significantFloats } from "../cells.ts";
import { toCsv } from "../csv.ts";
import { type JsonLayout, jsonText } from "../json.ts";
import { cutToWidth } from "../width.ts";
import { type PlotLine, type PlotSize, plotRows } from "./plot-area.ts";

/** One a curve, so that they can be told apart without colours. */
const marks = "•+xo*#@%=abcdefghijklmnpqrstuvwyz";
export const mostCurves = marks.length;

const painters = ["cyan", "yellow", "magenta", "green", "red", "blue"] as const;

/** A column each; the file where several are drawn, since a name may have two. */
function namesOf(curves: readonly Curve[]): readonly string[] {
  const severalFiles = new Set(curves.map(({ file }) => file)).size > 1;
  return curves.map(({ label, file }) => (severalFiles && file !== undefined ? `${label} ${file}` : label));
}

export interface CurvesLayout extends PlotSize {
  readonly colours: boolean;
}

/** The text for a terminal: no line is wider than its width. At most `mostCurves`. */
export function drawCurves(title: string, curves: readonly Curve[], layout: CurvesLayout): string {
  const colours = pico.createColors(layout.colours);
  const lines = curves.map(({ points }, at): PlotLine => {
    const painter = painters[at % painters.length];
    return { points, mark: marks[at] ?? "•", paint: painter === undefined ? String : colours[painter] };
  });
  const short = significantFloats(defaultPrecision);
  const number = (value: number | undefined) => (value === undefined ? "" : cellText(value, short));
  const xs = curves.flatMap(({ points }) => [points.at(0)?.x, points.at(-1)?.x]).filter((x) => x !== undefined);
  const axes = [...new Set(curves.map(({ axis }) => axis))].join(", ");
  const names = namesOf(curves);
  const legend = curves.map(({ points }, at) => {
    const ends = `${number(points.at(0)?.y)} … ${number(points.at(-1)?.y)}`;
    const text = ` ${cutToWidth(visible(names[at] ?? ""), Math.max(8, layout.width - ends.length - 5))}  ${ends}`;
    return `${lines[at]?.paint(lines[at]?.mark ?? "") ?? ""}${cutToWidth(text, layout.width - 1)}`;
  });
  const span = `${axes}: ${number(Math.min(...xs))} to ${number(Math.max(...xs))}`;
  const around = [title, span].map((text) => cutToWidth(visible(text), layout.width));
  return [around[0], ...plotRows(lines, layout), around[1], ...legend, ""].join("\n");
}

/** A row for each point. */
export function curvesCsv(curves: readonly Curve[]): string {
  return toCsv({
    columns: ["Experiment", "file", "axis", "x", "y"].map((name) => ({ name, kind: "label" })),
    rows: curves.flatMap(({ label, file = "", axis, points }) =>
      points.map(({ x, y }) => ({
        cells: [label, file, axis, cellText(x, exactFloats), cellText(y, exactFloats)],
        emphasis: "plain" as const,
      })),
    ),
  });
}

/** A list with an object for each curve: `name`, `file` (null: over checkpoints), `axis`, `points` as pairs. */
export function curvesJson(curves: readonly Curve[], layout: JsonLayout): string {
  const values = curves.map(
    ({ label, file = null, axis, points }): Value =>
      new Map<string, Value>([
        ["name", label],
        ["file", file],
        ["axis", axis],
        ["points", points.map(({ x, y }) => [x, y])],
      ]),
  );
  return jsonText(values, layout);
}

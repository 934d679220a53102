/** Curves of experiments: what their plots' files hold step by step, and their metrics over checkpoints. */
import type { Value } from "../../base/value.ts";
import type { FilterRow } from "../../experiments/find/filter-row.ts";
import type { RevisionPlots } from "../../experiments/plots/types.ts";
import { pointNumber } from "../../experiments/reading/plots-file.ts";
import { flattenMetrics } from "../../experiments/show/flatten.ts";
import { type MatchedPlot, matchPlots } from "../plots/match.ts";
import type { PageCurve } from "./contract.ts";

/** A line on a screen has no more. */
const mostPoints = 400;

type Point = readonly [number, number];

function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= mostPoints) return points;
  const step = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, at) => points[Math.round(at * step)] ?? [0, 0]);
}

/** Templates of lines; others compare what is no course. */
const lines = new Set<Value | undefined>([undefined, "linear", "simple", "smooth"]);

type VegaPlot = Extract<MatchedPlot, { kind: "vega" }>;

function seriesOf(
  plot: VegaPlot,
): ReadonlyMap<string, { readonly rev: string; readonly label: string; points: Point[] }> {
  const [x, y] = [plot.props.get("x"), plot.props.get("y")];
  const series = new Map<string, { rev: string; label: string; points: Point[] }>();
  if (typeof x !== "string" || typeof y !== "string") return series;
  for (const point of plot.points) {
    const [a, b] = [pointNumber(point.get(x)), pointNumber(point.get(y))];
    if (a === undefined || b === undefined) continue;
    const rev = String(point.get("rev"));
    const parts = [point.get("filename"), point.get("field")].map(String);
    const own = plot.columns.length > 1 ? ` (${parts.join(" ")})` : "";
    const key = `${rev}${own}`;
    const one = series.get(key) ?? { rev, label: `${plot.name}: ${String(point.get("field"))}${own}`, points: [] };
    series.set(key, one);
    one.points.push([a, b]);
  }
  return series;
}

/** @param idOf rows by commit, by which the revisions are called */
export function plotCurves(
  revisions: readonly RevisionPlots[],
  idOf: ReadonlyMap<string, string>,
): readonly PageCurve[] {
  return matchPlots(revisions).plots.flatMap((plot) => {
    if (plot.kind !== "vega" || !lines.has(plot.props.get("template"))) return [];
    return [...seriesOf(plot).values()].flatMap(({ rev, label, points }) => {
      const id = idOf.get(rev);
      const x = String(plot.props.get("x_label") ?? plot.props.get("x"));
      return id === undefined || points.length < 2 ? [] : [{ id, label, x, points: thinned(points) }];
    });
  });
}

/** The oldest checkpoint is the first step. */
export function checkpointCurves(rows: readonly FilterRow[], idOf: (row: FilterRow) => string): readonly PageCurve[] {
  return rows.flatMap((row) => {
    const { revs } = row.experiment;
    if (revs.length < 2) return [];
    const steps = revs.map(({ data }) => (data === null ? new Map<string, Value>() : flattenMetrics(data.metrics)));
    const ordered = steps.reverse();
    const names = new Set(ordered.flatMap((metrics) => [...metrics.keys()]));
    return [...names].flatMap((name): PageCurve[] => {
      const points = ordered.flatMap((metrics, step): Point[] => {
        const value = pointNumber(metrics.get(name));
        return value === undefined ? [] : [[step + 1, value]];
      });
      if (points.length < 2) return [];
      return [{ id: idOf(row), label: `checkpoints: ${name}`, x: "checkpoint", points: thinned(points) }];
    });
  });
}

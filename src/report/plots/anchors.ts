/**
 * DVC's templates have anchors, texts like `<DVC_METRIC_TITLE>`, which are filled with data, names and encodings
 * (dvc-render 1.0.2, vega.py). Here as a function from points to values by anchor.
 */
import { compareCodePoints } from "../../base/python.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import type { Datapoint, Datapoints } from "./datapoints.ts";

export function anchor(name: string): string {
  return `<DVC_METRIC_${name.toUpperCase()}>`;
}

/** Those that stay open where a program asks for template and values apart. */
const splitNames = new Set(
  "color data plot_height plot_width shape stroke_dash title tooltip x_label y_label zoom_and_pan".split(" "),
);

/** Colours, shapes and dashes are given out in this order. */
const ranges: Readonly<Record<string, readonly Value[]>> = {
  stroke_dash: [
    [1, 0],
    [8, 8],
    [8, 4],
    [4, 4],
    [4, 2],
    [2, 1],
    [1, 1],
  ].map((dash) => dash.map(BigInt)),
  color: ["#945dd6", "#13adc7", "#f46837", "#48bb78", "#4299e1", "#ed8936", "#f56565"],
  shape: ["circle", "square", "triangle", "diamond"],
};

/** Which of several columns a mark belongs to. */
const between = "::";

function record(fields: Readonly<Record<string, Value>>): ValueMap {
  return new Map(Object.entries(fields));
}

function mapping(field: string, name: "color" | "shape" | "stroke_dash", domain: readonly string[]): ValueMap {
  const all = ranges[name] ?? [];
  const range = domain.map((_, at) => all[at % all.length] ?? null);
  // A legend's entries of dashes and shapes are drawn empty.
  const legend = record({ symbolFillColor: "transparent", symbolStrokeColor: "grey" });
  return record({
    field,
    scale: record({ domain, range }),
    ...(name === "color" ? {} : { legend }),
  });
}

/** Whether some value is exactly that anchor. A list's own texts do not count, as in DVC. */
function hasAnchor(template: Value, name: string): boolean {
  const wanted = anchor(name);
  const search = (value: Value): boolean =>
    isMap(value)
      ? [...value.values()].some((item) => (isList(item) ? item.some(search) : search(item)))
      : value === wanted;
  return isMap(template) && search(template);
}

export interface FilledPlot {
  readonly points: readonly Datapoint[];
  readonly revs: readonly string[];
  readonly props: ValueMap;
  readonly columns: Datapoints["columns"];
}

/** What tells several columns apart: their files, their names, or both. */
function variedKeys(columns: FilledPlot["columns"]): readonly ("filename" | "field")[] {
  const count = (values: readonly string[]) => new Set(values).size;
  return [
    ...(count(columns.map(({ file }) => file)) > 1 ? (["filename"] as const) : []),
    ...(count(columns.map(({ field }) => field)) > 1 ? (["field"] as const) : []),
  ];
}

/** Points say what tells them apart, and nothing more. */
function labelled(points: readonly Datapoint[], varied: readonly string[]): readonly Datapoint[] {
  const isBoth = varied.length === 2;
  return points.map((point) => {
    const labels = ["filename", "field"].filter((key) => !isBoth && varied.includes(key));
    const entries = [...point].filter(
      ([key]) => (key !== "filename" && key !== "field") || labels.includes(String(key)),
    );
    if (isBoth) entries.push([`filename${between}field`, `${point.get("filename")}${between}${point.get("field")}`]);
    return new Map<Scalar, Value>(entries);
  });
}

function domainOf(columns: FilledPlot["columns"], varied: readonly string[]): readonly string[] {
  const text = ({ file, field }: FilledPlot["columns"][number]) =>
    varied.length === 2 ? `${file}${between}${field}` : varied[0] === "filename" ? file : field;
  return [...new Set(columns.map(text))].sort(compareCodePoints);
}

/** Anchors that a template may have or not. */
function optionalValues({ props, columns, revs }: FilledPlot, varied: readonly string[]): ReadonlyMap<string, Value> {
  const isSingle = columns.length <= 1 || varied.length === 0;
  const concat = varied.join(between);
  const [x, y] = [props.get("x") ?? null, props.get("y") ?? null];
  const group = isSingle ? ["rev"] : ["rev", concat];
  const domain = isSingle ? [] : domainOf(columns, varied);
  const empty = record({});
  const facet = isSingle ? empty : record({ field: concat, sort: [] });
  const fields = ["rev", x, y, ...(isSingle ? [] : [concat])];
  return new Map<string, Value>([
    ["color", mapping("rev", "color", revs)],
    ["zoom_and_pan", record({ name: "grid", select: "interval", bind: "scales" })],
    ["plot_height", 300n],
    ["plot_width", 300n],
    ["group_by", group],
    ["group_by_x", [...group, x]],
    ["group_by_y", [...group, y]],
    ["pivot_field", ["rev", ...(isSingle ? [] : varied)].map((key) => `datum.${key}`).join(` + '${between}' + `)],
    ["row", facet],
    ["column", facet],
    ["tooltip", fields.map((field) => record({ field }))],
    ["stroke_dash", isSingle ? empty : mapping(concat, "stroke_dash", domain)],
    ["shape", isSingle ? empty : mapping(concat, "shape", domain)],
  ]);
}

/** Vega reads dots and brackets in a field's name as a path. */
function escaped(value: Value): Value {
  return typeof value === "string" ? value.replace(/[.[\]]/g, "\\$&") : value;
}

/** Fills a text that is an anchor; in one that holds some, those whose values are texts. */
function fill(value: Value, values: ReadonlyMap<string, Value>, place: "in map" | "in list" = "in map"): Value {
  if (isMap(value)) return new Map([...value].map(([key, item]) => [key, fill(item, values)]));
  if (isList(value)) return value.map((item) => fill(item, values, "in list"));
  if (typeof value !== "string") return value;
  const whole = values.get(value);
  if (whole !== undefined || place === "in list") return whole ?? value;
  return value.replace(/<DVC_METRIC_[A-Z_]+>/g, (name) => {
    const text = values.get(name);
    return typeof text === "string" ? text : name;
  });
}

export interface FilledTemplate {
  readonly content: Value;
  /** Of a split one: what was left out, by anchor. */
  readonly left: ValueMap;
}

/** @param split whether data, titles and looks stay anchors, for a program that fills them itself */
export function fillTemplate(template: Value, plot: FilledPlot, split: "whole" | "split"): FilledTemplate {
  const varied = plot.columns.length <= 1 ? [] : variedKeys(plot.columns);
  const optional = [...optionalValues(plot, varied)].filter(([name]) => hasAnchor(template, name));
  const points = optional.length === 0 ? plot.points : labelled(plot.points, varied);
  const named = ["title", "x", "y", "x_label", "y_label"].flatMap((name) => {
    const value = plot.props.get(name);
    if (value === undefined || value === null) return [];
    return [[name, name === "x" || name === "y" ? escaped(value) : value] as const];
  });
  const all: readonly (readonly [string, Value])[] = [...optional, ...named, ["data", points]];
  // What does not apply is filled all the same, with nothing.
  const isEmpty = (value: Value) => isMap(value) && value.size === 0;
  const isLeft = (name: string, value: Value) => split === "split" && splitNames.has(name) && !isEmpty(value);
  const byAnchor = (kept: readonly (readonly [string, Value])[]) =>
    new Map(kept.map(([name, value]) => [anchor(name), value] as const));
  return {
    content: fill(template, byAnchor(all.filter(([name, value]) => !isLeft(name, value)))),
    left: byAnchor(all.filter(([name, value]) => isLeft(name, value))),
  };
}

/** Whether points can go anywhere in it. */
export function takesData(template: Value): boolean {
  return hasAnchor(template, "data");
}

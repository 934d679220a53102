/**
 * The templates that DVC 3 brings, by name: the same plots with the same anchors, so that one of the user's that was made from
 * `dvc plots templates` and one made from ours are alike. Put together from the parts that they share.
 */
import { anchor } from "./anchors.ts";

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
type Fields = Readonly<Record<string, Json>>;

const size = { width: anchor("plot_width"), height: anchor("plot_height") };
const zoom = { params: [anchor("zoom_and_pan")] };

function base(more: Fields): Fields {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    data: { values: anchor("data") },
    title: { text: anchor("title"), anchor: "middle" },
    ...more,
  };
}

/** @param type undefined where Vega-Lite is to find out */
function axis(name: "x" | "y", type?: "quantitative" | "nominal", more: Fields = {}): Fields {
  return { field: anchor(name), ...(type ? { type } : {}), title: anchor(`${name}_label`), ...more };
}

const notFromZero = { scale: { zero: false } };
const xValue = axis("x", "quantitative");
const yValue = axis("y", "quantitative", notFromZero);
const byRevision = { field: "rev", type: "nominal" };
const dataTooltip = { tooltip: { content: "data" } };
const looks = { color: anchor("color"), shape: anchor("shape"), tooltip: anchor("tooltip") };

const simple = base({
  ...zoom,
  ...size,
  mark: { type: "line", ...dataTooltip },
  encoding: {
    x: xValue,
    y: yValue,
    color: anchor("color"),
    strokeDash: anchor("stroke_dash"),
    tooltip: anchor("tooltip"),
  },
});

const hovered = { param: "hover", empty: false };

/** The line through averaged points, the points that the pointer is at, and under them the line as it is. */
const smoothLayers: readonly Json[] = [
  {
    layer: [
      { ...zoom, mark: "line" },
      { transform: [{ filter: hovered }], mark: "point" },
    ],
    encoding: { y: yValue, color: byRevision },
    transform: [{ loess: anchor("y"), on: anchor("x"), groupby: anchor("group_by"), bandwidth: { signal: "smooth" } }],
  },
  { mark: { type: "line", opacity: 0.2 }, encoding: { x: xValue, y: yValue, color: byRevision } },
  {
    mark: { type: "circle", size: 10 },
    encoding: {
      x: { aggregate: "max", ...xValue },
      y: { aggregate: { argmax: anchor("x") }, ...yValue },
      color: byRevision,
    },
  },
  {
    transform: [
      { calculate: anchor("pivot_field"), as: "pivot_field" },
      { pivot: "pivot_field", op: "mean", value: anchor("y"), groupby: [anchor("x")] },
    ],
    mark: { type: "rule", ...dataTooltip, stroke: "grey" },
    encoding: { opacity: { condition: { value: 0.3, ...hovered }, value: 0 } },
    params: [
      {
        name: "hover",
        select: { type: "point", fields: [anchor("x")], nearest: true, on: "mouseover", clear: "mouseout" },
      },
    ],
  },
];

const smooth = base({
  ...size,
  params: [{ name: "smooth", value: 0.001, bind: { input: "range", min: 0.001, max: 1, step: 0.001 } }],
  encoding: { x: xValue, color: anchor("color"), strokeDash: anchor("stroke_dash") },
  layer: smoothLayers,
});

const scatter = base({
  ...size,
  mark: { type: "point", ...dataTooltip },
  ...zoom,
  encoding: { x: xValue, y: axis("y", "quantitative"), ...looks },
});

const jitter = (column: string) => ({ field: column, type: "quantitative" });

const scatterJitter = base({
  ...size,
  transform: ["randomX", "randomY"].map((column) => ({ calculate: "random()", as: column })),
  mark: { type: "point", ...dataTooltip },
  encoding: { x: axis("x"), y: axis("y"), ...looks, xOffset: jitter("randomX"), yOffset: jitter("randomY") },
});

function bars(order: Fields): Fields {
  return base({
    ...size,
    mark: { type: "bar" },
    ...zoom,
    encoding: {
      x: axis("x", "quantitative", notFromZero),
      y: axis("y", "nominal", order),
      yOffset: { field: "rev", sort: [] },
      color: anchor("color"),
      column: anchor("column"),
    },
  });
}

/** What the cells of a confusion matrix show: counts, or shares of a row. */
interface Cells {
  /** Columns of groups in which missing cells of a row count as zero. */
  readonly groupOfRows: Json;
  readonly share: Fields;
  readonly sum: Fields;
  readonly shown: { readonly field: string; readonly scale: Fields; readonly tooltip: Fields };
  readonly text: Fields;
  /** The column that decides whether dark or bright text can be read. */
  readonly darkness: string;
  readonly params: Fields;
}

function cellTransforms({ groupOfRows, sum, share }: Cells): readonly Json[] {
  const zeros = (groupby: Json, key: "x" | "y") => ({ impute: "xy_count", groupby, key: anchor(key), value: 0 });
  return [
    { aggregate: [{ op: "count", as: "xy_count" }], groupby: [anchor("y"), anchor("x")] },
    zeros(groupOfRows, "x"),
    zeros(anchor("group_by_x"), "y"),
    sum,
    share,
  ];
}

const pointed = {
  label: { type: "single", on: "mouseover", encodings: ["x", "y"], empty: "none", clear: "mouseout" },
};

function cellLayers({ shown, text, darkness }: Cells): readonly Json[] {
  const nominal = (name: "x" | "y") => ({ field: anchor(name), type: "nominal" });
  const value = { field: shown.field, type: "quantitative" };
  return [
    { mark: "rect", ...size, encoding: { color: { ...value, title: "", scale: shown.scale } } },
    {
      selection: pointed,
      mark: "rect",
      encoding: {
        tooltip: [nominal("x"), nominal("y"), { ...value, ...shown.tooltip }],
        opacity: { condition: { selection: "label", value: 1 }, value: 0 },
      },
    },
    {
      transform: [{ filter: { selection: "label" } }],
      layer: [{ mark: { type: "rect", color: "lightpink" } }],
    },
    {
      mark: "text",
      encoding: {
        ...text,
        color: { condition: { test: `datum.${darkness} > 0.5`, value: "white" }, value: "black" },
      },
    },
  ];
}

function confusion(cells: Cells): Fields {
  const side = (name: "x" | "y") => axis(name, "nominal", { sort: "ascending" });
  return base({
    facet: { column: { field: "rev", sort: [] }, row: anchor("row") },
    ...cells.params,
    spec: {
      transform: cellTransforms(cells),
      encoding: { x: side("x"), y: side("y") },
      layer: cellLayers(cells),
    },
  });
}

const ofCell = { field: "xy_count", type: "quantitative" };

const counts = confusion({
  groupOfRows: anchor("group_by_y"),
  sum: { joinaggregate: [{ op: "max", field: "xy_count", as: "max_count" }], groupby: [] },
  share: { calculate: "datum.xy_count / datum.max_count", as: "percent_of_max" },
  shown: { field: "xy_count", scale: { domainMin: 0, nice: true }, tooltip: {} },
  text: { text: { condition: { param: "showValues", ...ofCell } } },
  darkness: "percent_of_max",
  params: { params: [{ name: "showValues", bind: { input: "checkbox" } }] },
});

const shares = confusion({
  groupOfRows: ["rev", anchor("y")],
  sum: { joinaggregate: [{ op: "sum", field: "xy_count", as: "sum_y" }], groupby: [anchor("y")] },
  share: { calculate: "datum.xy_count / datum.sum_y", as: "percent_of_y" },
  shown: { field: "percent_of_y", scale: { domain: [0, 1] }, tooltip: { format: ".2f" } },
  text: {},
  darkness: "percent_of_y",
  params: {},
});

/** In the order in which `plots templates` lists them. */
export const plotTemplates: Readonly<Record<string, Fields>> = {
  simple,
  linear: smooth,
  confusion: counts,
  confusion_normalized: shares,
  scatter,
  scatter_jitter: scatterJitter,
  smooth,
  bar_horizontal_sorted: bars({ sort: "-x" }),
  bar_horizontal: bars({}),
};

/** What is drawn where no template is named. */
export const defaultTemplate = "linear";

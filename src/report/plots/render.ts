/** Matched plots as Vega-Lite specifications, and as the JSON that DVC prints. */
import { SweeplineError } from "../../base/errors.ts";
import { isMap, type Scalar, type Value } from "../../base/value.ts";
import { type FilledTemplate, fillTemplate, takesData } from "./anchors.ts";
import type { MatchedPlot, MatchedPlots, Picture, PlotError } from "./match.ts";

export type VegaPlot = Extract<MatchedPlot, { kind: "vega" }>;

/** The template of that name; undefined: the default one. Errors: PLOT_TEMPLATE. */
export type FindTemplate = (name: string | undefined) => Promise<Value>;

/** Numbers of a specification of ours, with Python's types. */
export function plainToValue(plain: unknown): Value {
  if (Array.isArray(plain)) return plain.map(plainToValue);
  if (typeof plain === "object" && plain !== null)
    return new Map(Object.entries(plain).map(([key, item]) => [key, plainToValue(item)]));
  if (typeof plain === "number") return Number.isInteger(plain) ? BigInt(plain) : plain;
  return typeof plain === "string" || typeof plain === "boolean" ? plain : null;
}

/** Errors: PLOT_TEMPLATE. */
export async function vegaSpec(
  plot: VegaPlot,
  find: FindTemplate,
  split: "whole" | "split" = "whole",
): Promise<FilledTemplate> {
  const named = plot.props.get("template");
  const template = await find(typeof named === "string" ? named : undefined);
  if (plot.points.length === 0) return { content: new Map(), left: new Map() };
  if (!takesData(template))
    throw new SweeplineError({
      code: "PLOT_TEMPLATE",
      message: `Template '${String(named)}' is not using '<DVC_METRIC_DATA>' anchor`,
    });
  return fillTemplate(template, plot, split);
}

async function plotJson(plot: MatchedPlot, options: PlotsJsonOptions): Promise<Value> {
  const record = (fields: Readonly<Record<string, Value>>) => new Map<Scalar, Value>(Object.entries(fields));
  if (plot.kind === "image")
    return plot.pictures.map((picture) =>
      record({ type: "image", revisions: [picture.rev], url: options.urlOf(picture) }),
    );
  const { content, left } = await vegaSpec(plot, options.find, options.split);
  if (isMap(content) && content.size === 0) return [];
  const split = options.split === "split" ? { anchor_definitions: left } : {};
  return [record({ type: "vega", revisions: plot.revs, content, ...split })];
}

function errorJson({ name, rev, source, type, message }: PlotError): Value {
  const fields = { name, rev, source, type, msg: message };
  return new Map<Scalar, Value>(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}

export interface PlotsJsonOptions {
  readonly find: FindTemplate;
  readonly split: "whole" | "split";
  /** Where a picture was written to. */
  readonly urlOf: (picture: Picture) => string;
}

/** `{"errors": [...], "data": {NAME: [...]}}`, parts that are empty left out. Errors: as vegaSpec(). */
export async function plotsJson({ plots, errors }: MatchedPlots, options: PlotsJsonOptions): Promise<Value> {
  const data = new Map<Scalar, Value>();
  for (const plot of plots) data.set(plot.name, await plotJson(plot, options));
  return new Map<Scalar, Value>([
    ...(errors.length === 0 ? [] : [["errors", errors.map(errorJson)] as const]),
    ...(data.size === 0 ? [] : [["data", data] as const]),
  ]);
}

/** `exp effects` in each of its formats. */
import { visible, visibleJson } from "../../base/text/visible.ts";
import { toPlain, type Value } from "../../base/value.ts";
import type { Effects, ParameterEffect, ValueEffect } from "../../experiments/find/effects.ts";
import { leastPoints } from "../../experiments/find/importance.ts";
import { cellText, defaultPrecision, exactFloats, significantFloats } from "../cells.ts";
import { toCsv } from "../csv.ts";
import type { ShowFormat } from "../exp-show.ts";
import { toMarkdown } from "../markdown.ts";
import { toPlainText } from "../plain.ts";
import type { Column, Row, Table } from "../table.ts";
import { barOf } from "./bars.ts";

/** Fewer than these say little, whatever a forest makes of them. */
const fewPoints = 30;
const barWidth = 20;

function bestIn({ metric }: ValueEffect, { direction }: Effects): number | undefined {
  return direction === undefined ? undefined : direction === "max" ? metric.max : metric.min;
}

function valueText({ values }: ValueEffect, float = exactFloats): string {
  const texts = values.map((value: Value | undefined) =>
    value === undefined || value === null ? "-" : cellText(value, float),
  );
  return texts.length === 2 ? texts.join(" to ") : (texts[0] ?? "-");
}

function headline(effects: Effects): readonly string[] {
  const { metric, direction, points, learned } = effects;
  const better = direction === undefined ? "" : `, ${direction === "max" ? "more" : "less"} is better`;
  const counted = points === 1 ? "1 experiment" : `${points} experiments`;
  const lines = [`${metric.column.name}${better}: ${counted}`];
  if (learned === undefined) {
    const why = points < leastPoints ? `needs ${leastPoints} experiments or more` : "can't be told: nothing differs";
    return [...lines, `The importance of parameters ${why}.`];
  }
  const share = Math.round(learned.explained * 100);
  const sample = learned.points < points ? `, judged by ${learned.points} of them` : "";
  if (share === 0) return [...lines, `These parameters do not foretell it${sample}: what differs may be chance.`];
  lines.push(`These parameters foretell ${share} % of its differences at points not seen${sample}.`);
  if (points < fewPoints) lines.push(`That is a rough guess from ${points} points.`);
  return lines;
}

interface Scale {
  readonly low: number;
  readonly high: number;
}

/** Of the means: bars go from the least of them to the greatest. */
function scaleOf({ parameters }: Effects): Scale {
  const means = parameters.flatMap(({ values }) => values.map(({ metric }) => metric.mean));
  return { low: Math.min(...means), high: Math.max(...means) };
}

function importanceText({ importance }: ParameterEffect): string {
  return importance === undefined ? "" : `${Math.round(importance * 100)} %`;
}

function effectRows(effects: Effects, digits: number): readonly Row[] {
  const float = significantFloats(digits);
  const { low, high } = scaleOf(effects);
  return effects.parameters.flatMap((parameter) =>
    parameter.values.map((value, at): Row => {
      const best = bestIn(value, effects);
      const { count, mean, spread } = value.metric;
      const share = high > low ? (mean - low) / (high - low) : 1;
      return {
        emphasis: "plain",
        cells: [
          at === 0 ? parameter.column.column.name : "",
          at === 0 ? importanceText(parameter) : "",
          valueText(value, float),
          String(count),
          float(mean),
          spread === undefined ? "-" : float(spread),
          best === undefined ? "-" : float(best),
          barOf(share, barWidth),
        ],
      };
    }),
  );
}

const titles = ["Parameter", "Importance", "Value", "Count", "Mean", "Spread", "Best", ""];

function effectsTable(effects: Effects, digits: number): Table {
  const columns = titles.map((name): Column => ({ name, kind: "label" }));
  return { columns, rows: effectRows(effects, digits) };
}

function effectsCsv(effects: Effects): string {
  const names = ["parameter", "importance", "value", "count", "mean", "spread", "best"];
  const number = (value: number | undefined) => (value === undefined ? "" : exactFloats(value));
  return toCsv({
    columns: names.map((name) => ({ name, kind: "label" })),
    rows: effects.parameters.flatMap((parameter) =>
      parameter.values.map((value) => ({
        emphasis: "plain" as const,
        cells: [
          parameter.column.column.name,
          number(parameter.importance),
          valueText(value),
          String(value.metric.count),
          number(value.metric.mean),
          number(value.metric.spread),
          number(bestIn(value, effects)),
        ],
      })),
    ),
  });
}

function effectsJson(effects: Effects): string {
  const { metric, direction, points, learned, parameters } = effects;
  const plain = {
    metric: metric.column.name,
    direction: direction ?? null,
    points,
    explained: learned?.explained ?? null,
    parameters: parameters.map((parameter) => ({
      name: parameter.column.column.name,
      importance: parameter.importance ?? null,
      values: parameter.values.map(({ values, metric: spread }) => ({
        value: values.length === 2 ? { from: values[0], to: values[1] } : toPlain(values[0] ?? null),
        ...spread,
        spread: spread.spread ?? null,
      })),
    })),
  };
  return visibleJson(JSON.stringify(plain, (_key, value) => (typeof value === "bigint" ? Number(value) : value)));
}

/** The text of `exp effects`. */
export function renderEffects(effects: Effects, format: ShowFormat, precision: number | undefined): string {
  if (format === "json") return `${effectsJson(effects)}\n`;
  if (format === "csv") return effectsCsv(effects);
  const table = effectsTable(effects, precision || defaultPrecision);
  if (format === "markdown") return toMarkdown(table);
  const none = effects.parameters.length === 0 ? "No parameter differs among them.\n" : "";
  return `${headline(effects).map(visible).join("\n")}\n\n${none}${toPlainText(table)}`;
}

/** `exp effects` in each of its formats. */
import { jsonOf, visible } from "../../base/text/visible.ts";
import { toPlain, type Value } from "../../base/value.ts";
import type { Effects, ParameterEffect, ValueEffect } from "../../experiments/find/effects.ts";
import { leastPoints } from "../../experiments/find/importance.ts";
import type { ValueColumn } from "../../experiments/show/value-columns.ts";
import { cellText, defaultPrecision, exactFloats, significantFloats } from "../cells.ts";
import { toCsv } from "../csv.ts";
import type { ShowFormat } from "../exp-show.ts";
import { toMarkdown } from "../markdown.ts";
import { toPlainText } from "../plain.ts";
import type { Column, Row, Table } from "../table.ts";
import type { TerminalOptions } from "../terminal.ts";
import { wrapToWidth } from "../width.ts";
import { barOf } from "./bars.ts";
import { distinctCells } from "./distinct-cells.ts";
import { drawNarrow, narrowTable, tableWidth } from "./narrow-table.ts";
import { shortNameOf } from "./short-names.ts";

export interface EffectsLayout {
  readonly format: ShowFormat;
  /** undefined: 5 digits, and all of them in CSV and JSON. */
  readonly precision: number | undefined;
  readonly width: TerminalOptions["width"];
  /** All parameters that experiments have: a terminal shows of a name what tells it from these. */
  readonly params: readonly ValueColumn[];
}

/** Fewer than these say little, whatever a forest makes of them. */
const fewPoints = 30;
const longestBar = 20;
/** With the blanks before it. */
const shortestBar = 10;

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

interface RowStyle {
  readonly digits: number;
  readonly nameOf: (column: ValueColumn) => string;
  /** What is printed of a parameter's values. */
  readonly valueCells: (texts: readonly string[]) => readonly string[];
}

/** All columns but the bars. */
function effectRows(effects: Effects, { digits, nameOf, valueCells }: RowStyle): readonly Row[] {
  const float = significantFloats(digits);
  return effects.parameters.flatMap((parameter) => {
    const texts = valueCells(parameter.values.map((value) => valueText(value, float)));
    return parameter.values.map((value, at): Row => {
      const best = bestIn(value, effects);
      const { count, mean, spread } = value.metric;
      return {
        emphasis: "plain",
        cells: [
          at === 0 ? nameOf(parameter.column) : "",
          at === 0 ? importanceText(parameter) : "",
          texts[at] ?? "",
          String(count),
          float(mean),
          spread === undefined ? "-" : float(spread),
          best === undefined ? "-" : float(best),
        ],
      };
    });
  });
}

const titles = ["Parameter", "Importance", "Value", "Count", "Mean", "Spread", "Best"];

function effectsTable(effects: Effects, style: RowStyle): Table {
  return { columns: titles.map((name): Column => ({ name, kind: "label" })), rows: effectRows(effects, style) };
}

/** A bar for each value, as long as its mean is great. */
function withBars(table: Table, effects: Effects, width: number): Table {
  const { low, high } = scaleOf(effects);
  const means = effects.parameters.flatMap(({ values }) => values.map(({ metric }) => metric.mean));
  return {
    columns: [...table.columns, { name: "", kind: "label" }],
    rows: table.rows.map((row, at) => {
      const share = high > low ? ((means[at] ?? low) - low) / (high - low) : 1;
      return { ...row, cells: [...row.cells, barOf(share, width)] };
    }),
  };
}

function shortTexts(texts: readonly string[]): readonly string[] {
  return distinctCells(texts.map(visible), "-");
}

/** Who looks at it sees bars, and no line that is wider than the terminal. */
function effectsOnTerminal(effects: Effects, style: RowStyle, width: number): string {
  const bare = effectsTable(effects, style);
  const { table } = narrowTable(bare, { width: width - shortestBar, leaving: ["Spread", "Count", "Best"] });
  const room = Math.min(longestBar, width - tableWidth(table) - 2);
  return drawNarrow(room > 0 ? withBars(table, effects, room) : table, width);
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
  return jsonOf(plain);
}

/** The text of `exp effects`. */
export function renderEffects(effects: Effects, { format, precision, width, params }: EffectsLayout): string {
  if (format === "json") return `${effectsJson(effects)}\n`;
  if (format === "csv") return effectsCsv(effects);
  const digits = precision || defaultPrecision;
  const whole: RowStyle = { digits, nameOf: ({ column }) => column.name, valueCells: (texts) => texts };
  const short: RowStyle = { digits, nameOf: shortNameOf(params), valueCells: shortTexts };
  const table = withBars(effectsTable(effects, whole), effects, longestBar);
  if (format === "markdown") return toMarkdown(table);
  const none = effects.parameters.length === 0 ? "No parameter differs among them.\n" : "";
  const text = width === "full" ? toPlainText(table) : effectsOnTerminal(effects, short, width);
  const lines = headline(effects).map(visible);
  const head = width === "full" ? lines : lines.flatMap((line) => wrapToWidth(line, width));
  return `${head.join("\n")}\n\n${none}${text}`;
}

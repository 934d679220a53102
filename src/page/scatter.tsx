/** Any two columns against each other, and the course of the metric with the best so far. */
import type { EChartsCoreOption } from "echarts/core";
import { useCallback } from "preact/hooks";
import type { PageColumn, PageData, PageRow } from "../report/page/contract.ts";
import { Chart, type Look, scaleColours } from "./chart.tsx";
import { bestSoFar, categoriesOf, columnAt, numberIn, scaleOf, shownCell } from "./rows.ts";

const grid = { left: 64, right: 24, top: 20, bottom: 48 };

function axis(name: string, look: Look, more: object = {}) {
  return {
    name,
    nameLocation: "middle",
    nameGap: 30,
    scale: true,
    nameTextStyle: { color: look.text },
    axisLabel: { color: look.text, hideOverlap: true },
    axisLine: { lineStyle: { color: look.line } },
    splitLine: { lineStyle: { color: look.line, opacity: 0.4 } },
    ...more,
  };
}

/** Drawn on the canvas: names in it are no markup. */
const tooltip = { renderMode: "richText", confine: true };

interface Side {
  readonly column: PageColumn;
  readonly at: number;
  readonly categories: readonly string[] | undefined;
  readonly scale: "log" | "value";
}

function sideOf(data: PageData, key: string): Side | undefined {
  const at = columnAt(data, key);
  const column = data.columns[at];
  return column && { column, at, categories: categoriesOf(data.rows, at), scale: scaleOf(data.rows, at) };
}

function valueIn(row: PageRow, { at, categories }: Side): number | string | undefined {
  return categories === undefined ? numberIn(row, at) : shownCell(row.values[at]);
}

function sideOption({ column, categories, scale }: Side, look: Look, more: object = {}) {
  return axis(column.label, look, {
    ...(categories === undefined ? { type: scale } : { type: "category", data: [...categories] }),
    ...more,
  });
}

function scatterOption(rows: readonly PageRow[], sides: readonly [Side, Side, Side | undefined], look: Look) {
  const [x, y, colour] = sides;
  const points = rows.flatMap((row) => {
    const [a, b] = [valueIn(row, x), valueIn(row, y)];
    const value = [a, b, (colour && numberIn(row, colour.at)) ?? "-", row.name ?? row.commit.slice(0, 9)];
    return a === undefined || b === undefined ? [] : [{ value }];
  });
  const numbers = colour === undefined ? [] : rows.flatMap((row) => numberIn(row, colour.at) ?? []);
  return {
    grid,
    tooltip: {
      ...tooltip,
      formatter: ({ value }: { value: readonly (number | string)[] }) =>
        `${value[3]}\n${x.column.label}: ${shownCell(value[0])}\n${y.column.label}: ${shownCell(value[1])}`,
    },
    xAxis: sideOption(x, look),
    yAxis: sideOption(y, look, { nameGap: 44 }),
    ...(numbers.length === 0
      ? {}
      : {
          visualMap: {
            show: false,
            type: "continuous",
            dimension: 2,
            min: Math.min(...numbers),
            max: Math.max(...numbers),
            inRange: { color: scaleColours },
          },
        }),
    series: [{ type: "scatter", symbolSize: 9, itemStyle: { borderColor: look.line, borderWidth: 1 }, data: points }],
  } satisfies EChartsCoreOption;
}

interface PairProps {
  readonly data: PageData;
  readonly rows: readonly PageRow[];
  readonly x: string;
  readonly y: string;
  readonly metric: PageColumn | undefined;
  readonly look: Look;
}

export function Scatter({ data, rows, x, y, metric, look }: PairProps) {
  const option = useCallback(() => {
    const [a, b] = [sideOf(data, x), sideOf(data, y)];
    return a && b ? scatterOption(rows, [a, b, metric && sideOf(data, metric.key)], look) : {};
  }, [data, rows, x, y, metric, look]);
  if (columnAt(data, x) < 0 || columnAt(data, y) < 0) return <p class="quiet">There are no two columns to compare.</p>;
  return <Chart label={`${rows.length} experiments by ${x} and ${y}`} height={300} option={option} />;
}

/** The metric and where its values are. */
interface Measured {
  readonly metric: PageColumn;
  readonly at: number;
}

function historyOption(rows: readonly PageRow[], { metric, at }: Measured, look: Look): EChartsCoreOption {
  const done = rows
    .filter((row) => numberIn(row, at) !== undefined && row.created !== null)
    .sort((a, b) => (a.created ?? 0) - (b.created ?? 0));
  const values = done.map((row) => numberIn(row, at) ?? 0);
  const best = metric.direction === null ? [] : bestSoFar(values, metric.direction);
  const nameAt = (index: number) => done[index]?.name ?? done[index]?.commit.slice(0, 9) ?? "";
  return {
    grid: { ...grid, top: 36 },
    legend: { top: 0, textStyle: { color: look.text } },
    tooltip: {
      ...tooltip,
      formatter: ({ dataIndex, value }: { dataIndex: number; value: readonly [number, number] }) =>
        `${nameAt(dataIndex)}\n${metric.label}: ${shownCell(value[1])}`,
    },
    xAxis: axis("in the order in which they finished", look, { type: "value", minInterval: 1 }),
    yAxis: axis(metric.label, look, { type: "value", nameGap: 44 }),
    series: [
      {
        name: "experiments",
        type: "scatter",
        symbolSize: 8,
        color: "#0072b2",
        data: values.map((value, i) => [i + 1, value]),
      },
      ...(best.length === 0
        ? []
        : [
            {
              name: "best so far",
              type: "line",
              step: "end",
              symbol: "none",
              color: "#d55e00",
              data: best.map((value, i) => [i + 1, value]),
            },
          ]),
    ],
  };
}

export function History({ data, rows, metric, look }: Omit<PairProps, "x" | "y">) {
  const option = useCallback(
    () => (metric === undefined ? {} : historyOption(rows, { metric, at: columnAt(data, metric.key) }, look)),
    [data, rows, metric, look],
  );
  if (metric === undefined) return <p class="quiet">There is no metric yet.</p>;
  return <Chart label={`History of ${metric.label} with the best so far`} height={300} option={option} />;
}

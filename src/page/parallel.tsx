/** Parallel coordinates: one line an experiment, coloured by the metric. Brushing an axis filters the table. */
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import type { PageColumn, PageData, PageRow } from "../report/page/contract.ts";
import { Chart, type Look, scaleColours } from "./chart.tsx";
import { categoriesOf, isShown, numberIn, scaleOf, shownCell } from "./rows.ts";
import type { Intervals, View } from "./view.ts";

/** More can't be told apart. */
const mostAxes = 12;

interface Axis {
  readonly column: PageColumn;
  readonly at: number;
  readonly categories: readonly string[] | undefined;
}

function axesOf(data: PageData, view: View, metric: PageColumn | undefined): readonly Axis[] {
  const indexed = data.columns.map((column, at) => ({ column, at }));
  const params = indexed.filter(({ column }) => column.kind === "param" && column.varies && isShown(column, view));
  const own = indexed.filter(({ column }) => column.key === metric?.key);
  return [...params.slice(0, mostAxes - own.length), ...own].map((axis) => ({
    ...axis,
    categories: categoriesOf(data.rows, axis.at),
  }));
}

function axisOption(rows: readonly PageRow[], axis: Axis & { readonly dim: number }, look: Look) {
  const { column, categories, dim } = axis;
  const short = column.label.length > 18 ? `…${column.label.slice(-17)}` : column.label;
  return {
    dim,
    id: column.key,
    name: short,
    type: categories === undefined ? scaleOf(rows, axis.at) : "category",
    ...(categories === undefined ? { scale: true } : { data: [...categories] }),
    nameTextStyle: { color: look.text, fontWeight: "bold" },
    axisLabel: { color: look.text, formatter: (value: unknown) => shownCell(value as number | string) },
    axisLine: { lineStyle: { color: look.line, width: 2 } },
    areaSelectStyle: { width: 22, borderColor: "#0072b2", color: "#0072b2", opacity: 0.35 },
  };
}

function optionOf(rows: readonly PageRow[], axes: readonly Axis[], look: Look): EChartsCoreOption {
  const metric = axes.findIndex(({ column }) => column.kind === "metric");
  const at = axes[metric]?.at ?? -1;
  const numbers = rows.flatMap((row) => numberIn(row, at) ?? []);
  const ends = { min: Math.min(...numbers.slice(0, 50_000)), max: Math.max(...numbers.slice(0, 50_000)) };
  return {
    parallel: { left: 50, right: 110, top: 40, bottom: 24, parallelAxisDefault: { nameLocation: "start" } },
    parallelAxis: axes.map((axis, dim) => axisOption(rows, { ...axis, dim }, look)),
    ...(metric < 0 || numbers.length === 0
      ? {}
      : {
          visualMap: {
            type: "continuous",
            dimension: metric,
            ...ends,
            inRange: { color: scaleColours },
            outOfRange: { color: ["#888888"] },
            calculable: false,
            right: 0,
            top: "center",
            itemHeight: 150,
            textStyle: { color: look.text },
            formatter: (value: unknown) => shownCell(value as number),
          },
        }),
    series: [
      {
        type: "parallel",
        lineStyle: { width: rows.length > 300 ? 1 : 1.6, opacity: rows.length > 1000 ? 0.25 : 0.7 },
        inactiveOpacity: 0.04,
        progressive: 1000,
        data: rows.map(({ values }) =>
          axes.map(({ at: place, categories }) =>
            categories === undefined
              ? typeof values[place] === "number"
                ? values[place]
                : "-"
              : shownCell(values[place]),
          ),
        ),
      },
    ],
  };
}

interface BrushEvent {
  readonly parallelAxisId?: string;
  readonly intervals?: readonly (readonly [number, number])[];
}

interface ParallelProps {
  readonly data: PageData;
  /** Without what was brushed. */
  readonly found: readonly PageRow[];
  readonly view: View;
  readonly metric: PageColumn | undefined;
  readonly look: Look;
  readonly onBrush: (key: string, intervals: Intervals) => void;
}

/** What an axis shows as brushed, as a text: no change is drawn twice. */
function brushText(intervals: Intervals = []): string {
  return JSON.stringify(intervals);
}

function showBrush(chart: EChartsType, brush: View["brush"], drawn: Map<string, string>): void {
  for (const key of new Set([...drawn.keys(), ...brush.keys()])) {
    const text = brushText(brush.get(key));
    if ((drawn.get(key) ?? brushText()) === text) continue;
    drawn.set(key, text);
    const intervals = (brush.get(key) ?? []).map((each) => [...each]);
    chart.dispatchAction({ type: "axisAreaSelect", parallelAxisId: key, intervals }, { silent: true });
  }
}

export function Parallel({ data, found, view, metric, look, onBrush }: ParallelProps) {
  const axes = useMemo(() => axesOf(data, view, metric), [data, view.shown, view.hidden, metric]);
  const option = useCallback(() => optionOf(found, axes, look), [found, axes, look]);
  const made = useRef<EChartsType | undefined>(undefined);
  const told = useRef(onBrush);
  told.current = onBrush;
  // Brushes are no part of the option, which takes them away: they are laid over it.
  const brushes = useRef(new Map<string, string>());
  const layBrushes = () => made.current && showBrush(made.current, view.brush, brushes.current);
  useEffect(() => {
    layBrushes();
  }, [view.brush]);
  if (axes.length < 2) return <p class="quiet">Two columns that differ are needed for parallel coordinates.</p>;
  const names = axes.map(({ column }) => column.label).join(", ");
  return (
    <Chart
      label={`Parallel coordinates of ${found.length} experiments: ${names}`}
      height={320}
      option={option}
      onMade={(chart) => {
        made.current = chart;
        chart.on("axisareaselected", (event) => {
          const { parallelAxisId, intervals = [] } = event as BrushEvent;
          if (parallelAxisId === undefined) return;
          brushes.current.set(parallelAxisId, brushText(intervals));
          told.current(parallelAxisId, intervals);
        });
      }}
      onDrawn={() => {
        brushes.current = new Map();
        layBrushes();
      }}
    />
  );
}

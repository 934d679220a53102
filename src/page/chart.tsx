/** A chart of ECharts, of which only what is used here is bundled. */
import { LineChart, ParallelChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from "echarts/components";
import { type EChartsCoreOption, type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "preact/hooks";

use([
  AriaComponent,
  CanvasRenderer,
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  LineChart,
  ParallelChart,
  ParallelComponent,
  ScatterChart,
  TooltipComponent,
  VisualMapContinuousComponent,
]);

/** From few to many, in colours that the colour-blind tell apart and that get brighter all the way (viridis). */
export const scaleColours = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"];
/** Of things that are no numbers (Okabe and Ito). */
export const groupColours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#999999"];

export interface Look {
  readonly text: string;
  readonly line: string;
}

/** Colours of the page as the system wishes them now. */
export function pageLook(): Look {
  const style = getComputedStyle(document.documentElement);
  return { text: style.getPropertyValue("--text").trim(), line: style.getPropertyValue("--line").trim() };
}

/** What is drawn waits until no more changes come: the table follows each move of a brush, the pictures its end. */
const settleMs = 120;
/** A picture is drawn after so long also where the browser is busy all the time. */
const longestWaitMs = 1000;

/** When the browser has nothing else to do. Not every browser tells. */
function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback !== "function") {
    const timer = setTimeout(work);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(work, { timeout: longestWaitMs });
  return () => cancelIdleCallback(handle);
}

/** Later, once the browser has shown what else has changed: a table of many rows does not wait for pictures of them. */
function afterPaint(ms: number, work: () => void): () => void {
  let end = () => {};
  const timer = setTimeout(() => {
    const frame = requestAnimationFrame(() => {
      // One picture after the other, with frames between them.
      end = whenIdle(work);
    });
    end = () => cancelAnimationFrame(frame);
  }, ms);
  return () => {
    clearTimeout(timer);
    end();
  };
}

interface ChartProps {
  readonly label: string;
  readonly height: number;
  /** Another function where another picture is to be drawn. */
  readonly option: () => EChartsCoreOption;
  /** Called once, with the chart. */
  readonly onMade?: (chart: EChartsType) => void;
  /** Each time when it was drawn. */
  readonly onDrawn?: () => void;
}

export function Chart({ label, height, option, onMade, onDrawn }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const made = useRef<EChartsType | undefined>(undefined);
  const drawn = useRef(onDrawn);
  drawn.current = onDrawn;
  const end = useRef(() => {});
  /** Made once: what changes comes by `option`. */
  const chartIn = (element: HTMLDivElement) => {
    const chart = init(element);
    onMade?.(chart);
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    end.current = () => {
      observer.disconnect();
      chart.dispose();
    };
    return chart;
  };
  useEffect(() => () => end.current(), []);
  useEffect(
    () =>
      afterPaint(made.current === undefined ? 0 : settleMs, () => {
        if (place.current === null) return;
        made.current ??= chartIn(place.current);
        made.current.setOption({ animation: false, ...option() }, { notMerge: true });
        drawn.current?.();
      }),
    [option],
  );
  return <div ref={place} class="chart" role="img" aria-label={label} style={{ height: `${height}px` }} />;
}

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

interface ChartProps {
  readonly label: string;
  readonly height: number;
  readonly option: EChartsCoreOption;
  /** Called once, with the chart. */
  readonly onMade?: (chart: EChartsType) => void;
}

export function Chart({ label, height, option, onMade }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const made = useRef<EChartsType | undefined>(undefined);
  // Made once: what changes comes by `option`.
  useEffect(() => {
    if (place.current === null) return undefined;
    const chart = init(place.current);
    made.current = chart;
    onMade?.(chart);
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, []);
  useEffect(() => {
    made.current?.setOption({ animation: false, ...option }, { notMerge: true });
  }, [option]);
  return <div ref={place} class="chart" role="img" aria-label={label} style={{ height: `${height}px` }} />;
}

/** Curves of the chosen experiments over each other; of the first ones where none is chosen. */
import type { EChartsCoreOption } from "echarts/core";
import { useCallback, useMemo } from "preact/hooks";
import type { PageCurve, PageData, PageRow } from "../report/page/contract.ts";
import { Chart, groupColours, type Look } from "./chart.tsx";
import { type Change, Select } from "./controls.tsx";
import { shownCell } from "./rows.ts";
import type { View } from "./view.ts";

/** More lines can't be told apart. */
const mostCurves = groupColours.length;
const dashes = ["solid", "dashed", "dotted"] as const;

interface Drawn {
  readonly curve: PageCurve;
  readonly name: string;
}

function optionOf(drawn: readonly Drawn[], look: Look): EChartsCoreOption {
  const side = {
    scale: true,
    nameLocation: "middle",
    nameTextStyle: { color: look.text },
    axisLabel: { color: look.text },
    axisLine: { lineStyle: { color: look.line } },
    splitLine: { lineStyle: { color: look.line, opacity: 0.4 } },
  };
  return {
    grid: { left: 64, right: 24, top: 56, bottom: 48 },
    legend: { top: 0, type: "scroll", textStyle: { color: look.text } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      valueFormatter: (value: unknown) => shownCell(value as number),
    },
    dataZoom: [{ type: "inside" }],
    xAxis: { type: "value", name: drawn[0]?.curve.x ?? "", nameGap: 30, ...side },
    yAxis: { type: "value", ...side },
    series: drawn.map(({ curve, name }, at) => ({
      name,
      type: "line",
      showSymbol: curve.points.length < 30,
      color: groupColours[at % groupColours.length],
      lineStyle: { type: dashes[at % dashes.length], width: 2 },
      data: curve.points.map((point) => [...point]),
    })),
  };
}

interface CurvesProps {
  readonly data: PageData;
  /** As in the table. */
  readonly rows: readonly PageRow[];
  readonly view: View;
  readonly look: Look;
  readonly onChange: Change;
}

export function Curves({ data, rows, view, look, onChange }: CurvesProps) {
  const labels = [...new Set(data.curves.map(({ label }) => label))];
  const label = labels.includes(view.curve) ? view.curve : labels[0];
  const drawn = useMemo(() => {
    const byRow = new Map(data.curves.filter((curve) => curve.label === label).map((curve) => [curve.id, curve]));
    const wanted = view.chosen.size === 0 ? rows : data.rows.filter(({ id }) => view.chosen.has(id));
    return wanted
      .flatMap((row) => {
        const curve = byRow.get(row.id);
        return curve === undefined ? [] : [{ curve, name: row.name ?? row.commit.slice(0, 9) }];
      })
      .slice(0, mostCurves);
  }, [data, rows, view.chosen, label]);
  const option = useCallback(() => optionOf(drawn, look), [drawn, look]);
  if (label === undefined) return <p class="quiet">No experiment has plots of steps, or checkpoints.</p>;
  return (
    <>
      <Select
        label="Curve"
        value={label}
        options={labels.map((each) => [each, each])}
        onPick={(curve) => onChange({ curve })}
      />
      {drawn.length === 0 ? (
        <p class="quiet">Those that are chosen have no such curve.</p>
      ) : (
        <Chart
          key={drawn.map(({ name }) => name).join("\n")}
          label={`${label} of ${drawn.map(({ name }) => name).join(", ")}`}
          height={320}
          option={option}
        />
      )}
    </>
  );
}

/** Data of a page, made by rule: experiments with a learning rate, units and an optimizer, and what came of them. */
import type { PageColumn, PageData, PageRow } from "../../src/report/page/contract.ts";

const column = (kind: PageColumn["kind"], name: string, direction: PageColumn["direction"] = null): PageColumn => ({
  key: `${kind === "metric" ? "metrics.json" : "params.yaml"}:${name}`,
  file: kind === "metric" ? "metrics.json" : "params.yaml",
  name,
  label: name,
  kind,
  direction,
  varies: name !== "seed",
});

export const pageColumns: readonly PageColumn[] = [
  column("metric", "accuracy", "max"),
  column("metric", "loss", "min"),
  column("param", "lr"),
  column("param", "units"),
  column("param", "optimizer"),
  column("param", "seed"),
];

function rowOf(at: number): PageRow {
  const lr = [0.001, 0.01, 0.1, 1][at % 4] ?? 0;
  const units = 8 * (1 + (at % 5));
  const isFailed = at % 10 === 9;
  const accuracy = Math.round(1000 * (0.6 + units / 200 - Math.abs(Math.log10(lr) + 1.5) / 10)) / 1000;
  return {
    id: `base/point-${at}`,
    name: `point-${at}`,
    state: isFailed ? "failed" : "success",
    sweep: "s-1",
    created: 1_790_000_000 + 60 * at,
    baseline: "main",
    commit: at.toString(16).padStart(40, "0"),
    note: null,
    tags: [],
    starred: at === 3,
    values: [
      isFailed ? null : accuracy,
      isFailed ? null : Math.round(1000 * (1 - accuracy)) / 1000,
      lr,
      units,
      at % 3 === 0 ? "adam" : "sgd",
      1,
    ],
  };
}

export function pageFacts(count: number, more: Partial<PageData> = {}): PageData {
  const rows = Array.from({ length: count }, (_, at) => rowOf(at));
  const curve = (id: string, slope: number) => ({
    id,
    label: "curve.csv: loss",
    x: "epoch",
    points: Array.from({ length: 20 }, (_, epoch) => [epoch, slope / (epoch + 1)] as const),
  });
  const values = [8, 16].map((units) => ({ label: String(units), count: 4, mean: units / 20, best: units / 16 }));
  return {
    title: "Sweep s-1",
    madeBy: "sweepline 1.2.3",
    madeAt: 1_790_100_000,
    columns: pageColumns,
    rows,
    effects: [
      {
        key: "metrics.json:accuracy",
        explained: 0.9,
        parameters: [
          { key: "params.yaml:units", importance: 0.7, values },
          { key: "params.yaml:lr", importance: 0.3, values },
        ],
      },
    ],
    curves: [curve("base/point-0", 1), curve("base/point-1", 2)],
    failures: [
      { line: "ValueError: the loss is nan", names: ["point-9"], log: "epoch 3\nValueError: the loss is nan\n" },
    ],
    ...more,
  };
}

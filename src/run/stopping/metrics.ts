/** Metrics by name, as a goal or a condition names them. */
import { finiteNumber, type Value } from "../../base/value.ts";

export type FlatMetrics = ReadonlyMap<string, Value>;

/** The metric of that name: as it is written, without its file, or the only one that ends so. */
export function metricIn(metrics: FlatMetrics, name: string): Value | undefined {
  const exact = metrics.get(name) ?? metrics.get(name.slice(name.lastIndexOf(":") + 1));
  if (exact !== undefined) return exact;
  const ending = [...metrics.keys()].filter((key) => key.endsWith(`:${name}`) || key.endsWith(`.${name}`));
  return ending.length === 1 ? metrics.get(ending[0] ?? "") : undefined;
}

export function metricNumber(metrics: FlatMetrics, name: string): number | undefined {
  return finiteNumber(metricIn(metrics, name));
}

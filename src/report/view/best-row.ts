/** Which experiment of a table is the best by a metric. */
import type { Value } from "../../base/value.ts";
import { knownDirection, type MetricDirection } from "../../experiments/find/direction.ts";
import type { Experiment } from "../../experiments/reading/types.ts";
import type { Leaves, ValueColumn } from "../../experiments/show/value-columns.ts";

export interface BestRequest {
  readonly column: ValueColumn;
  /** Where the metric's name does not tell: what the order puts first. */
  readonly order: "asc" | "desc";
  readonly leaves: Leaves;
}

export interface Best {
  readonly experiment: Experiment;
  readonly direction: MetricDirection;
}

function numberIn(value: Value | undefined): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && !Number.isNaN(number) ? number : undefined;
}

/** The first of the best; undefined where no experiment has a number there, or only one has. */
export function bestExperiment(
  experiments: readonly (Experiment | undefined)[],
  { column, order, leaves }: BestRequest,
): Best | undefined {
  const direction = knownDirection(column.name) ?? (order === "desc" ? "max" : "min");
  const sign = direction === "max" ? 1 : -1;
  let best: { readonly experiment: Experiment; readonly value: number } | undefined;
  let candidates = 0;
  for (const experiment of experiments) {
    const result = experiment?.revs[0].data?.metrics.get(column.file);
    const value = result === undefined ? undefined : numberIn(leaves(column.file, result).get(column.name));
    if (experiment === undefined || value === undefined) continue;
    candidates++;
    if (best === undefined || sign * (value - best.value) > 0) best = { experiment, value };
  }
  return best === undefined || candidates < 2 ? undefined : { experiment: best.experiment, direction };
}

/** Which experiment of a table is the best by a metric. */
import { finiteNumber } from "../../base/value.ts";
import { knownDirection, type MetricDirection, olderFirst } from "../../experiments/find/direction.ts";
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

function dated({ revs: [{ timestamp: created, rev: commit }] }: Experiment) {
  return { created, commit };
}

/** The best, of equals the older; undefined where no experiment has a number there, or only one has. */
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
    const value = result === undefined ? undefined : finiteNumber(leaves(column.file, result).get(column.name));
    if (experiment === undefined || value === undefined) continue;
    candidates++;
    const gain = best === undefined ? 1 : sign * (value - best.value);
    const isBetter =
      gain > 0 || (gain === 0 && best !== undefined && olderFirst(dated(experiment), dated(best.experiment)) < 0);
    if (isBetter) best = { experiment, value };
  }
  return best === undefined || candidates < 2 ? undefined : { experiment: best.experiment, direction };
}

/** The best of the experiments that finished so far, by the first of their metrics of which it is known what is better. */
import { finiteNumber } from "../../base/value.ts";
import type { RunEvent } from "../../experiments/events.ts";
import { knownDirection } from "../../experiments/find/direction.ts";

export interface BestSoFar {
  readonly metric: string;
  readonly value: number;
  readonly name: string;
  readonly overrides: readonly string[];
}

function firstKnown(metrics: Extract<RunEvent, { type: "finished" }>["metrics"], wanted: string | undefined) {
  for (const [name, value] of metrics) {
    const number = finiteNumber(value);
    const direction = knownDirection(name);
    const isWanted = wanted === undefined || wanted === name;
    if (isWanted && direction !== undefined && number !== undefined) return { name, number, direction };
  }
  return undefined;
}

/** The better one of what was and what the event tells. */
export function betterOf(best: BestSoFar | undefined, event: RunEvent): BestSoFar | undefined {
  if (event.type !== "finished") return best;
  const found = firstKnown(event.metrics, best?.metric);
  if (found === undefined) return best;
  const { name: metric, number: value, direction } = found;
  const isBetter = best === undefined || (direction === "max" ? value > best.value : value < best.value);
  const { name, overrides } = event.experiment;
  return isBetter ? { metric, value, name, overrides } : best;
}

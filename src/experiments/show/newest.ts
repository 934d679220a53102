/** Of which experiments pages draw curves. */
import type { ObjectId } from "../../git/ids.ts";
import type { Baseline } from "../reading/types.ts";

/** Their curves are read; of more nobody looks at all of them. */
const mostCurves = 100;

/** The commits of the newest finished experiments, the newest first. */
export function newestFinished(baselines: readonly Baseline[]): readonly ObjectId[] {
  const finished = baselines.flatMap(({ experiments }) =>
    experiments.filter(({ executor }) => (executor?.state ?? "success") === "success").map(({ revs }) => revs[0]),
  );
  return finished
    .sort((a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0))
    .slice(0, mostCurves)
    .map(({ rev }) => rev as ObjectId)
    .filter((rev) => /^[0-9a-f]{40,64}$/.test(rev));
}

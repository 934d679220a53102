/** Plans for tests that need no repository. */
import { makePlan, plainRun, type SweepPlan } from "../../src/ci/plan.ts";
import type { ObjectId } from "../../src/git/ids.ts";
import { expandPoints } from "../../src/sweep/expand.ts";

export const baseline = "0123456789abcdef0123456789abcdef01234567" as ObjectId;

export function planOf(overrides: readonly string[], name?: string): SweepPlan {
  const { points } = expandPoints(overrides);
  return makePlan({ sweep: "s-0123456789ab", baseline, run: plainRun, points, name }).plan;
}

/** A plan of so many points. */
export function planOfSize(points: number): SweepPlan {
  return planOf([`seed=range(${points})`]);
}

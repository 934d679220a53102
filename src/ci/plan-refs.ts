/** Where the results of a plan's points lie: refs of experiments, refs that tell why a point failed, and refs of its checkpoints. */

import { parseFacts } from "../experiments/record.ts";
import { experimentRef } from "../experiments/repository.ts";
import type { ObjectId, RefName } from "../git/ids.ts";
import { type ParsedCommit, parseCommit } from "../git/objects.ts";
import { overrideWord, type PlanPoint, type SweepPlan } from "./plan.ts";

/** A failed point: a commit without parents that holds record.json and the end of the log. */
export function failureRef(plan: Pick<SweepPlan, "sweep">, point: PlanPoint): RefName {
  return `refs/sweeps/${plan.sweep}/failed/${point.i}` as RefName;
}

/** The last checkpoint of a point that has no result yet, as the job that runs it pushed it. */
export function checkpointRef(plan: Pick<SweepPlan, "sweep">, point: PlanPoint): RefName {
  return `refs/sweeps/${plan.sweep}/checkpoints/${point.i}` as RefName;
}

export function resultRef(plan: Pick<SweepPlan, "baseline">, point: PlanPoint): RefName {
  return experimentRef(plan.baseline, point.name);
}

/** What to ask a remote for: all that a plan's points may have left there. */
export function planPatterns({ sweep, baseline }: SweepPlan): readonly string[] {
  return [experimentRef(baseline, "*"), `refs/sweeps/${sweep}/failed/*`, `refs/sweeps/${sweep}/checkpoints/*`];
}

/**
 * Whether a commit says that it is the result of that point, was run with its overrides, and derives from the plan's baseline.
 * That it holds the point's parameters is for ResultParams to tell.
 */
export function claimsResultOf(plan: SweepPlan, point: PlanPoint, content: Buffer): boolean {
  const commit: ParsedCommit = parseCommit(content);
  const facts = parseFacts(commit);
  // Of a chain of checkpoints the first one follows the baseline: see derivesFrom().
  const isNext = commit.parents[0] === plan.baseline || facts?.checkpointOf !== undefined;
  if (facts?.partial) return false;
  const isOfPoint = isNext && facts?.sweep === plan.sweep && facts.point === point.i;
  return isOfPoint && isSameSet(facts.overrides.map(overrideWord), point.set);
}

/** Sorted: a point's overrides are told apart by file first where it is run. */
function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join("\0") === [...b].sort().join("\0");
}

/** A point's result, where it is known. */
export interface PointRef {
  readonly point: PlanPoint;
  readonly ref: RefName;
  readonly commit: ObjectId;
}

/** The points of a plan as a job queues them, and whether it could. */
import path from "node:path";
import { previewEnqueue } from "../experiments/make/enqueue.ts";
import { type EnqueueRequest, enqueueRequest } from "../experiments/make/enqueue-request.ts";
import type { ParamFilesRequest } from "../experiments/point/param-edits.ts";
import { PointInputs } from "../experiments/point/point-inputs.ts";
import { checkCommands } from "../experiments/point/shell-check.ts";
import type { EntryLimits } from "../experiments/record.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { SweepPlan } from "./plan.ts";
import { samplePoints } from "./plan-points.ts";

export interface PlannedSweep extends Pick<SweepPlan, "run" | "round"> {
  readonly sweep: string | undefined;
  readonly limits?: EntryLimits;
}

export interface PlannedPoints extends Omit<ParamFilesRequest, "folder"> {
  /** One a point. */
  readonly names?: readonly string[];
}

/** Points of a plan as they are queued in a job. */
export function planRequest(
  context: ExperimentsContext,
  { sweep, run, round, limits }: PlannedSweep,
  { names, ...points }: PlannedPoints,
): EnqueueRequest {
  const { folder, targets, flags, message } = run;
  const copyPaths = run.copyPaths.map((name) => path.resolve(context.project.root, name));
  const inputs = new PointInputs(context, { folder, ...points });
  const ofPlan = { targets, flags, message, copyPaths, ...(limits === undefined ? {} : { limits }) };
  const pointsAre = round === undefined ? "points" : "trials";
  const named = names === undefined ? {} : { names };
  return enqueueRequest({ kind: "job" }, { inputs, ...named, sweep, pointsAre, run: ofPlan });
}

export interface Trial {
  readonly sweep: PlannedSweep;
  readonly planned: PlannedPoints;
}

/**
 * Throws what every job would throw: for a key that is in no file, an unknown stage, a path that is not there; with
 * --strict for shell characters in a command, of which it warns else.
 */
export async function tryPoints(
  context: ExperimentsContext,
  { sweep, planned }: Trial,
  warn: (message: string) => void,
): Promise<void> {
  const request = planRequest(context, sweep, { ...planned, points: samplePoints(planned.points) });
  await previewEnqueue(context, request);
  await checkCommands({ ...request, runs: "later" }, warn);
}

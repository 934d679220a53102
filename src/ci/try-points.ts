/** The points of a plan as a job queues them, and whether it could. */
import path from "node:path";
import { previewEnqueue } from "../experiments/make/enqueue.ts";
import { type EnqueueRequest, enqueueRequest, type PointsToQueue } from "../experiments/make/enqueue-request.ts";
import { checkCommands } from "../experiments/point/shell-check.ts";
import type { EntryLimits } from "../experiments/record.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { SweepPlan } from "./plan.ts";
import { samplePoints } from "./plan-points.ts";

export interface PlannedSweep extends Pick<SweepPlan, "run"> {
  readonly sweep: string | undefined;
  readonly limits?: EntryLimits;
}

/** Points of a plan as they are queued in a job. */
export function planRequest(
  { project }: ExperimentsContext,
  { sweep, run, limits }: PlannedSweep,
  points: PointsToQueue,
): EnqueueRequest {
  const { folder, targets, flags, message } = run;
  const copyPaths = run.copyPaths.map((name) => path.resolve(project.root, name));
  const ofPlan = { folder, targets, flags, message, copyPaths, ...(limits === undefined ? {} : { limits }) };
  return enqueueRequest({ kind: "job" }, { ...points, sweep, run: ofPlan });
}

export interface Trial {
  readonly sweep: PlannedSweep;
  readonly planned: PointsToQueue;
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
  await checkCommands(context, { ...request, runs: "later" }, warn);
}

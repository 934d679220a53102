/** Queues the points of a job. One that can't be queued has failed; it does not stop the others. */
import { SweeplineError } from "../../base/errors.ts";
import type { ProjectConfigs } from "../../config/project-config.ts";
import { type EnqueueOutcome, enqueue, previewEnqueue } from "../../experiments/make/enqueue.ts";
import { configsOf, expandOptions } from "../../experiments/point/composition.ts";
import type { PointFailure } from "../failures.ts";
import type { PlanPoint } from "../plan.ts";
import { readPlanPoint } from "../plan-points.ts";
import { planRequest } from "../try-points.ts";
import type { Job } from "./job.ts";

export interface QueuedPoints {
  readonly queued: EnqueueOutcome["queued"];
  /** Points that could not be queued. */
  readonly refused: readonly PointFailure[];
}

/**
 * `matrix plan` tries each value, not each choice of them: configs that do not go together are found here. Throws where
 * none of the points can be queued: then it is the clone, not a point, that is not right.
 */
export async function queuePoints(job: Job, open: readonly PlanPoint[]): Promise<QueuedPoints> {
  const { context, plan, request, events } = job;
  const settings = { environment: request.environment, warn: events.warn };
  const configs = plan.run.composition === "off" ? undefined : await configsOf(context.project, settings);
  const requestFor = (points: readonly PlanPoint[]) => requestOf(job, points, configs);
  try {
    return { queued: (await enqueue(context, requestFor(open))).queued, refused: [] };
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    const refused = await refusedOf(open, (point) => previewEnqueue(context, requestFor([point])));
    if (refused.length === 0 || refused.length === open.length) throw error;
    const names = new Set(refused.map(({ point }) => point));
    const { queued } = await enqueue(context, requestFor(open.filter((point) => !names.has(point))));
    return { queued, refused };
  }
}

function requestOf({ context, plan, request }: Job, open: readonly PlanPoint[], configs: ProjectConfigs | undefined) {
  const points = open.map((point) => readPlanPoint(point, expandOptions(configs)));
  const names = open.map((point) => point.name);
  return planRequest(context, { ...plan, ...request.entryLimits }, { points, names, configs });
}

async function refusedOf(
  points: readonly PlanPoint[],
  trial: (point: PlanPoint) => Promise<unknown>,
): Promise<readonly PointFailure[]> {
  const refused: PointFailure[] = [];
  for (const point of points) {
    try {
      await trial(point);
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      const { code, message, hint } = error;
      refused.push({ point, code, message, ...(hint === undefined ? {} : { hint }), log: undefined });
    }
  }
  return refused;
}

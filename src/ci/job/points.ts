/** Runs the points of a job of a matrix; those that another process of this clone runs are waited for. */
import path from "node:path";
import { tryLock, unlock } from "../../base/locks.ts";
import { pause } from "../../base/pause.ts";
import { wordList } from "../../base/text/listing.ts";
import type { ObjectId } from "../../git/ids.ts";
import { type QueueOutcome, type QueueWatcher, runQueue } from "../../run/run-queue.ts";
import type { PointFailure } from "../failures.ts";
import { statesOfPoints } from "../gather.ts";
import type { PlanPoint } from "../plan.ts";
import { continuePoints } from "./continued.ts";
import { checkQueue, type Job } from "./job.ts";
import type { JobOutlet } from "./outlet.ts";
import { queuePoints } from "./queue-points.ts";

export interface PointsOutcome {
  readonly failures: readonly PointFailure[];
  /** Somebody stopped us, or a worker died. */
  readonly isStopped: boolean;
}

const lookMs = 250;

export interface OpenPoints {
  /** The points to run. */
  readonly open: readonly PlanPoint[];
  /** Those of them that have a result whose data is lost. */
  readonly lost: readonly PlanPoint[];
  readonly outlet: JobOutlet;
}

export async function runPoints(job: Job, { open, lost, outlet }: OpenPoints): Promise<PointsOutcome> {
  const failures: PointFailure[] = [];
  let left = open;
  let isStopped = false;
  let hasWaited = false;
  while (left.length > 0 && !isStopped && !job.stop.signal.aborted) {
    const mine = left.filter((point) => tryLock(lockFile(job, point), "matrix run"));
    try {
      const toRun = await withoutNew(job, mine, hasWaited ? [] : lost);
      if (toRun.length > 0) {
        const { run, failures: failed } = await runQueued(job, toRun, outlet);
        failures.push(...failed);
        isStopped = run.interrupted || run.summary.requeued.length > 0;
      }
    } finally {
      for (const point of mine) unlock(lockFile(job, point));
    }
    const done = new Set(mine);
    left = left.filter((point) => !done.has(point));
    if (left.length === 0 || isStopped) break;
    if (!hasWaited) job.events.warn(`another process runs ${wordList(left.map(({ name }) => name))} here: waiting`);
    hasWaited = true;
    await pause(lookMs, job.stop.signal);
  }
  return { failures, isStopped: isStopped || job.stop.signal.aborted };
}

function lockFile({ context, plan }: Job, { i }: PlanPoint): string {
  return path.join(context.state.points, `${plan.sweep}-${i}`);
}

/** Without those that another process brought meanwhile; those of `lost` have a result, and run again all the same. */
async function withoutNew(job: Job, points: readonly PlanPoint[], lost: readonly PlanPoint[]) {
  if (points.length === 0) return [];
  const states = await statesOfPoints({ ...job, points });
  const again = new Set(lost);
  return points.filter((point, at) => states[at]?.kind !== "done" || again.has(point));
}

/** Answers the run, and the failures of all that did not come to a result. */
async function runQueued(job: Job, open: readonly PlanPoint[], outlet: JobOutlet) {
  const { context, plan, request, events } = job;
  await checkQueue(job, open);
  const { queued, refused } = await queuePoints(job, open);
  await continuePoints(job, open, { queued, outlet });
  const run = await runQueue(
    context,
    {
      jobs: request.jobs,
      onFailure: "continue",
      only: new Set(queued.map(({ sequence }) => sequence)),
      claims: "take",
      sweep: plan.sweep,
      limits: request.limits,
    },
    handingOn(events.running(), outlet),
  );
  return { run, failures: [...refused, ...failuresOf(job, run)] };
}

function handingOn(watcher: QueueWatcher, outlet: JobOutlet): QueueWatcher {
  return {
    ...watcher,
    emit: (event) => {
      watcher.emit(event);
      if (event.type === "checkpoint") outlet.registered(event.name, event.commit as ObjectId);
      if (event.type === "finished") outlet.finished(event.experiment.name, event.commit as ObjectId);
    },
  };
}

function failuresOf(job: Job, { summary }: QueueOutcome): readonly PointFailure[] {
  const byName = new Map(job.points.map((point) => [point.name, point]));
  return summary.failed.flatMap(({ experiment, told }) => {
    const point = byName.get(experiment.name);
    return point === undefined ? [] : [{ point, ...told, log: path.resolve(job.context.project.root, told.log) }];
  });
}

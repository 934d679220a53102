/** Points that an earlier job began, in whatever clone: they go on from the last checkpoint that it pushed. */
import { wordList } from "../../base/text/listing.ts";
import { adoptChain } from "../../experiments/queue/adopted-chain.ts";
import { listQueue } from "../../experiments/queue/entries.ts";
import { dataRequest, pullData } from "../../experiments/share/data.ts";
import { transferFailed } from "../../pipeline/data/transfer.ts";
import { cachePlace, whilePinned } from "../../pipeline/locks/pins.ts";
import { type TakenCheckpoint, takeCheckpoints } from "../gather.ts";
import type { PlanPoint } from "../plan.ts";
import { checkpointRef } from "../plan-refs.ts";
import { type Job, retried } from "./job.ts";
import type { JobPushes } from "./pushes.ts";
import type { QueuedPoints } from "./queue-points.ts";

/** Their data, of the last ones alone: that of those before them is in the storage remote. */
async function fetchData(job: Job, checkpoints: readonly TakenCheckpoint[]): Promise<void> {
  const { context, request, events } = job;
  await retried(job, async () => {
    events.started("Downloading");
    const asked = dataRequest(context.project, request.data, { ...events, warn: () => undefined });
    const ends = checkpoints.map(({ commit, parent }) => ({ commit, baseline: parent }));
    const outcome = asked && (await pullData(context, ends, asked).finally(() => events.ended()));
    if (outcome !== undefined && outcome.failed.length > 0) throw transferFailed(outcome, "download");
  });
}

async function adopt(job: Job, checkpoints: readonly TakenCheckpoint[], { queued, pushed }: Continuing): Promise<void> {
  const { context, events } = job;
  const sequences = new Map(queued.map(({ name, sequence }) => [name, sequence]));
  const entries = new Map((await listQueue(context)).entries.map((entry) => [entry.sequence, entry]));
  for (const { point, commit } of checkpoints) {
    const entry = entries.get(sequences.get(point.name) ?? -1);
    // What takes the place of a result starts over.
    if (entry === undefined || entry.record.replace) continue;
    const adoption = await adoptChain(context, entry, commit);
    if (adoption.kind === "own") pushed.registered(point.name, adoption.commit);
    else if (adoption.kind === "refused")
      events.warn(`${point.name} starts over: checkpoint ${commit.slice(0, 7)} is in the remote, but ${adoption.why}`);
    else {
      pushed.goesOnFrom(point, adoption.commit);
      events.continues(point.name, commit);
    }
  }
}

export interface Continuing {
  /** Of the points that are about to run. */
  readonly queued: QueuedPoints["queued"];
  readonly pushed: JobPushes;
}

/**
 * Called once the points are queued and before they run. Whose checkpoints are not what the plan says, or lack data, starts over.
 * Errors: GIT_REMOTE_FAILED, TRANSFER_FAILED.
 */
export async function continuePoints(job: Job, points: readonly PlanPoint[], continuing: Continuing): Promise<void> {
  const { context, plan, remote, events } = job;
  const { there } = continuing.pushed;
  const begun = points.filter((point) => there.has(checkpointRef(plan, point)));
  if (begun.length === 0) return;
  const checkpoints = await retried(job, () => takeCheckpoints({ ...job, points: begun }, remote, there));
  const sound = new Set(checkpoints.map(({ point }) => point));
  const strange = begun.filter((point) => !sound.has(point));
  if (strange.length > 0)
    events.warn(
      `what the remote has as checkpoints of ${wordList(strange.map(({ name }) => name))} is none of the plan's`,
    );
  const runner = { id: "job", label: "a job that fetches checkpoints" };
  await whilePinned({ ...cachePlace(context.project), runner }, async () => {
    await fetchData(job, checkpoints);
    await adopt(job, checkpoints, continuing);
  });
}

/** Points that an earlier job began, in whatever clone: they go on from the last checkpoint that it pushed, or left in a bundle. */
import { wordList } from "../../base/text/listing.ts";
import { adoptChain } from "../../experiments/queue/adopted-chain.ts";
import { listQueue } from "../../experiments/queue/entries.ts";
import { dataRequest, pullData } from "../../experiments/share/data.ts";
import { transferFailed } from "../../pipeline/data/transfer.ts";
import { cachePlace, whilePinned } from "../../pipeline/locks/pins.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";
import { type TakenCheckpoint, takeCheckpoints } from "../gather.ts";
import type { PlanPoint } from "../plan.ts";
import { type Job, retried } from "./job.ts";
import type { EarlierCheckpoints, JobOutlet } from "./outlet.ts";
import type { QueuedPoints } from "./queue-points.ts";

function requestFor({ context, request, events }: Job, storage: StorageRemote | undefined) {
  const { jobs, cache } = request.data;
  if (storage === undefined) return dataRequest(context.project, request.data, { ...events, warn: () => undefined });
  return cache ? { remote: undefined, storage, jobs, runCache: false, progress: events.progress } : undefined;
}

/** Their data, of the last ones alone: nobody goes on from those before them. */
async function fetchData(
  job: Job,
  checkpoints: readonly TakenCheckpoint[],
  { storage }: EarlierCheckpoints,
): Promise<void> {
  const { context, events } = job;
  await retried(job, async () => {
    events.started("Downloading");
    const asked = requestFor(job, storage);
    const ends = checkpoints.map(({ commit, parent }) => ({ commit, baseline: parent }));
    const outcome = asked && (await pullData(context, ends, asked).finally(() => events.ended()));
    if (outcome !== undefined && outcome.failed.length > 0) throw transferFailed(outcome, "download");
  });
}

async function adopt(
  job: Job,
  checkpoints: readonly TakenCheckpoint[],
  { queued, outlet, place }: Continuing & Pick<EarlierCheckpoints, "place">,
): Promise<void> {
  const { context, events } = job;
  const sequences = new Map(queued.map(({ name, sequence }) => [name, sequence]));
  const entries = new Map((await listQueue(context)).entries.map((entry) => [entry.sequence, entry]));
  for (const { point, commit } of checkpoints) {
    const entry = entries.get(sequences.get(point.name) ?? -1);
    // What takes the place of a result starts over.
    if (entry === undefined || entry.record.replace) continue;
    const adoption = await adoptChain(context, entry, commit);
    if (adoption.kind === "own") outlet.registered(point.name, adoption.commit);
    else if (adoption.kind === "refused")
      events.warn(`${point.name} starts over: checkpoint ${commit.slice(0, 7)} is in ${place}, but ${adoption.why}`);
    else {
      outlet.goesOnFrom(point, adoption.commit);
      events.continues(point.name, commit, place);
    }
  }
}

export interface Continuing {
  /** Of the points that are about to run. */
  readonly queued: QueuedPoints["queued"];
  readonly outlet: JobOutlet;
}

/**
 * Called once the points are queued and before they run. Whose checkpoints are not what the plan says, or lack data, starts over.
 * Errors: GIT_REMOTE_FAILED, TRANSFER_FAILED.
 */
export function continuePoints(job: Job, points: readonly PlanPoint[], continuing: Continuing): Promise<void> {
  return continuing.outlet.withEarlier(points, (earlier) => goOn(job, earlier, continuing));
}

async function goOn(job: Job, earlier: EarlierCheckpoints, continuing: Continuing): Promise<void> {
  const { context, events } = job;
  const { place, source, listed } = earlier;
  const checkpoints = await retried(job, () => takeCheckpoints(job, source, listed));
  const sound = new Set(checkpoints.map(({ point }) => point));
  const strange = listed.flatMap(({ point }) => (sound.has(point) ? [] : [point.name]));
  if (strange.length > 0) events.warn(`what ${place} has as checkpoints of ${wordList(strange)} is none of the plan's`);
  const runner = { id: "job", label: "a job that fetches checkpoints" };
  await whilePinned({ ...cachePlace(context.project), runner }, async () => {
    await fetchData(job, checkpoints, earlier);
    await adopt(job, checkpoints, { ...continuing, place });
  });
}

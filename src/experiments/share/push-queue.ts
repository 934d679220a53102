/**
 * The queue to a Git remote, to be run by who pulls it from there. An entry is in one queue at a time: it leaves this one once
 * the remote has it. Who is killed in between has it in both; the same command goes on from there.
 */
import type { ObjectId } from "../../git/ids.ts";
import { changeRefs } from "../../git/refs.ts";
import { pushRefs, type RemoteChange } from "../../git/remote.ts";
import { claimEntry, listQueue, type QueueEntry, releaseEntry, removal } from "../queue/entries.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type SharedRef, sharedRef } from "../shared-refs.ts";
import { listRemote } from "../show/listing.ts";
import { cloneId } from "./claims.ts";
import { type ExperimentDataOutcome, type ExperimentDataRequest, noData, pushData } from "./data.ts";
import { dataNotPushed } from "./push.ts";
import { chosenEntries } from "./queue-choice.ts";
import { readShared, type SharedEntry } from "./shared-entries.ts";

export interface QueuePushRequest {
  readonly remote: string;
  /** Empty: all that wait. */
  readonly names: readonly string[];
  /** What the remote has of a name: another point, or one that somebody took. */
  readonly there: "refuse" | "replace";
  /** undefined: without data. */
  readonly data: ExperimentDataRequest | undefined;
}

/** Why an entry stays in this queue. */
export type QueueStay =
  /** It runs here. */
  | { readonly kind: "running" }
  /** It goes on from a checkpoint that is here. */
  | { readonly kind: "continues" }
  /** The remote has a result of that name. */
  | { readonly kind: "finished" }
  /** The remote's queue has another point of that name. */
  | { readonly kind: "other" }
  /** Somebody took it from there. */
  | { readonly kind: "taken"; readonly by: string; readonly at: number }
  /** The remote said no, or changed meanwhile. */
  | { readonly kind: "refused"; readonly reason: string };

export interface QueuePushResult {
  /** In the remote's queue from now on, and no longer in this one. */
  readonly pushed: readonly QueueEntry[];
  readonly stayed: readonly { readonly entry: QueueEntry; readonly why: QueueStay }[];
  readonly data: ExperimentDataOutcome;
}

/** What the remote has of the names that are pushed; entries of ours are not fetched to be known. */
async function thereOf(context: ExperimentsContext, remote: string, entries: readonly QueueEntry[]) {
  const { experiments, queue } = await listRemote(context.repository, remote);
  const finished = new Set(experiments.map(({ baseline, name }) => `${baseline}/${name}`));
  const refs = new Map<string, SharedRef>(queue.map((each) => [each.ref, each]));
  const met = entries.flatMap(({ baseline, name, commit }) => {
    const there = refs.get(sharedRef(baseline, name));
    return there === undefined || there.id === commit ? [] : [there];
  });
  const { entries: read } = await readShared(context, remote, met);
  const shared = new Map(read.map((each) => [each.ref, each]));
  return { finished, refs, shared };
}

type There = Awaited<ReturnType<typeof thereOf>>;

function stayOf(entry: QueueEntry, there: There, clone: string): QueueStay | undefined {
  const { baseline, name, commit, record } = entry;
  if (there.finished.has(`${baseline}/${name}`)) return { kind: "finished" };
  const ref = sharedRef(baseline, name);
  const id = there.refs.get(ref)?.id;
  if (id === undefined || id === commit) return undefined;
  const shared: SharedEntry | undefined = there.shared.get(ref);
  if (shared?.claim !== undefined && shared.claim.clone !== clone) {
    const { by, at } = shared.claim;
    return { kind: "taken", by, at };
  }
  return shared?.entry.record.identity === record.identity ? undefined : { kind: "other" };
}

/** Errors: NOT_A_TASK, INVALID_REMOTE, GIT_REMOTE_FAILED; TRANSFER_FAILED: then no entry is pushed. */
export async function pushQueue(context: ExperimentsContext, request: QueuePushRequest): Promise<QueuePushResult> {
  const chosen = chosenEntries((await listQueue(context)).entries, request.names);
  const stayed: QueuePushResult["stayed"][number][] = [];
  const held: QueueEntry[] = [];
  try {
    for (const entry of chosen) {
      const { continues, checkpointsOf } = entry.record;
      if (continues !== undefined || checkpointsOf !== undefined) stayed.push({ entry, why: { kind: "continues" } });
      else if (claimEntry(context, entry.sequence)) held.push(entry);
      else stayed.push({ entry, why: { kind: "running" } });
    }
    const result = await pushHeld(context, held, request);
    return { ...result, stayed: [...stayed, ...result.stayed] };
  } finally {
    for (const { sequence } of held) releaseEntry(context, sequence);
  }
}

async function pushHeld(
  context: ExperimentsContext,
  held: readonly QueueEntry[],
  { remote, there: policy, data: dataRequest }: QueuePushRequest,
): Promise<QueuePushResult> {
  if (held.length === 0) return { pushed: [], stayed: [], data: noData };
  const there = await thereOf(context, remote, held);
  const clone = cloneId(context);
  const stayed: QueuePushResult["stayed"][number][] = [];
  const going: QueueEntry[] = [];
  for (const entry of held) {
    const why = stayOf(entry, there, clone);
    const mayReplace = policy === "replace" && why?.kind !== "finished";
    if (why === undefined || mayReplace) going.push(entry);
    else stayed.push({ entry, why });
  }
  const data = dataRequest === undefined ? noData : await pushData(context, going, dataRequest);
  if (data.failed.length > 0) throw dataNotPushed(data);
  const changes = going.flatMap(({ baseline, name, commit }): RemoteChange[] => {
    const ref = sharedRef(baseline, name);
    const expected: ObjectId | undefined = there.refs.get(ref)?.id;
    return expected === commit ? [] : [{ ref, to: commit, expected }];
  });
  const outcomes = await pushRefs(context.repository, { remote, changes, scratchFolder: context.state.scratch });
  const asked = new Set(changes.map(({ ref }) => ref));
  const pushed: QueueEntry[] = [];
  for (const entry of going) {
    const ref = sharedRef(entry.baseline, entry.name);
    const outcome = outcomes.get(ref);
    if (!asked.has(ref) || outcome?.kind === "pushed") pushed.push(entry);
    else stayed.push({ entry, why: { kind: "refused", reason: outcome?.reason ?? "git said nothing of it" } });
  }
  await changeRefs(context.repository, "sweepline: queued elsewhere", pushed.map(removal));
  return { pushed, stayed, data };
}

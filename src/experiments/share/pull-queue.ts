/**
 * The queue of a Git remote into this one. First the remote is told who has an entry from now on, then the entry is queued
 * here: of two that pull at once each gets others. Who is killed in between pulls again, and gets what is theirs already.
 */
import { makeFolder } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import type { ObjectId } from "../../git/ids.ts";
import { committerIdentity, stamp, writeCommit } from "../../git/objects.ts";
import { changeRefs, type RefChange } from "../../git/refs.ts";
import { pushRefs } from "../../git/remote.ts";
import { cachePlace, whilePinned } from "../../pipeline/locks/pins.ts";
import { isName } from "../names.ts";
import { highestSequence, listQueue, queueRef } from "../queue/entries.ts";
import { lastSequence, rememberSequence } from "../queue/sequence.ts";
import { queueHome } from "../queue-home.ts";
import { type EntryRecord, entryMessage } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import type { SharedRef } from "../shared-refs.ts";
import { listRemote } from "../show/listing.ts";
import { cloneId, writeClaims } from "./claims.ts";
import { type ExperimentDataOutcome, type ExperimentDataRequest, noData, pullData } from "./data.ts";
import { chosenEntries } from "./queue-choice.ts";
import { readShared, type SharedEntry } from "./shared-entries.ts";

export interface QueuePullRequest {
  readonly remote: string;
  /** Empty: all. */
  readonly names: readonly string[];
  /** Entries that another clone took. */
  readonly taken: "leave" | "take over";
  readonly data: ExperimentDataRequest | undefined;
}

/** Why an entry of the remote is not queued here. */
export type QueueLeft =
  | { readonly kind: "taken"; readonly by: string; readonly at: number }
  /** By whom is told by the next call. */
  | { readonly kind: "taken meanwhile" }
  /** There is a result of that name, here or in the remote. */
  | { readonly kind: "finished"; readonly where: "here" | "there" }
  /** This queue has it. */
  | { readonly kind: "here" }
  /** This queue has another point of that name. */
  | { readonly kind: "other" }
  /** It belongs to another project of the repository. */
  | { readonly kind: "project"; readonly project: string }
  | { readonly kind: "refused"; readonly reason: string };

export interface QueuePullResult {
  /** Queued here from now on. */
  readonly pulled: readonly { readonly name: string; readonly sequence: number }[];
  readonly left: readonly { readonly name: string; readonly why: QueueLeft }[];
  /** Refs that hold no entry, and names that none may have. */
  readonly strange: readonly SharedRef[];
  readonly data: ExperimentDataOutcome;
}

/** Errors: NOT_A_TASK, INVALID_REMOTE, GIT_REMOTE_FAILED, NO_IDENTITY. */
export async function pullQueue(context: ExperimentsContext, request: QueuePullRequest): Promise<QueuePullResult> {
  const { remote, data: dataRequest } = request;
  const listing = await listRemote(context.repository, remote);
  const sound = listing.queue.filter(({ name }) => isName(name));
  const refused = listing.queue.filter(({ name }) => !isName(name));
  const { entries, strange } = await readShared(context, remote, chosenEntries(sound, request.names));
  const done = new Set(listing.experiments.map(({ baseline, name }) => `${baseline}/${name}`));
  const known = await knownHere(context);
  const left: QueuePullResult["left"][number][] = [];
  const wanted: SharedEntry[] = [];
  for (const shared of entries) {
    const why = done.has(keyOf(shared))
      ? ({ kind: "finished", where: "there" } as const)
      : leftFor(context, shared, { known, request });
    if (why === undefined) wanted.push(shared);
    else left.push({ name: shared.name, why });
  }
  const ours = await takeAll(context, remote, { wanted, left });
  const pin = { ...cachePlace(context.project), runner: { id: "pull", label: "a pull of queued experiments" } };
  return whilePinned(pin, async () => {
    const ends = ours.map(({ entry, baseline }) => ({ commit: entry.commit, baseline }));
    const data = dataRequest === undefined ? noData : await pullData(context, ends, dataRequest);
    const pulled = await queueHere(context, ours, left);
    return { pulled, left, strange: [...strange, ...refused], data };
  });
}

const keyOf = ({ baseline, name }: Pick<SharedRef, "baseline" | "name">) => `${baseline}/${name}`;

interface KnownHere {
  readonly finished: ReadonlySet<string>;
  /** By baseline and name, of this queue: what the points are. */
  readonly queued: ReadonlyMap<string, string>;
}

async function knownHere(context: ExperimentsContext): Promise<KnownHere> {
  const { entries, elsewhere } = await listQueue(context);
  return {
    finished: new Set((await listFinished(context)).map(keyOf)),
    queued: new Map([...entries, ...elsewhere].map((entry) => [keyOf(entry), entry.record.identity])),
  };
}

interface Asked {
  readonly known: KnownHere;
  readonly request: Pick<QueuePullRequest, "taken">;
}

function leftFor(context: ExperimentsContext, shared: SharedEntry, { known, request }: Asked): QueueLeft | undefined {
  const { claim, entry } = shared;
  const { project } = entry.record;
  const home = queueHome(context);
  if (project !== home.project) return { kind: "project", project: project ?? "." };
  if (known.finished.has(keyOf(shared))) return { kind: "finished", where: "here" };
  const isOurs = claim?.clone === cloneId(context);
  if (claim !== undefined && !isOurs && request.taken === "leave") return { kind: "taken", by: claim.by, at: claim.at };
  const here = known.queued.get(keyOf(shared));
  if (here === undefined) return undefined;
  if (here !== entry.record.identity) return { kind: "other" };
  return isOurs ? { kind: "here" } : undefined;
}

interface Taking {
  readonly wanted: readonly SharedEntry[];
  readonly left: QueuePullResult["left"][number][];
}

/** Tells the remote; answers those that are ours from now on, or were. */
async function takeAll(
  context: ExperimentsContext,
  remote: string,
  { wanted, left }: Taking,
): Promise<readonly SharedEntry[]> {
  const clone = cloneId(context);
  const free = wanted.filter(({ claim }) => claim?.clone !== clone);
  if (free.length === 0) return wanted;
  const claims = await writeClaims(context, free);
  const changes = free.map((shared) => ({ ref: shared.ref, to: claims.get(shared), expected: shared.id }));
  const outcomes = await pushRefs(context.repository, { remote, changes, scratchFolder: context.state.scratch });
  const isOurs = (shared: SharedEntry) => !claims.has(shared) || outcomes.get(shared.ref)?.kind === "pushed";
  for (const { ref, name } of wanted.filter((shared) => !isOurs(shared))) {
    const outcome = outcomes.get(ref);
    const reason = outcome?.kind === "refused" ? outcome.reason : "git said nothing of it";
    left.push({ name, why: outcome?.kind === "stale" ? { kind: "taken meanwhile" } : { kind: "refused", reason } });
  }
  return wanted.filter(isOurs);
}

/** As it is queued here: by a number of this queue, in the place of nothing. */
function recordHere(context: ExperimentsContext, record: EntryRecord, sequence: number): EntryRecord {
  const { project: _project, worktree: _worktree, replace: _replace, ...kept } = record;
  return { ...kept, ...queueHome(context), sequence };
}

function queueHere(
  context: ExperimentsContext,
  ours: readonly SharedEntry[],
  left: QueuePullResult["left"][number][],
): Promise<QueuePullResult["pulled"]> {
  makeFolder(context.state.root);
  return withLock({ file: context.state.queueLock, what: "queueing experiments" }, async () => {
    const listing = await listQueue(context);
    const here = new Set([...listing.entries, ...listing.elsewhere].map(keyOf));
    const fresh = ours.filter((shared) => !here.has(keyOf(shared)));
    for (const { name } of ours.filter((shared) => here.has(keyOf(shared)))) left.push({ name, why: { kind: "here" } });
    if (fresh.length === 0) return [];
    const first = Math.max(highestSequence(listing), lastSequence(context)) + 1;
    const author = stamp(await committerIdentity(context.repository), new Date());
    const queued = fresh.map((shared, at) => ({ name: shared.name, sequence: first + at, shared }));
    const changes = queued.map(({ shared, sequence }): RefChange => {
      const to = entryHere(context, shared, { sequence, author });
      return { kind: "create", ref: queueRef("queued", sequence), to };
    });
    await changeRefs(context.repository, "sweepline: pulled into the queue", changes);
    rememberSequence(context, first + fresh.length - 1);
    return queued.map(({ name, sequence }) => ({ name, sequence }));
  });
}

function entryHere(
  context: ExperimentsContext,
  { entry, baseline, name }: SharedEntry,
  { sequence, author }: { readonly sequence: number; readonly author: string },
): ObjectId {
  const { tree, parents, record } = entry;
  const message = entryMessage({ head: baseline, baseline, name }, recordHere(context, record, sequence));
  return writeCommit(context.repository, { tree, parents, author, message });
}

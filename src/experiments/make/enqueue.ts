/** From points to queue entries: one snapshot, one stream of objects and one ref transaction for a whole sweep. */

import { createHash } from "node:crypto";
import { makeFolder } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { traced } from "../../base/trace.ts";
import type { ObjectId } from "../../git/ids.ts";
import { changeRefs, type RefChange } from "../../git/refs.ts";
import { cachePlace, whilePinned } from "../../pipeline/locks/pins.ts";
import { placeFirst } from "../queue/changes.ts";
import { claimEntry, queueRef, removal } from "../queue/entries.ts";
import { lastSequence, rememberSequence } from "../queue/sequence.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type EnqueuePlan, type FreshPoint, freshPoints, overridesOf, planEntries } from "./enqueue-plan.ts";
import type { EnqueueRequest } from "./enqueue-request.ts";
import { importEntries } from "./import-entries.ts";
import type { KnownOnBaseline } from "./known.ts";
import type { NamedPoint } from "./naming.ts";

export interface QueuedPoint {
  /** Position in the request's points. */
  readonly index: number;
  readonly name: string;
  readonly sequence: number;
  readonly overrides: readonly string[];
  /** What the experiment was whose place it takes. */
  readonly replaces?: KnownPoint["state"];
}

export interface KnownPoint {
  readonly name: string;
  readonly state: "queued" | "failed" | "done";
  /** Of the entry, where it is one. */
  readonly sequence: number | undefined;
  readonly overrides: readonly string[];
}

export interface NamedExperiments {
  readonly names: ReadonlySet<string>;
  readonly baseline: ObjectId;
}

export interface EnqueueOutcome {
  readonly baseline: ObjectId;
  readonly queued: readonly QueuedPoint[];
  /** Points that were left alone, with the experiment that stands for them. */
  readonly known: readonly KnownPoint[];
  /** Points that were the same as an earlier one. */
  readonly repeated: number;
  /** Names of experiments that say they are one of the points and hold other parameters: they were not counted. */
  readonly disagreeing: readonly string[];
}

/** Numbers of the entries that a run of these points takes: what is new, and what waited before. */
export function entriesToRun({ queued, known }: EnqueueOutcome): ReadonlySet<number> {
  const waiting = known.filter((point) => point.state === "queued");
  return new Set([...queued, ...waiting].flatMap(({ sequence }) => sequence ?? []));
}

/** The experiments that stand for the points, old and new, below their baseline. */
export function experimentsOf({ queued, known, baseline }: EnqueueOutcome): NamedExperiments {
  return { names: new Set([...known, ...queued].map(({ name }) => name)), baseline };
}

/** The id of a sweep: the same line on the same baseline has the same id, so that a repeated sweep goes on with it. */
export function sweepId(baseline: ObjectId, overrides: readonly string[], targets: readonly string[]): string {
  return `s-${createHash("sha256")
    .update(JSON.stringify([baseline, overrides, targets]))
    .digest("hex")
    .slice(0, 12)}`;
}

/** Queues the points that are new. All or nothing: a refused name leaves the queue as it was. */
export function enqueue(context: ExperimentsContext, request: EnqueueRequest): Promise<EnqueueOutcome> {
  makeFolder(context.state.root);
  const span = { topic: "queue", name: "enqueue", detail: () => `${request.inputs.points.length} points` } as const;
  return traced(span, () =>
    withLock({ file: context.state.queueLock, what: "queueing experiments" }, () => enqueueLocked(context, request)),
  );
}

export interface EnqueuePreview extends Omit<EnqueueOutcome, "queued"> {
  /** What would be queued; `name` is missing where it would be a random one. */
  readonly fresh: readonly (Pick<QueuedPoint, "overrides" | "replaces"> & { readonly name?: string })[];
}

/** What `enqueue` would do. Nothing is queued; errors as there. */
export async function previewEnqueue(context: ExperimentsContext, request: EnqueueRequest): Promise<EnqueuePreview> {
  makeFolder(context.state.root);
  const plan = await planEntries(context, request);
  const isRandom = request.name === undefined && request.names === undefined;
  const fresh = freshPoints(plan).map((point) => {
    const overrides = overridesOf(request, point.index);
    return isRandom && point.replaces === undefined
      ? { overrides }
      : { name: point.name, overrides, ...placeOf(point) };
  });
  return { fresh, ...leftAlone(plan, request) };
}

/** Data that was changed goes into the cache, where only the entries name it. */
async function enqueueLocked(context: ExperimentsContext, request: EnqueueRequest): Promise<EnqueueOutcome> {
  const runner = { id: "queueing", label: "queueing of experiments" };
  const { plan, queued } = await whilePinned({ ...cachePlace(context.project), runner }, async () => {
    const made = await planEntries(context, request);
    return { plan: made, queued: await writeEntries(context, request, made) };
  });
  return {
    queued: queued.map((entry) => ({ ...entry, overrides: overridesOf(request, entry.index) })),
    ...leftAlone(plan, request),
  };
}

export function placeOf({ replaces }: FreshPoint): Pick<QueuedPoint, "replaces"> {
  return replaces === undefined ? {} : { replaces: replaces.state };
}

/** What is said of the points that are not queued. */
export function leftAlone(
  { head, named, disagreeing }: EnqueuePlan,
  request: EnqueueRequest,
): Omit<EnqueueOutcome, "queued"> {
  return {
    baseline: head,
    known: named.flatMap((point) =>
      point.kind === "known" ? [knownPoint(point, overridesOf(request, point.index))] : [],
    ),
    repeated: named.filter((point) => point.kind === "repeated").length,
    disagreeing,
  };
}

function knownPoint(point: Extract<NamedPoint, { kind: "known" }>, overrides: readonly string[]): KnownPoint {
  const { name, state, sequence } = point.known;
  return { name, state, sequence, overrides };
}

async function writeEntries(
  context: ExperimentsContext,
  request: EnqueueRequest,
  plan: EnqueuePlan,
): Promise<readonly Omit<QueuedPoint, "overrides">[]> {
  const fresh = freshPoints(plan);
  if (fresh.length === 0) return [];
  const firstSequence = Math.max(plan.known.highestSequence, lastSequence(context)) + 1;
  const commits = await traced({ topic: "queue", name: "import" }, () =>
    importEntries(context, { request, plan, fresh, firstSequence }),
  );
  const entries = fresh.map((point, at) => ({
    index: point.index,
    name: point.name,
    sequence: firstSequence + at,
    ...placeOf(point),
  }));
  if (request.claim === "claim") for (const entry of entries) claimEntry(context, entry.sequence);
  const creations = entries.map(
    (entry, at): RefChange => ({
      kind: "create",
      ref: queueRef("queued", entry.sequence),
      to: commits[at] as ObjectId,
    }),
  );
  // Before the refs: whoever sees the entries sees them in their place. Numbers of entries that never came are not given again.
  rememberSequence(context, firstSequence + fresh.length - 1);
  if (request.place === "first") await placeFirst(context, entries);
  await changeRefs(context.repository, "sweepline: queued", [...creations, ...replacedEntries(plan.known, fresh)]);
  return entries;
}

/** Entries in the queue whose place a new one takes; a replaced result stays until the new one is there. */
export function replacedEntries(known: KnownOnBaseline, fresh: readonly FreshPoint[]): readonly RefChange[] {
  const names = new Set(fresh.map((point) => point.name));
  return known.experiments.flatMap((item) =>
    item.entry !== undefined && names.has(item.name) ? [removal(item.entry)] : [],
  );
}

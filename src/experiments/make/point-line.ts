/**
 * Points that are queued one after the other, as a search asks for them. What they start from is looked at once: they are points
 * of one sweep, whatever becomes of the workspace meanwhile. A point costs no more than one git process.
 */
import { makeFolder } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { traced } from "../../base/trace.ts";
import { CatFile } from "../../git/catfile.ts";
import { importObjects } from "../../git/fast-import.ts";
import type { ObjectId } from "../../git/ids.ts";
import { committerIdentity, stamp, TreeEditor, writeCommit, writeObject } from "../../git/objects.ts";
import { RefTransactions, refsRefused } from "../../git/refs.ts";
import type { Point } from "../../sweep/types.ts";
import { type QueueEntry, queueRef } from "../queue/entries.ts";
import { lastSequence, rememberSequence } from "../queue/sequence.ts";
import { queueHome } from "../queue-home.ts";
import { entryMessage } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type EnqueueOutcome, enqueue, leftAlone, placeOf, replacedEntries } from "./enqueue.ts";
import {
  type EnqueuePlan,
  type FreshPoint,
  freshPoints,
  identifierFrom,
  lookAtStart,
  overridesOf,
  planPoints,
  type StartingState,
} from "./enqueue-plan.ts";
import type { EnqueueRequest } from "./enqueue-request.ts";
import { entryRecord, filteredFiles, ParamBlobs, sharedCommits } from "./import-entries.ts";
import { KnownWatch } from "./known.ts";

export interface LineOutcome extends EnqueueOutcome {
  /** What was queued; where it is missing, the queue tells. */
  readonly entry?: QueueEntry;
}

export interface PointLine {
  /** Queues the point, unless it is known. Errors: those of enqueue. */
  queue(point: Point): Promise<LineOutcome>;
  close(): Promise<void>;
}

/** @param request of a point with the keys that all will have, which is not queued itself. Errors: those of enqueue. */
export async function openPointLine(context: ExperimentsContext, request: EnqueueRequest): Promise<PointLine> {
  makeFolder(context.state.root);
  const start = await lookAtStart(context, request);
  // Nothing but entries names what was stored: it is looked at again for each, so that a garbage collection may come between.
  if (start.data === "stored") return anewEach(context, request);
  const { repository } = context;
  const [identify, committer, filtered] = await Promise.all([
    identifierFrom(context, request, start),
    committerIdentity(repository),
    filteredFiles(context, start),
  ]);
  const shared = await importObjects(repository, async (stream) => {
    await sharedCommits(stream, { repository, plan: start, author: stamp(committer, new Date()) });
  });
  return new StandingLine(context, request, { start, shared, committer, identify, filtered });
}

function anewEach(context: ExperimentsContext, request: EnqueueRequest): PointLine {
  return {
    queue: (point) => enqueue(context, { ...request, inputs: request.inputs.anew([point]) }),
    close: async () => undefined,
  };
}

interface LineFacts {
  readonly start: StartingState;
  /** The parents of all entries, beside the head. */
  readonly shared: readonly ObjectId[];
  readonly committer: string;
  readonly filtered: ReadonlySet<string>;
  identify(point: Point): string;
}

class StandingLine implements PointLine {
  readonly #objects: CatFile;
  readonly #trees: TreeEditor;
  readonly #refs: RefTransactions;
  readonly #known: KnownWatch;
  readonly #blobs: ParamBlobs;

  constructor(
    private readonly context: ExperimentsContext,
    private readonly request: EnqueueRequest,
    private readonly facts: LineFacts,
  ) {
    const { repository } = context;
    const { start, filtered } = facts;
    this.#objects = new CatFile(repository);
    this.#trees = new TreeEditor(repository, this.#objects);
    this.#refs = new RefTransactions(repository, "sweepline: queued");
    this.#known = new KnownWatch(context, start.head, { scope: start.scope, catFile: this.#objects });
    const write = (text: string) => ({ id: writeObject(repository, "blob", text) });
    this.#blobs = new ParamBlobs(repository, write, { files: start.files, filtered });
  }

  queue(point: Point): Promise<LineOutcome> {
    const span = { topic: "queue", name: "enqueue", detail: () => "one more point" } as const;
    const lock = { file: this.context.state.queueLock, what: "queueing an experiment" };
    return traced(span, () => withLock(lock, () => this.#queueLocked(point)));
  }

  async close(): Promise<void> {
    this.#objects.close();
    await this.#refs.close();
  }

  async #queueLocked(point: Point): Promise<LineOutcome> {
    const { start, identify } = this.facts;
    const request = { ...this.request, inputs: this.request.inputs.for([point]) };
    const found = await this.#known.look();
    const plan = await planPoints(this.context, request, { start, found, identities: [identify(point)] });
    const [fresh] = freshPoints(plan);
    const left = leftAlone(plan, request);
    if (fresh === undefined) return { ...left, queued: [] };
    const entry = await this.#write(request, plan, fresh);
    const { name, sequence } = entry;
    const queued = { index: 0, name, sequence, ...placeOf(fresh), overrides: overridesOf(request, 0) };
    return { ...left, queued: [queued], entry };
  }

  async #write(request: EnqueueRequest, plan: EnqueuePlan, point: FreshPoint): Promise<QueueEntry> {
    const { context } = this;
    const sequence = Math.max(plan.known.highestSequence, lastSequence(context)) + 1;
    const entry = await this.#commit(request, { plan, point, sequence });
    const creation = { kind: "create", ref: entry.ref, to: entry.commit } as const;
    const outcome = await this.#refs.commit([creation, ...replacedEntries(plan.known, [point])]);
    if (outcome.kind === "refused") throw refsRefused(outcome);
    rememberSequence(context, sequence);
    this.#known.remember(entry);
    return entry;
  }

  async #commit(
    request: EnqueueRequest,
    { plan, point, sequence }: { readonly plan: EnqueuePlan; readonly point: FreshPoint; readonly sequence: number },
  ): Promise<QueueEntry> {
    const { repository } = this.context;
    const { shared, committer } = this.facts;
    const { head, snapshot } = plan;
    const planned = request.inputs.points[0];
    const files = planned === undefined ? [] : await this.#blobs.filesOf(planned);
    const blobs = files.flatMap(({ path, mode, blob }) => ("id" in blob ? [{ path, mode, id: blob.id }] : []));
    const tree = await this.#trees.treeWith(snapshot.workTree, blobs);
    const record = entryRecord({ request, plan, point, home: queueHome(this.context), sequence });
    const names = { head, baseline: head, name: point.name };
    const now = new Date();
    const commit = writeCommit(repository, {
      tree,
      parents: [head, ...shared],
      author: stamp(committer, now),
      message: entryMessage(names, record),
    });
    const [index, copiedPaths] = shared;
    const ref = queueRef("queued", sequence);
    const queuedAt = Math.floor(now.getTime() / 1000);
    return { ...names, ...{ state: "queued", ref, sequence, commit, tree, index, copiedPaths, queuedAt, record } };
  }
}

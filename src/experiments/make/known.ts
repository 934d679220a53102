/** What is known on a baseline: queued, failed and finished experiments with their identities. */
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { listRefs, type Ref } from "../../git/refs.ts";
import type { IdentityScope } from "../point/identity.ts";
import { listDvcQueue } from "../queue/dvc-queue.ts";
import { highestSequence, listQueue, type QueueEntry, type QueueListing, queuePrefix } from "../queue/entries.ts";
import { checkpointMark, parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type FinishedExperiment, finishedAt, listFinished } from "../results/finished.ts";
import { readRunRecord, runFolder } from "../runs/records.ts";
import { toldWorkspaceRun } from "../runs/workspace-run.ts";
import type { KnownExperiment, KnownNames } from "./naming.ts";
import { treeIdentities } from "./tree-identities.ts";

export interface KnownOnBaseline {
  readonly experiments: readonly (KnownExperiment & {
    readonly entry?: QueueEntry;
    /** Of a finished one. */
    readonly commit?: ObjectId;
  })[];
  /** All names in the repository: a random name avoids them all. */
  readonly allNames: ReadonlySet<string>;
  readonly highestSequence: number;
}

/** Who has which name; identities are left out, and with them the reading of commits. */
export async function knownNames(context: ExperimentsContext, baseline: ObjectId): Promise<KnownNames> {
  return knownWith(context, baseline, {
    ...(await listed(context)),
    identify: async (commits) => commits.map(() => ({ identity: "" })),
  });
}

export async function knownOnBaseline(
  context: ExperimentsContext,
  baseline: ObjectId,
  scope: IdentityScope,
): Promise<KnownOnBaseline> {
  const identify = async (commits: readonly ObjectId[]) => {
    if (commits.length === 0) return [];
    const catFile = new CatFile(context.repository);
    return identitiesOf(context, commits, { scope, catFile }).finally(() => catFile.close());
  };
  return knownWith(context, baseline, { ...(await listed(context)), identify });
}

async function listed(context: ExperimentsContext): Promise<Pick<Listed, "queue" | "finished">> {
  const [queue, finished] = await Promise.all([listQueue(context), listFinished(context)]);
  return { queue, finished };
}

/** For who asks again and again: each commit is read once, and one git process lists all refs. */
export class KnownWatch {
  readonly #identified = new Map<ObjectId, Identified>();
  readonly #entries = new Map<string, { readonly entry: QueueEntry; readonly list: "entries" | "elsewhere" }>();

  constructor(
    private readonly context: ExperimentsContext,
    private readonly baseline: ObjectId,
    private readonly reading: { readonly scope: IdentityScope; readonly catFile: CatFile },
  ) {}

  /** An entry that was just made, whose commit need not be read. */
  remember(entry: QueueEntry): void {
    this.#entries.set(refKey({ name: entry.ref, id: entry.commit }), { entry, list: "entries" });
  }

  async look(): Promise<KnownOnBaseline> {
    const refs = await listRefs(this.context.repository, ["refs/exps"]);
    const queue = await this.#queueOf(refs.filter(({ name }) => name.startsWith(`${queuePrefix}/`)));
    const identify = (commits: readonly ObjectId[]) => this.#identify(commits);
    return knownWith(this.context, this.baseline, { queue, finished: refs.flatMap(finishedAt), identify });
  }

  async #queueOf(refs: readonly Ref[]): Promise<Pick<QueueListing, "entries" | "elsewhere">> {
    if (refs.some((ref) => !this.#entries.has(refKey(ref)))) {
      const { entries, elsewhere } = await listQueue(this.context);
      this.#entries.clear();
      for (const entry of entries) this.remember(entry);
      for (const entry of elsewhere)
        this.#entries.set(refKey({ name: entry.ref, id: entry.commit }), { entry, list: "elsewhere" });
    }
    const known = refs.flatMap((ref) => this.#entries.get(refKey(ref)) ?? []);
    const of = (list: "entries" | "elsewhere") => known.flatMap((item) => (item.list === list ? [item.entry] : []));
    return { entries: of("entries"), elsewhere: of("elsewhere") };
  }

  async #identify(commits: readonly ObjectId[]): Promise<readonly Identified[]> {
    const fresh = commits.filter((commit) => !this.#identified.has(commit));
    const identities = fresh.length === 0 ? [] : await identitiesOf(this.context, fresh, this.reading);
    for (const [at, commit] of fresh.entries()) this.#identified.set(commit, identities[at] ?? { identity: "" });
    return commits.map((commit) => this.#identified.get(commit) ?? { identity: "" });
  }
}

function refKey({ name, id }: Ref): string {
  return `${name} ${id}`;
}

interface Identified {
  readonly identity: string;
  /** Of a checkpoint. */
  readonly checkpointOf?: string | undefined;
  readonly partial?: true | undefined;
  readonly branchedFrom?: ObjectId | undefined;
}

interface Listed {
  readonly queue: Pick<QueueListing, "entries" | "elsewhere">;
  readonly finished: readonly FinishedExperiment[];
  /** One a commit. */
  identify(commits: readonly ObjectId[]): Promise<readonly Identified[]>;
}

async function knownWith(
  context: ExperimentsContext,
  baseline: ObjectId,
  { queue, finished, identify }: Listed,
): Promise<KnownOnBaseline> {
  const entries = queue.entries
    .filter((entry) => entry.baseline === baseline)
    .map((entry) => ({
      name: entry.name,
      identity: entry.record.identity,
      state: entry.state,
      sequence: entry.sequence,
      ...failureOf(context, entry),
      entry,
    }));
  const here = finished.filter((item) => item.baseline === baseline);
  const identities = await identify(here.map((item) => item.commit));
  const open = new Set(queue.entries.map(checkpointMark));
  const running = toldWorkspaceRun(context.state)?.mark;
  const done = here.flatMap((item, index) => {
    const { identity, checkpointOf, partial, branchedFrom } = identities[index] ?? { identity: "" };
    // Its entry stands for what goes on from its checkpoints.
    if (checkpointOf !== undefined && open.has(checkpointOf)) return [];
    // What was not done, is being made in the workspace, or began with other parameters is no result. It has its name all the same.
    const isMaking = checkpointOf !== undefined && checkpointOf === running;
    const isResult = !partial && !isMaking && branchedFrom === undefined;
    return [{ name: item.name, identity: isResult ? identity : "", state: "done" as const, commit: item.commit }];
  });
  const theirs = [...namesElsewhere(queue, baseline), ...namesInDvcQueue(context, baseline)];
  return {
    experiments: [...entries, ...done, ...theirs],
    allNames: new Set([...queue.entries, ...finished, ...theirs].map((item) => item.name)),
    highestSequence: highestSequence(queue),
  };
}

function failureOf({ state }: ExperimentsContext, entry: QueueEntry): Pick<KnownExperiment, "failure"> {
  if (entry.state !== "failed") return {};
  return readRunRecord(runFolder(state, entry))?.cause === "lost" ? { failure: "lost" } : {};
}

/** Names are those of the repository's refs, whichever of its projects queued them. */
function namesElsewhere({ elsewhere }: Listed["queue"], baseline: ObjectId): readonly KnownExperiment[] {
  const here = elsewhere.filter((entry) => entry.baseline === baseline);
  return here.map(({ name, state }) => ({ name, identity: "", state }));
}

/** DVC would replace a result of ours by its own of the same name: these names are taken. Their points are not ours to run. */
function namesInDvcQueue(context: ExperimentsContext, baseline: ObjectId): readonly KnownExperiment[] {
  return listDvcQueue(context.repository).flatMap(({ state, name, ...entry }) =>
    state === "queued" && name !== null && entry.baseline === baseline ? [{ name, identity: "", state }] : [],
  );
}

/** Ours carry their identity; those of experiments which DVC made are worked out from their trees. */
async function identitiesOf(
  context: ExperimentsContext,
  commits: readonly ObjectId[],
  { scope, catFile }: { readonly scope: IdentityScope; readonly catFile: CatFile },
): Promise<readonly Identified[]> {
  const objects = (await catFile.readAll(commits)).map((object) => object && parseCommit(object.content));
  const own = objects.map((commit) => commit && parseFacts(commit));
  const trees = commits.flatMap((commit, at) => {
    const parsed = objects[at];
    return parsed === undefined || own[at] !== undefined ? [] : [{ commit, tree: parsed.tree }];
  });
  const computed = await treeIdentities(context, scope, { catFile, trees });
  const theirs = new Map(trees.map(({ commit }, at) => [commit, computed[at]]));
  return commits.map((commit, at) => own[at] ?? { identity: theirs.get(commit) ?? "" });
}

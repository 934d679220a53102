/** What is known on a baseline: queued, failed and finished experiments with their identities. */
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import type { IdentityScope } from "../point/identity.ts";
import { listDvcQueue } from "../queue/dvc-queue.ts";
import { highestSequence, listQueue, type QueueEntry, type QueueListing } from "../queue/entries.ts";
import { checkpointMark, parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import { readRunRecord, runFolder } from "../runs/records.ts";
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
  return knownWith(context, baseline, async (commits) => commits.map(() => ({ identity: "" })));
}

export async function knownOnBaseline(
  context: ExperimentsContext,
  baseline: ObjectId,
  scope: IdentityScope,
): Promise<KnownOnBaseline> {
  return knownWith(context, baseline, (commits) => identitiesOf(context, commits, scope));
}

interface Identified {
  readonly identity: string;
  /** Of a checkpoint. */
  readonly checkpointOf?: string | undefined;
}

async function knownWith(
  context: ExperimentsContext,
  baseline: ObjectId,
  identify: (commits: readonly ObjectId[]) => Promise<readonly Identified[]>,
): Promise<KnownOnBaseline> {
  const [queue, finished] = await Promise.all([listQueue(context), listFinished(context)]);
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
  const done = here.flatMap((item, index) => {
    const { identity, checkpointOf } = identities[index] ?? { identity: "" };
    // Its entry stands for what goes on from its checkpoints.
    if (checkpointOf !== undefined && open.has(checkpointOf)) return [];
    return [{ name: item.name, identity, state: "done" as const, commit: item.commit }];
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
function namesElsewhere({ elsewhere }: QueueListing, baseline: ObjectId): readonly KnownExperiment[] {
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
  scope: IdentityScope,
): Promise<readonly Identified[]> {
  if (commits.length === 0) return [];
  const catFile = new CatFile(context.repository);
  try {
    const objects = (await catFile.readAll(commits)).map((object) => object && parseCommit(object.content));
    const own = objects.map((commit) => commit && parseFacts(commit));
    const trees = commits.flatMap((commit, at) => {
      const parsed = objects[at];
      return parsed === undefined || own[at] !== undefined ? [] : [{ commit, tree: parsed.tree }];
    });
    const computed = await treeIdentities(context, scope, { catFile, trees });
    const theirs = new Map(trees.map(({ commit }, at) => [commit, computed[at]]));
    return commits.map((commit, at) => own[at] ?? { identity: theirs.get(commit) ?? "" });
  } finally {
    catFile.close();
  }
}

/** What is known on a baseline: queued, failed and finished experiments with their identities. */
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { git } from "../../git/run.ts";
import { CanonicalJson } from "../point/canonical-json.ts";
import { filesHash, type IdentityScope, identityOf } from "../point/identity.ts";
import { paramsInTree } from "../point/params-in-tree.ts";
import { ranWhole } from "../point/ran-whole.ts";
import { listDvcQueue } from "../queue/dvc-queue.ts";
import { highestSequence, listQueue, type QueueEntry, type QueueListing } from "../queue/entries.ts";
import { parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import { readRunRecord, runFolder } from "../runs/records.ts";
import type { KnownExperiment } from "./naming.ts";

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

export async function knownOnBaseline(
  context: ExperimentsContext,
  baseline: ObjectId,
  scope: IdentityScope,
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
  const identities = await identitiesOf(
    context,
    here.map((item) => item.commit),
    scope,
  );
  const done = here.map((item, index) => ({
    name: item.name,
    identity: identities[index] ?? "",
    state: "done" as const,
    commit: item.commit,
  }));
  const theirs = [...namesElsewhere(queue, baseline), ...namesInDvcQueue(context, baseline)];
  return {
    experiments: [...entries, ...done, ...theirs],
    allNames: new Set([...queue.entries, ...finished, ...theirs].map((item) => item.name)),
    highestSequence: highestSequence(queue),
  };
}

function failureOf({ state }: ExperimentsContext, entry: QueueEntry): Pick<KnownExperiment, "failure"> {
  if (entry.state !== "failed") return {};
  return readRunRecord(runFolder(state, entry.sequence, entry.name))?.cause === "lost" ? { failure: "lost" } : {};
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

/** Ours carry their identity; that of an experiment which DVC made is computed from its tree. */
async function identitiesOf(
  context: ExperimentsContext,
  commits: readonly ObjectId[],
  scope: IdentityScope,
): Promise<readonly string[]> {
  if (commits.length === 0) return [];
  const catFile = new CatFile(context.repository);
  try {
    const objects = await catFile.readAll(commits);
    const canonical = new CanonicalJson();
    const identities: string[] = [];
    for (const object of objects) {
      const facts = object === undefined ? undefined : parseFacts(parseCommit(object.content));
      if (facts !== undefined) identities.push(facts.identity);
      else if (object === undefined) identities.push("");
      else identities.push(await identityOfTree({ context, catFile, scope, canonical }, object.id));
    }
    return identities;
  } finally {
    catFile.close();
  }
}

interface TreeReading {
  readonly context: ExperimentsContext;
  readonly catFile: CatFile;
  readonly scope: IdentityScope;
  readonly canonical: CanonicalJson;
}

async function identityOfTree(reading: TreeReading, commit: ObjectId): Promise<string> {
  const listing = await git(["ls-tree", "-r", "-z", "--full-tree", commit], {
    cwd: reading.context.repository.workTree,
  });
  const params = await paramsInTree(reading.catFile, commit, reading.scope.paramFiles);
  // A part of the pipeline is another point, which only its own targets could name.
  if (!(await ranWhole(reading.scope.wholeRun, { commit, params }, reading))) return "";
  const facts = { filesHash: filesHash(listing, reading.scope), params, targets: [], flags: {}, copies: undefined };
  return identityOf(facts, reading.canonical);
}

/** Which objects of the cache experiments need: what their lock files and .dvc files name, read from their commits. */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import type { RemoteObject } from "../../store/remotes/by-remote.ts";
import { isObjectHash } from "../../store/tree.ts";
import { openReading, openTrees, type SharedReading } from "../reading/load-revisions.ts";
import type { ExperimentsContext } from "../repository.ts";

export interface NeededObjects {
  readonly objects: readonly RemoteObject[];
  /** Commits whose pipeline files can't be read, with the reason: their data is not known. */
  readonly unreadable: readonly { readonly commit: ObjectId; readonly message: string }[];
}

/** The objects of all commits together: experiments of a sweep share most of them. Nothing of a commit is run. */
export async function objectsOfCommits(
  context: ExperimentsContext,
  commits: readonly ObjectId[],
): Promise<NeededObjects> {
  const { byCommit, unreadable } = await objectsByCommit(context, commits);
  const objects = new Map<string, RemoteObject>();
  for (const each of [...byCommit.values()].flat()) objects.set(`${each.remote}\0${each.layout}\0${each.md5}`, each);
  return { objects: [...objects.values()], unreadable };
}

export interface ObjectsByCommit extends Pick<NeededObjects, "unreadable"> {
  readonly byCommit: ReadonlyMap<ObjectId, readonly RemoteObject[]>;
}

/** As objectsOfCommits, told apart by commit. */
export async function objectsByCommit(
  context: ExperimentsContext,
  commits: readonly ObjectId[],
): Promise<ObjectsByCommit> {
  const found: Found = { byCommit: new Map(), unreadable: [] };
  if (commits.length === 0) return found;
  const reading = await openReading(context, { kind: "tracked", params: "dependencies" });
  try {
    for (let at = 0; at < commits.length; at += chunkSize)
      await readChunk(commits.slice(at, at + chunkSize), reading, found);
    return found;
  } finally {
    reading.close();
  }
}

interface Found extends ObjectsByCommit {
  readonly byCommit: Map<ObjectId, readonly RemoteObject[]>;
  readonly unreadable: { readonly commit: ObjectId; readonly message: string }[];
}

/** Commits whose files are held at a time. The first ones find what all share. */
const chunkSize = 256;

async function readChunk(
  commits: readonly ObjectId[],
  reading: SharedReading,
  { byCommit, unreadable }: Found,
): Promise<void> {
  const trees = await treesOf(commits, reading);
  const opened = await openTrees(trees.values(), reading);
  for (const [commit, tree] of trees) {
    const revision = opened.get(tree);
    if (revision instanceof SweeplineError) unreadable.push({ commit, message: revision.message });
    else if (revision !== undefined)
      // They name files: a string that is no hash is nothing of ours.
      byCommit.set(
        commit,
        revision.reading.recorded.stored.filter(({ md5 }) => isObjectHash(md5)),
      );
  }
}

async function treesOf(commits: readonly ObjectId[], reading: SharedReading): Promise<ReadonlyMap<ObjectId, ObjectId>> {
  const objects = await reading.objects.readAll(commits);
  return new Map(
    commits.flatMap((commit, index) => {
      const object = objects[index];
      return object?.type === "commit" ? [[commit, parseCommit(object.content).tree] as const] : [];
    }),
  );
}

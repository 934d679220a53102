/** Which objects of the cache experiments need: what their lock files and .dvc files name, read from their commits. */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import type { RemoteObject } from "../../store/remotes/by-remote.ts";
import { isObjectHash } from "../../store/tree.ts";
import { commitSource } from "../reading/commit-source.ts";
import { storedObjects } from "../reading/experiment-data.ts";
import type { FileSource } from "../reading/file-source.ts";
import { openReading, type Reading } from "../reading/load-revisions.ts";
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
  for (const each of [...byCommit.values()].flat()) objects.set(`${each.remote}\0${each.md5}`, each);
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
  reading: Reading,
  { byCommit, unreadable }: Found,
): Promise<void> {
  let open = await openTrees(commits, reading);
  while (open.length > 0) {
    const waiting: typeof open = [];
    for (const job of open) {
      const found = objectsOf(job.source, reading);
      if (found === "pending") waiting.push(job);
      else if (found instanceof SweeplineError) unreadable.push({ commit: job.commit, message: found.message });
      // They name files: a string that is no hash is nothing of ours.
      else
        byCommit.set(
          job.commit,
          found.filter(({ md5 }) => isObjectHash(md5)),
        );
    }
    const fetched = await reading.listings.pool.fetchWanted();
    if (waiting.length > 0 && !fetched) throw new Error("commits wait for objects that nobody asked for");
    open = waiting;
  }
}

async function openTrees(commits: readonly ObjectId[], reading: Reading) {
  const objects = await reading.objects.readAll(commits);
  return commits.flatMap((commit, index) => {
    const object = objects[index];
    if (object?.type !== "commit") return [];
    return [{ commit, source: commitSource(parseCommit(object.content).tree, reading.prefix, reading.listings) }];
  });
}

function objectsOf(source: FileSource, reading: Reading): readonly RemoteObject[] | "pending" | SweeplineError {
  try {
    return storedObjects(source, reading.readers);
  } catch (error) {
    if (error instanceof SweeplineError) return error;
    throw error;
  }
}

/** The queue of a Git remote, looked at and cleared. Nothing of it is queued or run here. */
import type { RemoteChange } from "../../git/remote.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { SharedRef } from "../shared-refs.ts";
import { listRemote } from "../show/listing.ts";
import { chosenEntries } from "./queue-choice.ts";
import { pushAll } from "./remote-changes.ts";
import { readShared, type SharedEntries, type SharedEntry } from "./shared-entries.ts";

async function readQueue(
  context: ExperimentsContext,
  remote: string,
  names: readonly string[],
): Promise<SharedEntries> {
  const { queue } = await listRemote(context.repository, remote);
  return readShared(context, remote, chosenEntries(queue, names));
}

/** What waits there, by name; the commits are fetched for it, no data. Errors: INVALID_REMOTE, GIT_REMOTE_FAILED. */
export async function listRemoteQueue(context: ExperimentsContext, remote: string): Promise<readonly SharedEntry[]> {
  const { entries } = await readQueue(context, remote, []);
  return [...entries].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

export interface RemovedFromQueue {
  readonly removed: readonly string[];
  /** Left, because somebody took them. */
  readonly running: readonly string[];
}

/**
 * Takes entries off the remote's queue: those that are named, or all that nobody took, and refs there that hold no entry. Errors:
 * NOT_A_TASK before anything is removed, INVALID_REMOTE, REMOTE_CHANGED, PUSH_REFUSED, GIT_REMOTE_FAILED.
 */
export async function removeFromRemoteQueue(
  context: ExperimentsContext,
  remote: string,
  names: readonly string[],
): Promise<RemovedFromQueue> {
  const { entries, strange } = await readQueue(context, remote, names);
  const isFree = ({ claim }: SharedEntry) => names.length > 0 || claim === undefined;
  const gone: readonly SharedRef[] = [...entries.filter(isFree), ...strange];
  const changes = gone.map(({ ref, id }): RemoteChange => ({ ref, to: undefined, expected: id }));
  if (changes.length > 0) await pushAll(context, remote, changes);
  return {
    removed: gone.map(({ name }) => name),
    running: entries.filter((entry) => !isFree(entry)).map(({ name }) => name),
  };
}

/** Objects of a remote that nobody needs. */
import { layoutFolders, type ObjectLayout } from "../garbage.ts";
import { isObjectHash, isTreeHash } from "../tree.ts";
import { hashOfKey, objectNames } from "./keys.ts";
import type { StorageRemote } from "./types.ts";

export interface RemoteGarbage {
  readonly remote: StorageRemote;
  /** First the lists of folders. */
  readonly keys: readonly string[];
  readonly bytes: number;
}

async function unneededKeys(
  remote: StorageRemote,
  layout: ObjectLayout,
  needed: ReadonlySet<string>,
): Promise<readonly string[]> {
  const isUnneeded = (md5: string) => isObjectHash(md5) && !needed.has(md5);
  const files = { folder: layoutFolders[layout], names: objectNames };
  return (await remote.list(files)).filter((key) => isUnneeded(hashOfKey(key)));
}

const isList = (key: string) => isTreeHash(hashOfKey(key));

/** The objects in either layout that `needed` has not. */
export async function findRemoteGarbage(remote: StorageRemote, needed: ReadonlySet<string>): Promise<RemoteGarbage> {
  const found = [
    ...(await unneededKeys(remote, "current", needed)),
    ...(await unneededKeys(remote, "legacy", needed)),
  ].sort();
  let bytes = 0;
  if (found.length > 0) for (const size of (await remote.sizes(found)).values()) bytes += size;
  return { remote, keys: [...found.filter(isList), ...found.filter((key) => !isList(key))], bytes };
}

/** Removes those that are still not needed, lists of folders before the files in them; answers how many. */
export async function removeRemoteGarbage(
  { remote, keys }: RemoteGarbage,
  needed: ReadonlySet<string>,
  jobs: number | undefined,
): Promise<number> {
  const unneeded = keys.filter((key) => !needed.has(hashOfKey(key)));
  for (const part of [unneeded.filter(isList), unneeded.filter((key) => !isList(key))])
    if (part.length > 0) await remote.remove(part, jobs);
  return unneeded.length;
}

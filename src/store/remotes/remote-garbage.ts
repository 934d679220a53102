/** Objects of a remote that nobody needs. */
import { isObjectFolder, layoutFolders, type ObjectLayout } from "../garbage.ts";
import { isObjectHash, isTreeHash } from "../tree.ts";
import { inParallel } from "./parallel.ts";
import type { StorageRemote } from "./types.ts";

export interface RemoteGarbage {
  readonly remote: StorageRemote;
  /** First the lists of folders. */
  readonly keys: readonly string[];
  readonly bytes: number;
}

const questionsAtOnce = 16;

const hashOfKey = (key: string) => key.split("/").slice(-2).join("");

async function unneededKeys(
  remote: StorageRemote,
  layout: ObjectLayout,
  needed: ReadonlySet<string>,
): Promise<readonly string[]> {
  const folder = layoutFolders[layout];
  const at = (name: string) => (folder === "" ? name : `${folder}/${name}`);
  const prefixes = (await remote.list(folder)).filter(isObjectFolder);
  const keys: string[] = [];
  await inParallel(prefixes, questionsAtOnce, async (prefix) => {
    for (const name of await remote.list(at(prefix)))
      if (isObjectHash(prefix + name) && !needed.has(prefix + name)) keys.push(`${at(prefix)}/${name}`);
  });
  return keys;
}

/** The objects in either layout that `needed` has not. */
export async function findRemoteGarbage(remote: StorageRemote, needed: ReadonlySet<string>): Promise<RemoteGarbage> {
  const found = [
    ...(await unneededKeys(remote, "current", needed)),
    ...(await unneededKeys(remote, "legacy", needed)),
  ].sort();
  const isList = (key: string) => isTreeHash(hashOfKey(key));
  let bytes = 0;
  await inParallel(found, questionsAtOnce, async (key) => {
    bytes += (await remote.sizeOf(key)) ?? 0;
  });
  return { remote, keys: [...found.filter(isList), ...found.filter((key) => !isList(key))], bytes };
}

/** Removes those that are still not needed, lists of folders before the files in them; answers how many. */
export async function removeRemoteGarbage(
  { remote, keys }: RemoteGarbage,
  needed: ReadonlySet<string>,
  jobs: number,
): Promise<number> {
  const unneeded = keys.filter((key) => !needed.has(hashOfKey(key)));
  const isList = (key: string) => isTreeHash(hashOfKey(key));
  await inParallel(unneeded.filter(isList), jobs, (key) => remote.remove(key));
  await inParallel(
    unneeded.filter((key) => !isList(key)),
    jobs,
    (key) => remote.remove(key),
  );
  return unneeded.length;
}

/** Lists of folders that only a remote has. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { largeFileBytes, readPlainFile, removeTree } from "../../base/files.ts";
import type { Cache } from "../cache.ts";
import { hashBytes } from "../hash.ts";
import { makeSharedFolder } from "../sharing.ts";
import { type DirEntry, parseDirObject } from "../tree.ts";
import { existingObjects, hashOfKey, objectKey } from "./keys.ts";
import type { StorageRemote } from "./types.ts";

const listsAtOnce = 16;

/**
 * By hash; left out are those that the remote lacks, or of which it has something else under their name. Nothing is kept
 * of them.
 */
export async function remoteTrees(
  cache: Cache,
  remote: StorageRemote,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, DirEntry[]>> {
  const trees = new Map<string, DirEntry[]>();
  const there = [...(await existingObjects(remote, hashes))];
  if (there.length === 0) return trees;
  makeSharedFolder(cache.folder, cache.sharing);
  const into = asideName(path.join(cache.folder, "lists"));
  try {
    await remote.download(there.map(objectKey), {
      into,
      jobs: listsAtOnce,
      done(key, failure) {
        if (failure !== undefined) throw failure;
        const md5 = hashOfKey(key);
        const bytes = readPlainFile(path.join(into, key), largeFileBytes);
        if (`${hashBytes(bytes)}.dir` === md5) trees.set(md5, parseDirObject(bytes, md5));
      },
    });
  } finally {
    removeTree(into);
  }
  return trees;
}

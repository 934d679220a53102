/** Objects from the cache to a remote. The list of a folder goes last, so that who finds it there finds its files too. */
import { isExpected } from "../../base/errors.ts";
import { statSync } from "../../base/files.ts";
import { type Cache, findObject, readTree } from "../cache.ts";
import { isTreeHash } from "../tree.ts";
import { damagedObjects, existingObjects, objectKey, type SizedObject } from "./keys.ts";
import { inParallel } from "./parallel.ts";
import type { ObjectSelection, StorageRemote, TransferOptions, TransferOutcome } from "./types.ts";

interface Wanted {
  readonly files: ReadonlySet<string>;
  /** Folder lists that the cache has, with the hashes of their files. */
  readonly folders: ReadonlyMap<string, readonly string[]>;
  /** Folder lists that the cache lacks. */
  readonly unknown: readonly string[];
}

function expandFolders(cache: Cache, { hashes, parts }: ObjectSelection): Wanted {
  const files = new Set<string>();
  const folders = new Map<string, readonly string[]>();
  const unknown: string[] = [];
  for (const md5 of new Set(hashes)) {
    if (!isTreeHash(md5)) {
      files.add(md5);
      continue;
    }
    const isMeant = parts?.get(md5);
    const entries = readTree(cache, md5)?.filter(({ relpath }) => isMeant?.(relpath) ?? true);
    if (entries === undefined) unknown.push(md5);
    else folders.set(md5, [...new Set(entries.map((entry) => entry.md5))]);
    for (const entry of entries ?? []) files.add(entry.md5);
  }
  return { files, folders, unknown };
}

/** The sizes of those that the remote has too. */
function sizesHere(cache: Cache, there: ReadonlySet<string>, hashes: readonly string[]): readonly SizedObject[] {
  return hashes.flatMap((md5) => {
    const file = there.has(md5) ? findObject(cache, md5) : undefined;
    return file === undefined ? [] : [{ md5, size: statSync(file).size }];
  });
}

/** Uploads what the remote lacks of these objects, and of the files of folder objects. */
export async function pushObjects(
  cache: Cache,
  remote: StorageRemote,
  { hashes, parts, ...options }: TransferOptions & ObjectSelection,
): Promise<TransferOutcome> {
  const { files, folders, unknown } = expandFolders(cache, parts === undefined ? { hashes } : { hashes, parts });
  const there = new Set(await existingObjects(remote, [...files, ...folders.keys(), ...unknown]));
  if (options.damaged === "replace")
    for (const md5 of await damagedObjects(remote, sizesHere(cache, there, [...files, ...folders.keys()])))
      there.delete(md5);
  const newFiles = [...files].filter((md5) => !there.has(md5));
  const newFolders = [...folders.keys()].filter((md5) => !there.has(md5));
  const missing = unknown.filter((md5) => !there.has(md5));
  const failed: { md5: string; message: string }[] = [];
  const total = newFiles.length + newFolders.length;
  let done = 0;
  let transferred = 0;
  const push = async (md5: string) => {
    const file = findObject(cache, md5);
    if (file === undefined) missing.push(md5);
    else
      try {
        await remote.upload(file, objectKey(md5));
        there.add(md5);
        transferred++;
      } catch (error) {
        // Of one file: told at the end, and the others go on.
        if (!isExpected(error)) throw error;
        failed.push({ md5, message: error.message });
      }
    options.progress?.(++done, total);
  };
  await inParallel(newFiles, options.jobs, push);
  const whole = newFolders.filter((md5) => folders.get(md5)?.every((file) => there.has(file)));
  await inParallel(whole, options.jobs, push);
  return { transferred, missing, failed };
}

/** The list of a folder that only a remote has. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { largeFileBytes, makeFolder, readPlainFile, removeFile } from "../../base/files.ts";
import type { Cache } from "../cache.ts";
import { hashFile } from "../hash.ts";
import { type DirEntry, parseDirObject } from "../tree.ts";
import { existingObjects, objectKey } from "./keys.ts";
import type { StorageRemote } from "./types.ts";

/** undefined where the remote lacks it, or has something else under its name. Nothing is kept of it. */
export async function remoteTree(cache: Cache, remote: StorageRemote, md5: string): Promise<DirEntry[] | undefined> {
  if (!(await existingObjects(remote, [md5])).has(md5)) return undefined;
  makeFolder(cache.folder);
  const aside = asideName(path.join(cache.folder, "list"));
  try {
    await remote.download(objectKey(md5), aside);
    const isWhole = `${(await hashFile(aside)).md5}.dir` === md5;
    return isWhole ? parseDirObject(readPlainFile(aside, largeFileBytes), md5) : undefined;
  } finally {
    removeFile(aside);
  }
}

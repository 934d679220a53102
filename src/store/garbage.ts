/** Objects of a cache that nobody needs: found by their names, measured, removed one by one. */
import path from "node:path";
import { isSystemError } from "../base/errors.ts";
import { lstatIfExists, readdirSync, removeFile } from "../base/files.ts";
import { isObjectHash, isTreeHash } from "./tree.ts";

/** Where objects lie: `files/md5/<2>/<30>` as DVC 3 has it, or `<2>/<30>` as DVC 2 had it. */
export type ObjectLayout = "current" | "legacy";

export interface Garbage {
  /** Absolute: first the lists of folders, so that none is there without its files. */
  readonly files: readonly string[];
  /** What removing them frees: a file that has another name elsewhere frees nothing. */
  readonly bytes: number;
}

/** The folder that a layout's objects are below, in a cache or a remote; "" for its top. */
export const layoutFolders: Readonly<Record<ObjectLayout, string>> = { current: "files/md5", legacy: "" };

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

const prefixPattern = /^[0-9a-f]{2}$/;

/** Whether a name is that of a folder of objects: the first two letters of their hashes. */
function isObjectFolder(name: string): boolean {
  return prefixPattern.test(name);
}

/** The objects of a cache that `needed` has not. Names that are no objects' are nobody's business here. */
export function findGarbage(cacheDir: string, layout: ObjectLayout, needed: ReadonlySet<string>): Garbage {
  const top = path.join(cacheDir, layoutFolders[layout]);
  const lists: string[] = [];
  const files: string[] = [];
  let bytes = 0;
  for (const prefix of namesIn(top).filter(isObjectFolder))
    for (const name of namesIn(path.join(top, prefix))) {
      const md5 = prefix + name;
      if (!isObjectHash(md5) || needed.has(md5)) continue;
      const file = path.join(top, prefix, name);
      const stats = lstatIfExists(file);
      if (stats === undefined || stats.isDirectory()) continue;
      (isTreeHash(md5) ? lists : files).push(file);
      if (stats.nlink < 2) bytes += stats.size;
    }
  return { files: [...lists, ...files], bytes };
}

/** The object's hash, by its file. */
function hashOfFile(file: string): string {
  return path.basename(path.dirname(file)) + path.basename(file);
}

/** Removes those that are still not needed; answers how many. A kill on the way leaves the others, each of them whole. */
export function removeGarbage({ files }: Garbage, needed: ReadonlySet<string>): number {
  let removed = 0;
  for (const file of files) {
    if (needed.has(hashOfFile(file))) continue;
    removeFile(file);
    removed += 1;
  }
  return removed;
}

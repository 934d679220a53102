/**
 * Data of the workspace that the cache gave or took: what is on record here and that no pipeline file names any more, a
 * checkout takes away, so that no stage or script finds stale data (dvc/repo/checkout.py: _remove_unused_links). The record
 * may be lost: then such data stays.
 */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { lstatIfExists, lstatSync, removeEmptyFolder, removeFile, statSync } from "../base/files.ts";
import { insideFolder, withinAny } from "../base/paths.ts";
import { named, placeProblem, realTarget } from "../project/gate.ts";
import { type Cache, hasData } from "./cache.ts";
import { hashData } from "./data.ts";
import { HeldFolders, removeEmptyFolders } from "./held-folders.ts";
import { isObjectHash } from "./tree.ts";
import { listAllFiles } from "./walk.ts";

/** Data that was brought or stored, and that nothing names. */
export interface LeftData {
  /** Absolute. */
  readonly path: string;
  readonly kind: "file" | "folder";
}

function inodeOf(file: string): bigint | undefined {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** Remembers that the path (absolute) holds what the cache has under `md5`. */
export function rememberInWorkspace({ state, root }: Cache, file: string, md5: string): void {
  const name = state.placed === undefined ? undefined : insideFolder(root, file);
  const inode = name === undefined ? undefined : inodeOf(file);
  if (name !== undefined && inode !== undefined) state.placed?.set(name, `${inode} ${md5}`);
}

async function hashNow(cache: Cache, file: string): Promise<string | undefined> {
  try {
    return (await hashData(cache, file))?.md5;
  } catch (error) {
    if (error instanceof SweeplineError && ["BROKEN_LINK", "NOT_A_FILE", "IGNORE_FILE_IN_DATA"].includes(error.code))
      return undefined;
    throw error;
  }
}

/** Whether the path is still what was placed there, and the cache has all of it. */
async function isAsPlaced(cache: Cache, file: string, record: string): Promise<boolean> {
  const [inode, md5 = ""] = record.split(" ");
  if (!isObjectHash(md5) || String(inodeOf(file)) !== inode || placeProblem(cache.root, file) !== undefined)
    return false;
  return (await hashNow(cache, file)) === md5 && hasData(cache, md5);
}

/**
 * What is on record, lies there unchanged and is in none of the `used` outputs (absolute). Nothing that is not in the cache.
 * What a used output holds is its checkout's business.
 */
export async function leftData(cache: Cache, used: readonly string[]): Promise<LeftData[]> {
  const { placed } = cache.state;
  const isUsed = withinAny(used);
  const left: LeftData[] = [];
  for (const name of placed?.paths() ?? []) {
    const file = path.join(cache.root, name);
    if (isUsed(file) || !(await isAsPlaced(cache, file, placed?.get(name) ?? ""))) continue;
    const isFolder = lstatIfExists(file)?.isDirectory() ?? false;
    left.push({ path: file, kind: isFolder ? "folder" : "file" });
  }
  return left;
}

/** Removes it, but for what lies in `used` outputs. */
export function removeLeft(cache: Cache, left: readonly LeftData[], used: readonly string[]): void {
  const isUsed = withinAny(used);
  for (const { path: destination, kind } of left) {
    const real = path.join(realTarget(path.dirname(destination)), path.basename(destination));
    const held = new HeldFolders(cache.root, { destination, real });
    try {
      const files = kind === "file" ? [destination] : listAllFiles(destination, cache.rules).map(({ file }) => file);
      const unused = files.filter((file) => !isUsed(file));
      for (const file of unused) {
        const at = held.to(file, "skip");
        if (at !== undefined) named(file, at, () => removeFile(at));
      }
      removeEmptyFolders(destination, unused, held);
      const at = kind === "folder" ? held.to(destination, "skip") : undefined;
      if (at !== undefined && statSync(at, { throwIfNoEntry: false })?.isDirectory()) removeEmptyFolder(at);
    } finally {
      held.close();
    }
    cache.state.placed?.forget(path.relative(cache.root, destination));
  }
}

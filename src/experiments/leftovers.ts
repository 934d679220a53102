/** Temporary files of processes that were killed before they could rename them into place. */
import path from "node:path";
import { asideOwner, lstatIfExists, readdirSync, removeFile, removeTree } from "../base/files.ts";
import { existsProcess } from "../base/processes.ts";
import { folderRemotes } from "../store/remotes/open.ts";
import type { ExperimentsContext } from "./repository.ts";

/** A file of another machine on shared storage counts as left behind once it has not been written to for so long. */
const abandonedMs = 24 * 60 * 60_000;

function isLeft(file: string): boolean {
  const owner = asideOwner(path.basename(file));
  if (owner === undefined) return false;
  if (owner.machine === "ours") return !existsProcess(owner.pid);
  const writtenAt = lstatIfExists(file)?.mtimeMs;
  return writtenAt !== undefined && Date.now() - writtenAt > abandonedMs;
}

/** Links are not followed; a folder that can't be read has none. */
function findBelow(folder: string, found: Set<string>): void {
  for (const item of itemsOf(folder)) {
    const file = path.join(folder, item.name);
    if (isLeft(file)) found.add(file);
    else if (item.isDirectory()) findBelow(file, found);
  }
}

function itemsOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Looks in the work tree, our own state, the cache, and where Git keeps its objects. */
export function findLeftFiles({ project, repository }: ExperimentsContext): readonly string[] {
  return findIn([repository.workTree, project.cacheDir, path.join(repository.commonDir, "objects")]);
}

/** Looks in the storage remotes that are folders. */
export function findLeftUploads({ project }: ExperimentsContext): readonly string[] {
  return findIn(folderRemotes(project));
}

function findIn(folders: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const folder of folders) findBelow(folder, found);
  return [...found].sort();
}

export function removeLeft(file: string): void {
  if (lstatIfExists(file)?.isDirectory() === true) removeTree(file);
  else removeFile(file);
}

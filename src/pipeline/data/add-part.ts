/** `add` of something inside a tracked folder: the rest of the folder stays as it is recorded (dvc/output.py: apply, unstage). */
import { SweeplineError } from "../../base/errors.ts";
import { statSync } from "../../base/files.ts";
import { relativePosix } from "../../base/paths.ts";
import { type Cache, readTree } from "../../store/cache.ts";
import { commitData } from "../../store/commit.ts";
import { addTreeToCache, hashData } from "../../store/data.ts";
import type { FolderHash } from "../../store/dvc-file.ts";
import { type DirEntry, formatTree } from "../../store/tree.ts";
import { listFiles } from "../../store/walk.ts";

export interface FolderPart {
  /** Absolute: the tracked folder. */
  readonly folder: string;
  /** Absolute: the file or folder inside it. */
  readonly path: string;
  readonly recorded: FolderHash;
}

/** hash-only: nothing goes into the cache. */
type DataMode = "commit" | "hash-only";

interface PartFiles {
  readonly entries: readonly DirEntry[];
  readonly size: number;
}

async function readPart(cache: Cache, part: FolderPart, mode: DataMode): Promise<PartFiles> {
  const stats = statSync(part.path, { throwIfNoEntry: false });
  const files = stats?.isDirectory() ? listFiles(part.path, cache.rules).map(({ file }) => file) : [part.path];
  const entries: DirEntry[] = [];
  let size = 0;
  for (const file of stats === undefined ? [] : files) {
    const hash = mode === "commit" ? await commitData(cache, file) : await hashData(cache, file);
    if (hash === undefined) continue;
    entries.push({ relpath: relativePosix(part.folder, file), md5: hash.md5 });
    size += hash.size;
  }
  return { entries, size };
}

/**
 * The hash of a folder with only one path in it taken anew; a path that is gone leaves the folder. As in DVC the size is
 * known only where files were added and none replaced. Undefined where the path neither is nor was there.
 * Errors: CACHE_MISSING where the cache lacks the folder's list.
 */
export async function addFolderPart(cache: Cache, part: FolderPart, mode: DataMode): Promise<FolderHash | undefined> {
  const { folder, recorded } = part;
  const before = readTree(cache, recorded.md5);
  if (before === undefined)
    throw new SweeplineError({
      code: "CACHE_MISSING",
      message: `could not read '${recorded.md5}', the list of files of '${folder}'`,
      hint: "`sweepline fetch` brings it, or add the whole folder.",
    });
  const name = relativePosix(folder, part.path);
  const kept = before.filter(({ relpath }) => relpath !== name && !relpath.startsWith(`${name}/`));
  const now = await readPart(cache, part, mode);
  if (now.entries.length === 0 && kept.length === before.length) return undefined;
  const entries = [...kept, ...now.entries];
  const { md5 } = mode === "commit" ? addTreeToCache(cache, entries) : formatTree(entries);
  const added = md5 === recorded.md5 ? 0 : kept.length === before.length ? now.size : undefined;
  const size = recorded.size === undefined || added === undefined ? undefined : recorded.size + added;
  return { md5, nfiles: entries.length, ...(size === undefined ? {} : { size }) };
}

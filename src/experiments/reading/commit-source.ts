/** The files of a commit, read through the pool of objects. */
import path from "node:path";
import { compareCodePoints } from "../../base/python.ts";
import type { ObjectId } from "../../git/ids.ts";
import { type FileAnswer, type FileSource, isPipelineFile, missing, pending } from "./file-source.ts";
import type { ObjectPool, TreeEntry } from "./trees.ts";

/** Listings of trees, which most commits share. */
export interface TreeListings {
  readonly pool: ObjectPool;
  readonly pipelineFiles: Map<ObjectId, readonly string[]>;
  /** Paths as segments from the top of the repository; undefined for those that lead outside. */
  readonly segments: Map<string, readonly string[] | undefined>;
  /** Whether a path, relative to the project, is none of DVC's business (.dvcignore). */
  ignores(path: string): boolean;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareCodePoints(a, b);
}

/** Pipeline files below a tree, relative to it; undefined before all its trees are there. */
function pipelineFilesOf(id: ObjectId, listings: TreeListings): readonly string[] | undefined {
  const known = listings.pipelineFiles.get(id);
  if (known !== undefined) return known;
  const tree = listings.pool.tree(id);
  if (tree === undefined) return undefined;
  const own = [...tree].filter(([name, { kind }]) => kind === "file" && isPipelineFile(name)).map(([name]) => name);
  const folders = [...tree].filter(([name, { kind }]) => kind === "folder" && name !== ".dvc").sort(byName);
  // All folders are asked for before the first missing one ends the attempt, so that a round fetches a whole level.
  const below = folders.map(([name, entry]) => ({ name, files: pipelineFilesOf(entry.id, listings) }));
  const inner: string[] = [];
  for (const { name, files } of below) {
    if (files === undefined) return undefined;
    for (const file of files) inner.push(`${name}/${file}`);
  }
  const all = [...own.sort(compareCodePoints), ...inner];
  listings.pipelineFiles.set(id, all);
  return all;
}

function allFilesOf(id: ObjectId, pool: ObjectPool): readonly string[] | undefined {
  const tree = pool.tree(id);
  if (tree === undefined) return undefined;
  const parts = [...tree].sort(byName).map(([name, entry]) => {
    if (entry.kind === "file") return [name];
    return entry.kind === "folder" ? allFilesOf(entry.id, pool)?.map((file) => `${name}/${file}`) : [];
  });
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

/** A path from the top of the repository, as segments; undefined where it leads outside. */
function segmentsOf(prefix: string, name: string): readonly string[] | undefined {
  const normal = path.posix.normalize(path.posix.join(prefix, name));
  if (normal === ".") return [];
  return normal.startsWith("..") || path.posix.isAbsolute(normal) ? undefined : normal.split("/");
}

/** @param prefix the project's folder in the repository, "" where they are the same */
export function commitSource(root: ObjectId, prefix: string, listings: TreeListings): FileSource {
  const { pool, segments: known } = listings;

  function segmentsAt(name: string): readonly string[] | undefined {
    if (known.has(name)) return known.get(name);
    const segments = segmentsOf(prefix, name);
    known.set(name, segments);
    return segments;
  }

  function entryAt(name: string): TreeEntry | "missing" | "pending" {
    const segments = segmentsAt(name);
    let entry: TreeEntry = { id: root, kind: "folder" };
    for (const segment of segments ?? []) {
      const tree = entry.kind === "folder" ? pool.tree(entry.id) : new Map<string, TreeEntry>();
      if (tree === undefined) return "pending";
      const next = tree.get(segment);
      if (next === undefined) return "missing";
      entry = next;
    }
    return segments === undefined ? "missing" : entry;
  }

  function find(name: string): FileAnswer {
    const entry = entryAt(name);
    if (entry === "pending") return pending;
    if (entry === "missing" || entry.kind === "link" || entry.kind === "submodule") return missing;
    if (entry.kind === "folder") return { kind: "folder" };
    const bytes = pool.blob(entry.id);
    return bytes === undefined ? pending : { kind: "file", id: entry.id, bytes };
  }

  function below(folder: string, list: (id: ObjectId) => readonly string[] | undefined): readonly string[] | "pending" {
    const entry = entryAt(folder);
    if (entry === "pending") return "pending";
    return entry === "missing" || entry.kind !== "folder" ? [] : (list(entry.id) ?? "pending");
  }

  return {
    find,
    pipelineFiles() {
      const files = below("", (id) => pipelineFilesOf(id, listings));
      return files === "pending" ? files : files.filter((file) => !listings.ignores(file));
    },
    filesBelow(folder) {
      const files = below(folder, (id) => allFilesOf(id, pool));
      return files === "pending" ? files : files.map((file) => path.posix.join(folder, file));
    },
  };
}

/** The files of a commit, read through the pool of objects. */
import path from "node:path";
import { compareCodePoints } from "../../base/python.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { ObjectPool, TreeEntry } from "../../git/object-pool.ts";
import {
  folder as aFolder,
  type FileAnswer,
  type FileSource,
  inWalkOrder,
  missing,
  pipelineFileKind,
  type SourceEntry,
  type SourceFile,
} from "./file-source.ts";

/** What the sources of many commits share: most of their trees are the same. */
export class TreeListings {
  /** Of a tree: its pipeline files, and the folders that hold some. */
  private readonly entries = new Map<ObjectId, readonly SourceEntry[]>();
  /** Paths as segments from the top of the repository; undefined for those that lead outside. */
  private readonly segments = new Map<string, readonly string[] | undefined>();
  /** Trees that were loaded with all that lies below them. */
  private readonly whole = new Set<ObjectId>();

  /**
   * @param prefix the project's folder in the repository, "" where they are the same
   * @param isIgnored what the walk passes over, by path relative to the project
   */
  constructor(
    readonly pool: ObjectPool,
    private readonly prefix: string,
    private readonly isIgnored: (path: string, kind: SourceEntry["kind"]) => boolean,
  ) {}

  /** What lies at a path below a commit's tree; undefined: nothing, or outside of the repository. */
  entryAt(root: ObjectId, name: string): TreeEntry | undefined {
    const segments = this.segmentsOf(name);
    let entry: TreeEntry | undefined = segments === undefined ? undefined : { id: root, kind: "folder", mode: "40000" };
    for (const segment of segments ?? [])
      entry = entry?.kind === "folder" ? this.pool.tree(entry.id).get(segment) : undefined;
    return entry;
  }

  /** Files by their objects, for who loads many before they are read. */
  objectsOf(root: ObjectId, files: readonly string[]): readonly ObjectId[] {
    return files.flatMap((file) => {
      const entry = this.entryAt(root, file);
      return entry?.kind === "file" ? [entry.id] : [];
    });
  }

  private segmentsOf(name: string): readonly string[] | undefined {
    if (this.segments.has(name)) return this.segments.get(name);
    const normal = path.posix.normalize(path.posix.join(this.prefix, name));
    const isOutside = normal.startsWith("..") || path.posix.isAbsolute(name);
    const segments = normal === "." || normal === "./" ? [] : isOutside ? undefined : normal.split("/");
    this.segments.set(name, segments);
    return segments;
  }

  /** The entries of a tree that a walk is after. */
  entriesOf(id: ObjectId): readonly SourceEntry[] {
    const known = this.entries.get(id);
    if (known !== undefined) return known;
    const entries = inWalkOrder(
      [...this.pool.tree(id)].flatMap(([name, entry]): readonly SourceEntry[] => {
        if (entry.kind === "file") return pipelineFileKind(name) === undefined ? [] : [{ name, kind: "file" }];
        if (entry.kind !== "folder" || name === ".dvc") return [];
        return this.entriesOf(entry.id).length === 0 ? [] : [{ name, kind: "folder" }];
      }),
    );
    this.entries.set(id, entries);
    return entries;
  }

  keeps(folder: string, { name, kind }: SourceEntry): boolean {
    return !this.isIgnored(folder === "" ? name : `${folder}/${name}`, kind);
  }

  /** Loads the projects' folders of these trees, with all folders below: a question to Git for each level. */
  async loadFolders(roots: Iterable<ObjectId>): Promise<void> {
    let level: readonly ObjectId[] = [...new Set(roots)];
    for (const segment of this.segmentsOf("") ?? []) {
      await this.pool.loadTrees(level);
      level = level.flatMap((id) => {
        const entry = this.pool.tree(id).get(segment);
        return entry?.kind === "folder" ? [entry.id] : [];
      });
    }
    const all: ObjectId[] = [];
    while (level.length > 0) {
      const fresh = [...new Set(level)].filter((id) => !this.whole.has(id));
      await this.pool.loadTrees(fresh);
      all.push(...fresh);
      level = fresh.flatMap((id) => this.foldersOf(id));
    }
    for (const id of all) this.whole.add(id);
  }

  private foldersOf(id: ObjectId): readonly ObjectId[] {
    return [...this.pool.tree(id)].flatMap(([name, entry]) =>
      entry.kind === "folder" && name !== ".dvc" ? [entry.id] : [],
    );
  }
}

class TreeFile implements SourceFile {
  readonly kind = "file";

  constructor(
    readonly id: ObjectId,
    private readonly pool: ObjectPool,
  ) {}

  get bytes(): Uint8Array {
    return this.pool.blob(this.id);
  }
}

function filesOf(id: ObjectId, pool: ObjectPool): readonly string[] {
  const entries = [...pool.tree(id)].sort(([a], [b]) => compareCodePoints(a, b));
  return entries.flatMap(([name, entry]) => {
    if (entry.kind === "file") return [name];
    return entry.kind === "folder" ? filesOf(entry.id, pool).map((file) => `${name}/${file}`) : [];
  });
}

/** @param root the commit's tree */
export function treeSource(root: ObjectId, listings: TreeListings): FileSource {
  const { pool } = listings;
  return {
    find(name): FileAnswer {
      const entry = listings.entryAt(root, name);
      if (entry?.kind === "folder") return aFolder;
      return entry?.kind === "file" ? new TreeFile(entry.id, pool) : missing;
    },
    list(folder) {
      const entry = listings.entryAt(root, folder);
      if (entry?.kind !== "folder") return [];
      return listings.entriesOf(entry.id).filter((each) => listings.keeps(folder, each));
    },
    filesBelow(folder) {
      const entry = listings.entryAt(root, folder);
      return entry?.kind === "folder" ? filesOf(entry.id, pool).map((file) => path.posix.join(folder, file)) : [];
    },
  };
}

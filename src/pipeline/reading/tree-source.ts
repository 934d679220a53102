/** The files of a commit, read through the pool of objects. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
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

/** Deeper folders are nobody's: no system has paths of so many parts. */
const deepest = 1000;

/** Pipeline files, and files below one folder, that are listed of a commit: trees may name each other for ever. */
const mostPaths = 20_000;

function tooManyPaths(what: string): SweeplineError {
  return new SweeplineError({ code: "REVISION_TOO_LARGE", message: `the commit has ${what}` });
}

/** What the sources of many commits share: most of their trees are the same. */
export class TreeListings {
  /** Of a tree: its pipeline files, and the folders that hold some. */
  private readonly entries = new Map<ObjectId, readonly SourceEntry[]>();
  /** Paths as segments from the top of the repository; undefined for those that lead outside. */
  private readonly segments = new Map<string, readonly string[] | undefined>();
  /** Trees that were loaded with all that lies below them. */
  private readonly whole = new Set<ObjectId>();
  /** How many levels of folders there are in and below a tree of `whole`. */
  private readonly levels = new Map<ObjectId, number>();

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

  /** Those of the files that are there, by their objects: for who loads many before they are read. */
  filesOf(root: ObjectId, files: readonly string[]): readonly { readonly file: string; readonly id: ObjectId }[] {
    return files.flatMap((file) => {
      const entry = this.entryAt(root, file);
      return entry?.kind === "file" ? [{ file, id: entry.id }] : [];
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

  /**
   * Loads the projects' folders of these trees, with all folders below: a question to Git for each level. What is too deep
   * stays away: see check().
   */
  async loadFolders(roots: Iterable<ObjectId>): Promise<void> {
    let level: readonly ObjectId[] = [...new Set(roots)];
    for (const segment of this.segmentsOf("") ?? []) {
      await this.pool.loadTrees(level);
      level = level.flatMap((id) => {
        const entry = this.pool.tree(id).get(segment);
        return entry?.kind === "folder" ? [entry.id] : [];
      });
    }
    for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
      const fresh = [...new Set(level)].filter((id) => !this.whole.has(id));
      await this.pool.loadTrees(fresh);
      for (const id of fresh) this.whole.add(id);
      level = fresh.flatMap((id) => this.foldersOf(id));
    }
  }

  /** Refuses a tree whose folders are too deep to be walked; loadFolders() comes first. Throws REVISION_TOO_LARGE. */
  check(root: ObjectId): void {
    const top = this.entryAt(root, "");
    if (top?.kind === "folder" && this.levelsOf(top.id) > deepest)
      throw tooManyPaths(`folders that are nested more than ${deepest} deep`);
  }

  /** Without recursion, each tree once: Infinity where some were too deep to be loaded. */
  private levelsOf(top: ObjectId): number {
    const open = [top];
    const entered = new Set<ObjectId>();
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      if (!this.whole.has(id)) return Number.POSITIVE_INFINITY;
      const inner = this.levels.has(id) ? [] : this.foldersOf(id);
      const unknown = inner.filter((each) => !this.levels.has(each));
      // A tree that is entered and open again below itself can't be: its name is the hash of what is in it.
      if (unknown.length > 0 && !entered.has(id)) {
        entered.add(id);
        for (const each of unknown) open.push(each);
        continue;
      }
      open.pop();
      const below = inner.reduce((most, each) => Math.max(most, this.levels.get(each) ?? 0), 0);
      if (!this.levels.has(id)) this.levels.set(id, 1 + below);
    }
    return this.levels.get(top) ?? 0;
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

/** All files below a tree, by name. Throws REVISION_TOO_LARGE. */
function filesOf(top: ObjectId, pool: ObjectPool): readonly string[] {
  const found: string[] = [];
  let left = mostPaths;
  const walk = (id: ObjectId, prefix: string, depth: number): void => {
    if (depth > deepest) throw tooManyPaths(`folders that are nested more than ${deepest} deep`);
    for (const [name, entry] of [...pool.tree(id)].sort(([a], [b]) => compareCodePoints(a, b))) {
      left -= 1;
      if (left < 0) throw tooManyPaths(`more than ${mostPaths} files in a folder of parameters or metrics`);
      if (entry.kind === "file") found.push(`${prefix}${name}`);
      else if (entry.kind === "folder") walk(entry.id, `${prefix}${name}/`, depth + 1);
    }
  };
  walk(top, "", 1);
  return found;
}

/** @param root the commit's tree */
export function treeSource(root: ObjectId, listings: TreeListings): FileSource {
  const { pool } = listings;
  return {
    mostPaths,
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

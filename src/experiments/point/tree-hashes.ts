/** `filesHash` of many commits' trees without a process each: trees that they share are read once, by one `cat-file`. */
import type { ObjectId } from "../../git/ids.ts";
import type { ObjectPool, TreeEntry } from "../../git/object-pool.ts";
import { filesHash, type IdentityScope } from "./identity.ts";

/** A tree that says more than that (a few trees within each other name a billion files) is no point of anybody's. */
const most = { paths: 500_000, depth: 200 } as const;

const types: Readonly<Record<TreeEntry["kind"], string>> = {
  file: "blob",
  link: "blob",
  folder: "tree",
  submodule: "commit",
};

/** What `git ls-tree -r` prints of a folder. */
interface Listing {
  readonly text: string;
  readonly paths: number;
}

export class TreeHashes {
  private readonly known = new Map<string, Listing | undefined>();

  constructor(
    private readonly pool: ObjectPool,
    private readonly scope: IdentityScope,
  ) {}

  /** The hash of a commit's tree; undefined for one that is too large. Trees are loaded level by level. */
  async of(root: ObjectId): Promise<string | undefined> {
    await this.load(root);
    // Hardly two commits have one root.
    const listing = this.rows(root, "", 0);
    return listing === undefined ? undefined : filesHash(listing.text, this.scope);
  }

  private async load(root: ObjectId): Promise<void> {
    const seen = new Set<ObjectId>();
    let level = [root];
    for (let depth = 0; level.length > 0 && depth <= most.depth; depth++) {
      for (const id of level) seen.add(id);
      await this.pool.loadTrees(level);
      const below = level.flatMap((id) => [...this.pool.tree(id).values()].filter(({ kind }) => kind === "folder"));
      level = [...new Set(below.map(({ id }) => id))].filter((id) => !seen.has(id));
    }
  }

  private list(id: ObjectId, prefix: string, depth: number): Listing | undefined {
    const key = `${id} ${prefix}`;
    if (!this.known.has(key)) this.known.set(key, depth > most.depth ? undefined : this.rows(id, prefix, depth));
    return this.known.get(key);
  }

  private rows(id: ObjectId, prefix: string, depth: number): Listing | undefined {
    let text = "";
    let paths = 0;
    for (const [name, entry] of this.pool.tree(id)) {
      const path = `${prefix}${name}`;
      const below = entry.kind === "folder" ? this.list(entry.id, `${path}/`, depth + 1) : row(path, entry);
      if (below === undefined) return undefined;
      text += below.text;
      paths += below.paths;
      if (paths > most.paths) return undefined;
    }
    return { text, paths };
  }
}

function row(path: string, { mode, kind, id }: TreeEntry): Listing {
  return { text: `${mode.padStart(6, "0")} ${types[kind]} ${id}\t${path}\0`, paths: 1 };
}

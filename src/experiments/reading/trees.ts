/** Trees and blobs of many commits, each read and parsed once: experiments of a sweep share almost all of them. */
import type { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";

export interface TreeEntry {
  readonly id: ObjectId;
  readonly kind: "file" | "folder" | "link" | "submodule";
}

export type Tree = ReadonlyMap<string, TreeEntry>;

const kinds: Readonly<Record<string, TreeEntry["kind"]>> = {
  "40000": "folder",
  "120000": "link",
  "160000": "submodule",
};

/** A tree object's content: `mode name NUL id`, again and again. */
export function parseTree(content: Buffer, idBytes: number): Tree {
  const entries = new Map<string, TreeEntry>();
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    if (space < 0 || end < 0) break;
    const mode = content.toString("latin1", at, space);
    const id = content.toString("hex", end + 1, end + 1 + idBytes) as ObjectId;
    entries.set(content.toString("utf8", space + 1, end), { id, kind: kinds[mode] ?? "file" });
    at = end + 1 + idBytes;
  }
  return entries;
}

const empty: Tree = new Map();

/**
 * Objects in memory, filled in rounds: who needs an object that is not there yet gets `undefined`, and the object is
 * fetched with all others before the next round. So thousands of commits cost a handful of waits, not thousands.
 */
export class ObjectPool {
  private readonly trees = new Map<ObjectId, Tree>();
  private readonly blobs = new Map<ObjectId, Buffer>();
  private wantedTrees = new Set<ObjectId>();
  private wantedBlobs = new Set<ObjectId>();

  constructor(private readonly objects: CatFile) {}

  /** The tree, or undefined before the next round. */
  tree(id: ObjectId): Tree | undefined {
    const known = this.trees.get(id);
    if (known === undefined) this.wantedTrees.add(id);
    return known;
  }

  /** The blob's bytes, or undefined before the next round. One that the repository lacks is empty. */
  blob(id: ObjectId): Buffer | undefined {
    const known = this.blobs.get(id);
    if (known === undefined) this.wantedBlobs.add(id);
    return known;
  }

  /** Fetches what was asked for; false where nothing was. */
  async fetchWanted(): Promise<boolean> {
    const trees = [...this.wantedTrees];
    const blobs = [...this.wantedBlobs];
    if (trees.length + blobs.length === 0) return false;
    this.wantedTrees = new Set();
    this.wantedBlobs = new Set();
    const found = await this.objects.readAll([...trees, ...blobs]);
    for (const [index, id] of trees.entries()) {
      const object = found[index];
      this.trees.set(id, object?.type === "tree" ? parseTree(object.content, id.length / 2) : empty);
    }
    for (const [index, id] of blobs.entries())
      this.blobs.set(id, found[trees.length + index]?.content ?? Buffer.alloc(0));
    return true;
  }
}

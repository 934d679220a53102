/** Trees and blobs of many commits, each read and parsed once: experiments of a sweep share almost all of them. */
import { NotLoaded } from "../base/not-loaded.ts";
import type { CatFile, GitObject } from "./catfile.ts";
import type { ObjectId } from "./ids.ts";

export interface TreeEntry {
  readonly id: ObjectId;
  readonly kind: "file" | "folder" | "link" | "submodule";
  /** As the tree holds it: "100755". */
  readonly mode: string;
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
    entries.set(content.toString("utf8", space + 1, end), { id, kind: kinds[mode] ?? "file", mode });
    at = end + 1 + idBytes;
  }
  return entries;
}

const emptyTree: Tree = new Map();

class ObjectNeeded extends NotLoaded {
  constructor(
    id: ObjectId,
    readonly load: () => Promise<unknown>,
  ) {
    super(`object ${id}`);
  }
}

/**
 * Objects in memory. `load` brings many with one question, so that thousands of commits cost a handful of waits; who asks for
 * one that was not loaded gets NotLoaded.
 */
export class ObjectPool {
  private readonly trees = new Map<ObjectId, Tree>();
  private readonly blobs = new Map<ObjectId, Buffer>();

  constructor(private readonly objects: CatFile) {}

  /** The tree; one that the repository lacks is empty. */
  tree(id: ObjectId): Tree {
    const tree = this.trees.get(id);
    if (tree === undefined) throw new ObjectNeeded(id, () => this.loadTrees([id]));
    return tree;
  }

  /** The blob's bytes. One that the repository lacks is empty. */
  blob(id: ObjectId): Buffer {
    const bytes = this.blobs.get(id);
    if (bytes === undefined) throw new ObjectNeeded(id, () => this.loadBlobs([id]));
    return bytes;
  }

  async loadTrees(ids: Iterable<ObjectId>): Promise<void> {
    await this.load(ids, this.trees, (object, id) =>
      object?.type === "tree" ? parseTree(object.content, id.length / 2) : emptyTree,
    );
  }

  async loadBlobs(ids: Iterable<ObjectId>): Promise<void> {
    await this.load(ids, this.blobs, (object) => object?.content ?? Buffer.alloc(0));
  }

  private async load<T>(
    ids: Iterable<ObjectId>,
    into: Map<ObjectId, T>,
    read: (object: GitObject | undefined, id: ObjectId) => T,
  ): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !into.has(id));
    if (wanted.length === 0) return;
    const objects = await this.objects.readAll(wanted);
    for (const [index, id] of wanted.entries()) into.set(id, read(objects[index], id));
  }
}

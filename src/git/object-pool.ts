/** Trees and blobs of many commits, each read and parsed once: experiments of a sweep share almost all of them. */
import { NotLoaded } from "../base/not-loaded.ts";
import { fileSizeLimit, tooLarge } from "../base/size-limit.ts";
import { type CatFile, distantObject } from "./catfile.ts";
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

/**
 * A tree object's content: `mode name NUL id`, again and again.
 * @param names "latin1": one character a byte, for who writes them again as they were
 */
export function parseTree(content: Buffer, idBytes: number, names: "utf8" | "latin1" = "utf8"): Tree {
  const entries = new Map<string, TreeEntry>();
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    if (space < 0 || end < 0) break;
    const mode = content.toString("latin1", at, space);
    const id = content.toString("hex", end + 1, end + 1 + idBytes) as ObjectId;
    entries.set(content.toString(names, space + 1, end), { id, kind: kinds[mode] ?? "file", mode });
    at = end + 1 + idBytes;
  }
  return entries;
}

/** What is brought without being asked for one by one: more would be held than anybody may need. */
const room = { each: 64 * 1024, all: 32 * 1024 * 1024 };

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
  /** Of blobs that were passed over when many were loaded. */
  private readonly sizes = new Map<ObjectId, number>();
  /** Those that a partial clone lacks and can't get. */
  private readonly distant = new Set<ObjectId>();
  /** Those that are too large to be held, alone or with what was asked for before. */
  private readonly refused = new Set<ObjectId>();
  private readonly limit = fileSizeLimit() / 16;
  private left = fileSizeLimit() * 2;

  constructor(private readonly objects: CatFile) {}

  /** The tree; one that the repository lacks is empty. */
  tree(id: ObjectId): Tree {
    const tree = this.trees.get(id);
    if (tree === undefined) throw new ObjectNeeded(id, () => this.loadTrees([id]));
    return tree;
  }

  /** The blob's bytes. One that the repository lacks is empty. Throws FILE_TOO_LARGE, GIT_OBJECT_DISTANT. */
  blob(id: ObjectId): Buffer {
    const bytes = this.blobs.get(id);
    if (bytes !== undefined) return bytes;
    if (this.distant.has(id)) throw distantObject(id);
    if (this.refused.has(id)) throw tooLarge(`object ${id}`, this.sizeOf(id), this.limit);
    throw new ObjectNeeded(id, () => this.loadWhole(id));
  }

  /** Its bytes by number, of a blob that was loaded or passed over. */
  sizeOf(id: ObjectId): number {
    return this.blobs.get(id)?.length ?? this.sizes.get(id) ?? 0;
  }

  async loadTrees(ids: Iterable<ObjectId>): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.trees.has(id));
    if (wanted.length === 0) return;
    const objects = await this.objects.readAll(wanted);
    for (const [index, id] of wanted.entries()) {
      const object = objects[index];
      this.trees.set(id, object?.type === "tree" ? parseTree(object.content, id.length / 2) : emptyTree);
    }
  }

  /** Those that are small, while there is room; of the others the size is known then. */
  async loadBlobs(ids: Iterable<ObjectId>): Promise<void> {
    const wanted = [...new Set(ids)].filter(
      (id) => !(this.blobs.has(id) || this.sizes.has(id) || this.distant.has(id)),
    );
    if (wanted.length === 0) return;
    const objects = await this.objects.readWithin(wanted, { ...room });
    for (const [index, id] of wanted.entries()) {
      const object = objects[index];
      if (object !== undefined && "size" in object) this.sizes.set(id, object.size);
      else if (object !== undefined && "isDistant" in object) this.distant.add(id);
      else this.blobs.set(id, object?.content ?? Buffer.alloc(0));
    }
  }

  private async loadWhole(id: ObjectId): Promise<void> {
    const [object] = await this.objects.readWithin([id], { each: this.limit, all: Math.max(room.each, this.left) });
    if (object !== undefined && "size" in object) {
      this.sizes.set(id, object.size);
      this.refused.add(id);
      return;
    }
    if (object !== undefined && "isDistant" in object) {
      this.distant.add(id);
      return;
    }
    const bytes = object?.content ?? Buffer.alloc(0);
    if (bytes.length > room.each) this.left -= bytes.length;
    this.blobs.set(id, bytes);
  }
}

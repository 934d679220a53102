/** Trees from Git's index: what `git write-tree` would write after a few files have changed, without starting git. */
import type { ObjectId } from "../../git/ids.ts";
import { type IndexEntries, indexedName, rowAt } from "../../git/index-scan.ts";
import { folderMode, type TreeRow, treeBytes, writeObject } from "../../git/objects.ts";
import type { Repository } from "../../git/repository.ts";

/** A folder of which the index remembers the tree (its extension TREE), with the folders in it. */
export interface IndexedFolder {
  readonly tree: ObjectId;
  /** How many entries of the index lie in it, however deeply. */
  readonly entries: number;
  /** By name; names are bytes, one character each. */
  readonly folders: ReadonlyMap<string, IndexedFolder>;
}

class TreeReader {
  constructor(
    private readonly bytes: Buffer,
    private readonly idBytes: number,
    private at: number,
  ) {}

  /** The next folder, with its name; undefined where the index does not know its tree any more. */
  next(): readonly [name: string, folder: IndexedFolder] | undefined {
    const nameEnd = this.bytes.indexOf(0, this.at);
    const lineEnd = this.bytes.indexOf(10, nameEnd);
    if (nameEnd < 0 || lineEnd < 0) return undefined;
    const name = this.bytes.toString("latin1", this.at, nameEnd);
    const counts = /^(\d+) (\d+)$/.exec(this.bytes.toString("latin1", nameEnd + 1, lineEnd));
    if (counts === null) return undefined;
    const idEnd = lineEnd + 1 + this.idBytes;
    const tree = this.bytes.toString("hex", lineEnd + 1, idEnd) as ObjectId;
    this.at = idEnd;
    const folders = new Map<string, IndexedFolder>();
    for (let left = Number(counts[2]); left > 0; left--) {
      const inner = this.next();
      if (inner === undefined) return undefined;
      folders.set(...inner);
    }
    return [name, { tree, entries: Number(counts[1]), folders }];
  }
}

/** The trees that an index remembers; undefined where it does not know all of them. */
export function indexedFolders({ bytes, starts, idBytes }: IndexEntries): IndexedFolder | undefined {
  const end = bytes.length - idBytes;
  let at = starts.at(-1) ?? end;
  while (at + 8 <= end && bytes.toString("latin1", at, at + 4) !== "TREE") at += 8 + bytes.readUInt32BE(at + 4);
  return at + 8 <= end ? new TreeReader(bytes.subarray(0, end), idBytes, at + 8).next()?.[1] : undefined;
}

/** Paths of all folders below the top, "/" between the parts; bytes, one character each. */
export function folderPaths(folder: IndexedFolder, inside = ""): readonly string[] {
  return [...folder.folders].flatMap(([name, inner]) => [
    `${inside}${name}`,
    ...folderPaths(inner, `${inside}${name}/`),
  ]);
}

/** A file as a tree names it, or "removed". */
export type TreeChange = TreeRow | "removed";

/** Paths from the top of the work tree to what became of them; bytes, one character each. */
export type TreeChanges = ReadonlyMap<string, TreeChange>;

interface Changed {
  readonly files: Map<string, TreeChange>;
  readonly folders: Map<string, Map<string, TreeChange>>;
}

/** The changes in a folder, and those in the folders of it. */
function changesIn(changes: TreeChanges): Changed {
  const changed: Changed = { files: new Map(), folders: new Map() };
  for (const [path, change] of changes) {
    const slash = path.indexOf("/");
    if (slash < 0) changed.files.set(path, change);
    else {
      const folder = path.slice(0, slash);
      const inside = changed.folders.get(folder) ?? new Map<string, TreeChange>();
      changed.folders.set(folder, inside.set(path.slice(slash + 1), change));
    }
  }
  return changed;
}

/** Where a folder's entries lie in the index: from which number on, and how much of their names is its path. */
interface Place {
  readonly from: number;
  readonly inside: number;
}

interface IndexedRow {
  readonly name: string;
  readonly row: TreeRow;
  readonly from: number;
  readonly folder: IndexedFolder | undefined;
}

/** What is directly in a folder; undefined where the entries are not those that the index counted. */
function rowsOf(
  entries: IndexEntries,
  folder: IndexedFolder,
  { from, inside }: Place,
): readonly IndexedRow[] | undefined {
  const rows: IndexedRow[] = [];
  for (let at = from; at < from + folder.entries; ) {
    const rest = indexedName(entries, at).toString("latin1", inside);
    const slash = rest.indexOf("/");
    const name = slash < 0 ? rest : rest.slice(0, slash);
    const inner = slash < 0 ? undefined : folder.folders.get(name);
    if (slash >= 0 && (inner === undefined || inner.entries === 0)) return undefined;
    const row = inner === undefined ? rowAt(entries, at) : { mode: folderMode, id: inner.tree };
    rows.push({ name, row, from: at, folder: inner });
    at += inner?.entries ?? 1;
  }
  return rows;
}

interface TreeRequest {
  readonly repository: Repository;
  readonly entries: IndexEntries;
  /** What is there already; undefined: nothing. */
  readonly folder: IndexedFolder | undefined;
  readonly place: Place;
  readonly changes: TreeChanges;
}

/** Writes a folder's tree with the changes in it. "empty": nothing is left of it. */
function writeTree(request: TreeRequest): ObjectId | "empty" | undefined {
  const { repository, entries, folder, place, changes } = request;
  const known = folder === undefined ? [] : rowsOf(entries, folder, place);
  if (known === undefined) return undefined;
  const rows = new Map(known.map(({ name, row }) => [name, row]));
  const { files, folders } = changesIn(changes);
  for (const [name, change] of files) if (change === "removed") rows.delete(name);
  for (const [name, inside] of folders) {
    const at = known.find((item) => item.name === name);
    const inner = { from: at?.from ?? 0, inside: place.inside + name.length + 1 };
    const tree = writeTree({ repository, entries, folder: at?.folder, place: inner, changes: inside });
    if (tree === undefined) return undefined;
    if (tree === "empty") rows.delete(name);
    else rows.set(name, { mode: folderMode, id: tree });
  }
  for (const [name, change] of files) if (change !== "removed") rows.set(name, change);
  return rows.size === 0 ? "empty" : writeObject(repository, "tree", treeBytes(rows));
}

/**
 * The tree of an index with changes of single files, written into the repository; undefined where the index does not tell
 * (an empty tree, too), and git has to be asked.
 * @param top what `indexedFolders` answered for the index
 */
export function changedTree(
  repository: Repository,
  { entries, top }: { readonly entries: IndexEntries; readonly top: IndexedFolder },
  changes: TreeChanges,
): ObjectId | undefined {
  if (changes.size === 0) return top.tree;
  const tree = writeTree({ repository, entries, folder: top, place: { from: 0, inside: 0 }, changes });
  return tree === "empty" ? undefined : tree;
}

import path from "node:path";
import { largeFileBytes, readIfExists } from "../base/files.ts";
import type { ObjectId } from "./ids.ts";
import { openRepository } from "./repository.ts";

/** Index extensions with which the entries are not all in the file as plain paths: split index, sparse index. */
const extensionsThatHide = ["link", "sdir"];

/**
 * Whether Git may track a path (a file, or a folder with tracked files), by a look into the index without starting git.
 * "no" is certain; "maybe" means that git has to be asked.
 * @param inside the path from the top of the work tree, "/" between the parts
 */
export function mayBeTracked(workTree: string, inside: string): "no" | "maybe" {
  const index = readIfExists(path.join(openRepository(workTree).gitDir, "index"), largeFileBytes);
  if (index === undefined) return "no";
  const version = index.length < 12 ? 0 : index.readUInt32BE(4);
  // Version 4 shortens paths by what they share with the one before.
  if (version !== 2 && version !== 3) return "maybe";
  if (extensionsThatHide.some((name) => index.includes(name))) return "maybe";
  return index.includes(`${inside}\0`) || index.includes(`${inside}/`) ? "maybe" : "no";
}

/** Where the entries of an index lie in its bytes, in Git's order: that of the bytes of their names. */
export interface IndexEntries {
  readonly bytes: Buffer;
  /** Of the first byte of each entry, and of the byte after the last. */
  readonly starts: Uint32Array;
  readonly idBytes: 20 | 32;
}

/** Bytes before the object id of an entry: times, device, inode, mode, owner, size. */
const statBytes = 40;
const modeAt = 24;
const submoduleMode = 0o160000;

function nameOffset({ bytes, idBytes }: Pick<IndexEntries, "bytes" | "idBytes">, start: number): number {
  const flagsAt = start + statBytes + idBytes;
  const isExtended = ((bytes[flagsAt] ?? 0) & 0x40) !== 0;
  return flagsAt + (isExtended ? 4 : 2);
}

/** Whether what follows the entries says that they are not all of them. */
function hidesEntries(bytes: Buffer, start: number, idBytes: number): boolean {
  for (let at = start; at + 8 <= bytes.length - idBytes; at += 8 + bytes.readUInt32BE(at + 4))
    if (extensionsThatHide.includes(bytes.toString("latin1", at, at + 4))) return true;
  return false;
}

/** Finds the entries of an index of version 2 or 3; undefined for an index that can't be read by looking at it. */
export function findEntries(bytes: Buffer, idBytes: 20 | 32): IndexEntries | undefined {
  const version = bytes.length < 12 ? 0 : bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) return undefined;
  const count = bytes.readUInt32BE(8);
  const most = Math.floor(bytes.length / (statBytes + idBytes));
  if (count > most) return undefined;
  const starts = new Uint32Array(count + 1);
  let at = 12;
  for (let index = 0; index < count; index++) {
    starts[index] = at;
    const nameEnd = bytes.indexOf(0, nameOffset({ bytes, idBytes }, at));
    if (nameEnd < 0) return undefined;
    // Entries are padded to a multiple of eight bytes with one to eight zeros.
    at += (nameEnd - at + 8) & ~7;
  }
  starts[count] = at;
  return hidesEntries(bytes, at, idBytes) ? undefined : { bytes, starts, idBytes };
}

/** The path of an entry, from the top of the work tree. */
export function indexedName(entries: IndexEntries, index: number): Buffer {
  const from = nameOffset(entries, entries.starts[index] ?? 0);
  return entries.bytes.subarray(from, entries.bytes.indexOf(0, from));
}

/** What an entry says of its file, as a tree says it. */
export function rowAt(
  { bytes, starts, idBytes }: IndexEntries,
  index: number,
): { readonly mode: string; readonly id: ObjectId } {
  const start = starts[index] ?? 0;
  const id = bytes.toString("hex", start + statBytes, start + statBytes + idBytes) as ObjectId;
  return { mode: bytes.readUInt32BE(start + modeAt).toString(8), id };
}

/** What an index says of the file at a path; undefined where it has none. */
export function rowOf(
  entries: IndexEntries,
  name: Buffer,
): { readonly mode: string; readonly id: ObjectId } | undefined {
  const index = firstFrom(entries, name);
  return index < entries.starts.length - 1 && indexedName(entries, index).equals(name)
    ? rowAt(entries, index)
    : undefined;
}

/** The first entry whose name is not before this one. */
function firstFrom(entries: IndexEntries, name: Buffer): number {
  let low = 0;
  let high = entries.starts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(indexedName(entries, middle), name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What an index knows at a path from the top of the work tree; "folder": files are tracked below it. */
export function trackedAs(entries: IndexEntries, name: Buffer): "file" | "submodule" | "folder" | "nothing" {
  const count = entries.starts.length - 1;
  const index = firstFrom(entries, name);
  if (index < count && indexedName(entries, index).equals(name)) {
    const mode = entries.bytes.readUInt32BE((entries.starts[index] ?? 0) + modeAt);
    return mode === submoduleMode ? "submodule" : "file";
  }
  const folder = Buffer.concat([name, Buffer.from("/")]);
  const inside = firstFrom(entries, folder);
  return inside < count && indexedName(entries, inside).subarray(0, folder.length).equals(folder)
    ? "folder"
    : "nothing";
}

/** Whether Git tracks a path (or files below it), where its index can be read by looking at it: false too where it can't. */
export function isSurelyTracked(workTree: string, inside: string): boolean {
  const { gitDir, objectFormat } = openRepository(workTree);
  const index = readIfExists(path.join(gitDir, "index"), largeFileBytes);
  const entries = index && findEntries(index, objectFormat === "sha1" ? 20 : 32);
  return entries !== undefined && trackedAs(entries, Buffer.from(inside)) !== "nothing";
}

/** A file of an index as Git wrote it. */
export interface IndexedFile {
  /** From the top of the work tree; bytes, since a name need not be UTF-8. */
  readonly name: Buffer;
  /** Seconds, and nanoseconds within them. */
  readonly changedAt: readonly [seconds: number, nanoseconds: number];
}

/** The files of an index with a ctime of that second or later. Git itself compares seconds only. */
export function filesChangedSince(entries: IndexEntries, second: number): readonly IndexedFile[] {
  const { bytes, starts } = entries;
  const found: IndexedFile[] = [];
  for (let index = 0; index < starts.length - 1; index++) {
    const at = starts[index] ?? 0;
    const seconds = bytes.readUInt32BE(at);
    if (seconds >= second)
      found.push({ name: indexedName(entries, index), changedAt: [seconds, bytes.readUInt32BE(at + 4)] });
  }
  return found;
}

import path from "node:path";
import { readIfExists } from "../base/files.ts";
import { openRepository } from "./repository.ts";

/** Index extensions with which the entries are not all in the file as plain paths: split index, sparse index. */
const extensionsThatHide = ["link", "sdir"];

/**
 * Whether Git may track a path (a file, or a folder with tracked files), by a look into the index without starting git.
 * "no" is certain; "maybe" means that git has to be asked.
 * @param inside the path from the top of the work tree, "/" between the parts
 */
export function mayBeTracked(workTree: string, inside: string): "no" | "maybe" {
  const index = readIfExists(path.join(openRepository(workTree).gitDir, "index"));
  if (index === undefined) return "no";
  const version = index.length < 12 ? 0 : index.readUInt32BE(4);
  // Version 4 shortens paths by what they share with the one before.
  if (version !== 2 && version !== 3) return "maybe";
  if (extensionsThatHide.some((name) => index.includes(name))) return "maybe";
  return index.includes(`${inside}\0`) || index.includes(`${inside}/`) ? "maybe" : "no";
}

/** Entries of an index as Git wrote them: files whose inode changed at that second or later. */
export interface IndexedFile {
  /** From the top of the work tree; bytes, since a name need not be UTF-8. */
  readonly name: Buffer;
  /** Seconds, and nanoseconds within them. */
  readonly changedAt: readonly [seconds: number, nanoseconds: number];
}

/** Bytes before the object id of an entry: times, device, inode, mode, owner, size. */
const statBytes = 40;

/**
 * The files of an index of version 2 or 3 with a ctime of that second or later. Git itself compares seconds only.
 * Answers nothing for an index that it can't read.
 */
export function filesChangedSince(index: Buffer, second: number, idBytes: 20 | 32): readonly IndexedFile[] {
  const version = index.length < 12 ? 0 : index.readUInt32BE(4);
  if (version !== 2 && version !== 3) return [];
  const found: IndexedFile[] = [];
  let at = 12;
  for (let left = index.readUInt32BE(8); left > 0; left--) {
    const seconds = index.readUInt32BE(at);
    const flagsAt = at + statBytes + idBytes;
    const isExtended = (index.readUInt16BE(flagsAt) & 0x4000) !== 0;
    const nameAt = flagsAt + (isExtended ? 4 : 2);
    const nameEnd = index.indexOf(0, nameAt);
    if (seconds >= second)
      found.push({ name: index.subarray(nameAt, nameEnd), changedAt: [seconds, index.readUInt32BE(at + 4)] });
    // Entries are padded to a multiple of eight bytes with one to eight zeros.
    at += (nameEnd - at + 8) & ~7;
  }
  return found;
}

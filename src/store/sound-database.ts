/**
 * LMDB maps its file into memory and trusts it: a file that was cut short or overwritten ends the process (SIGBUS), before
 * any error could be caught. So the head of the file is looked at first, and a file that can't be one is removed.
 */
import { closeSync, fstatSync, openRead, readSync, removeFile } from "../base/files.ts";

/** Where a page that describes the database holds its fields, in the format of npm `lmdb` 3. */
const field = { magic: 24, version: 28, pageSize: 48, lastPage: 144, end: 160 } as const;
const magic = 0xbeefc0de;
const formatVersion = 2;

function readAt(handle: number, position: number): Buffer | undefined {
  const head = Buffer.alloc(field.end);
  return readSync(handle, head, 0, field.end, position) === field.end ? head : undefined;
}

function isMeta(head: Buffer | undefined): head is Buffer {
  return head?.readUInt32LE(field.magic) === magic && head.readUInt32LE(field.version) === formatVersion;
}

function isSound(handle: number): boolean {
  // Just made by another process, not written yet: LMDB takes it for a new one.
  if (fstatSync(handle).size === 0) return true;
  const first = readAt(handle, 0);
  if (!isMeta(first)) return false;
  const pageSize = first.readUInt32LE(field.pageSize);
  if (pageSize < 512 || pageSize > 65536) return false;
  const second = readAt(handle, pageSize);
  if (!isMeta(second)) return false;
  const lastPage = [first, second].map((head) => Number(head.readBigUInt64LE(field.lastPage)));
  // The size is asked for last: another process may be adding pages, and it writes them before it names them.
  return fstatSync(handle).size >= (Math.max(...lastPage) + 1) * pageSize;
}

/** Removes a database file that LMDB could not survive, with its lock. No file, or a sound one, stays as it is. */
export function removeUnsoundDatabase(file: string): void {
  let handle: number;
  try {
    handle = openRead(file);
  } catch {
    return;
  }
  let sound = false;
  try {
    sound = isSound(handle);
  } finally {
    closeSync(handle);
  }
  if (sound) return;
  removeFile(file);
  removeFile(`${file}-lock`);
}

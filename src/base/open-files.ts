/** Files and folders that are held open. With files.ts the one door to the file system: here too every change is told first. */

import * as fs from "node:fs";
import { devNull } from "node:os";
import { beforeEffect, beforeWrite } from "./effects.ts";
import { isSystemError } from "./errors.ts";
import { holdFor } from "./pause.ts";

interface Written {
  readonly kind: "write" | "append";
  readonly file: string;
}

/** Writes all of the data, however little the system takes at once. A failure names the file, which Node's does not. */
export function writeWhole(handle: number, data: string | Uint8Array, { kind, file }: Written): void {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  try {
    for (let at = 0; at < bytes.length; )
      at += fs.writeSync(handle, bytes, at, beforeWrite(kind, file, bytes.length - at));
  } catch (error) {
    nameIn(error, file);
    throw error;
  }
}

/** Puts the file into a failure of a system call that got a descriptor: Node does not name it. */
export function nameIn(error: unknown, file: string): void {
  if (isSystemError(error)) error.path = file;
}

/** What `openAppend` opened, for messages: descriptor to path. A descriptor that is used again is entered again. */
const appended = new Map<number, string>();

/** Opens a file for appending (a log) and returns its descriptor; close it with closeSync. */
export function openAppend(file: string): number {
  beforeEffect("open", file);
  const handle = fs.openSync(file, "a", 0o644);
  appended.set(handle, file);
  return handle;
}

/** Opens a file for what follows, emptied or made anew: lines that several threads append to it. */
export function openEmptied(file: string): number {
  beforeEffect("open", file);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = fs.constants;
  return fs.openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o644);
}

/** Opens a file to lock it, made where it is missing, and leaves its content alone; close it with closeSync. */
export function openForLock(file: string): number {
  beforeEffect("open", file);
  return fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o666);
}

/** Replaces the content of an open file in place: for short texts that only tell who holds a lock. A failure names the file. */
export function rewriteOpen(handle: number, file: string, text: string): void {
  try {
    beforeEffect("write", file);
    fs.ftruncateSync(handle, 0);
    fs.writeSync(handle, text, 0);
  } catch (error) {
    nameIn(error, file);
    throw error;
  }
}

/** Opens a folder itself; a link in its place is refused (ENOTDIR or ELOOP). Close it with closeSync. */
export function openFolder(folder: string): number {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  return fs.openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/** Opens a file to be read; does not wait where a pipe that nobody writes has taken its place. */
export function openRead(file: string): number {
  return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
}

/** Writes all of the data to a descriptor that was open before us, where it stands. */
export function writeOpen(handle: number, data: string | Uint8Array): void {
  writeWhole(handle, data, { kind: "append", file: `descriptor ${handle}` });
}

/** Appends all of the data to what `openAppend` opened. */
export function appendTo(handle: number, data: string | Uint8Array): void {
  writeWhole(handle, data, { kind: "append", file: appended.get(handle) ?? `descriptor ${handle}` });
}

/** How long a reader of a pipe may take before a line is given up. */
const lineLimitMs = 10_000;

/**
 * Writes a line for people: to stderr, to a profile. It costs what it must and fails in nobody's way: a reader that is slow
 * is waited for, one that is gone and a full disk lose the line.
 */
export function writeLine(handle: number, line: string): void {
  const bytes = Buffer.from(line);
  const until = Date.now() + lineLimitMs;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(handle, bytes, at, beforeWrite("append", `descriptor ${handle}`, bytes.length - at));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // The other side of a pipe that Node made non-blocking has not read yet.
      if (error.code !== "EAGAIN" || Date.now() > until) return;
      holdFor(2);
    }
  }
}

/** What Linux says of /proc and /sys: PROC_SUPER_MAGIC, SYSFS_MAGIC. */
const systemsOwn = new Set([0x9fa0, 0x62656572]);

/** Whether a file lies where the kernel tells of itself: its size says nothing. */
export function isMadeBySystem(file: string): boolean {
  return systemsOwn.has(fs.statfsSync(file).type);
}

/**
 * Throws (EMFILE) where so many files can't be opened beside those that are open: for code of others that a failure in the middle
 * would leave in no known state.
 */
export function needDescriptors(count: number): void {
  const handles: number[] = [];
  try {
    while (handles.length < count) handles.push(openRead(devNull));
  } finally {
    for (const handle of handles) fs.closeSync(handle);
  }
}

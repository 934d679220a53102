/**
 * The one door to the file system. Every call that changes something passes `beforeEffect`, so that a test can make the
 * process die, or the call fail, at the Nth of them; nothing else in src/ imports node:fs (a lint rule).
 *
 * Promise: content that others may read is written aside, then renamed or linked into place. What names other
 * files (queue state, claims) is synced first; what is checked by hash when read (the cache) is not.
 */
import * as fs from "node:fs";
import path from "node:path";
import { beforeEffect } from "./effects.ts";
import { systemErrorCode } from "./errors.ts";

export {
  type BigIntStats,
  closeSync,
  createReadStream,
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statfsSync,
  statSync,
} from "node:fs";

/** The bytes of a file, or undefined where there is none. Other failures are thrown. */
export function readIfExists(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

export function lstatIfExists(file: string): fs.Stats | undefined {
  return fs.lstatSync(file, { throwIfNoEntry: false });
}

export function makeFolder(folder: string): void {
  beforeEffect("mkdir", folder);
  fs.mkdirSync(folder, { recursive: true });
}

/** Writes in place: only for files that nobody else reads before we are done. */
export function writePrivateFile(file: string, data: string | Uint8Array, mode = 0o666): void {
  beforeEffect("write", file);
  fs.writeFileSync(file, data, { mode });
}

let asideCounter = 0;

/** A name beside `file` for content that is renamed into place later. Unique among processes and threads. */
export function asideName(file: string): string {
  asideCounter += 1;
  const unique = `${process.pid}-${Math.random().toString(36).slice(2, 10)}-${asideCounter}`;
  return path.join(path.dirname(file), `.${path.basename(file).slice(0, 100)}.${unique}.tmp`);
}

export interface WriteAtomicOptions {
  readonly mode?: number;
  /** Flush to the disk before the rename: for files that name others. */
  readonly sync?: "flush";
}

/** Replaces a file whole: readers see the old content or the new one, also after a crash of the process. */
export function writeAtomic(file: string, data: string | Uint8Array, options: WriteAtomicOptions = {}): void {
  const aside = asideName(file);
  beforeEffect("write", aside);
  const handle = fs.openSync(aside, "wx", options.mode ?? 0o666);
  try {
    fs.writeFileSync(handle, data);
    if (options.sync === "flush") fs.fsyncSync(handle);
  } catch (error) {
    fs.closeSync(handle);
    fs.rmSync(aside, { force: true });
    throw error;
  }
  fs.closeSync(handle);
  rename(aside, file);
}

/** Creates a file whole, or answers false where one of that name exists already. The basis of claims and locks. */
export function createExclusive(file: string, data: string | Uint8Array): boolean {
  const aside = asideName(file);
  writePrivateFile(aside, data);
  try {
    beforeEffect("link", file);
    fs.linkSync(aside, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

export function rename(from: string, to: string): void {
  beforeEffect("rename", to);
  fs.renameSync(from, to);
}

/** Removes a file; one that is not there is fine. */
export function removeFile(file: string): void {
  beforeEffect("unlink", file);
  try {
    fs.unlinkSync(file);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
}

/** Removes a file or a whole folder; nothing there is fine. Links are removed, never followed. */
export function removeTree(target: string): void {
  beforeEffect("rmtree", target);
  fs.rmSync(target, { recursive: true, force: true, maxRetries: 3 });
}

export function symlink(target: string, file: string): void {
  beforeEffect("symlink", file);
  fs.symlinkSync(target, file);
}

export function hardLink(existing: string, file: string): void {
  beforeEffect("link", file);
  fs.linkSync(existing, file);
}

/** Copies a file's bytes, sharing them where the file system can (reflink); refuses to overwrite. */
export function copyFileFresh(from: string, to: string): void {
  beforeEffect("copy", to);
  fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
}

/** As copyFileFresh, without holding up the thread: for many files at a time. */
export async function copyFileInBackground(from: string, to: string): Promise<void> {
  beforeEffect("copy", to);
  await fs.promises.copyFile(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
}

/** Shares a file's blocks (reflink), or throws where the file system can't; refuses to overwrite. */
export function cloneFile(from: string, to: string): void {
  beforeEffect("copy", to);
  fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE_FORCE);
}

export function setMode(file: string, mode: number): void {
  beforeEffect("chmod", file);
  fs.chmodSync(file, mode);
}

/** Sets access and modification time, in seconds. */
export function setTimes(file: string, atime: number, mtime: number): void {
  beforeEffect("utimes", file);
  fs.utimesSync(file, atime, mtime);
}

/** Opens a file for appending (a log) and returns its descriptor; close it with closeSync. */
export function openAppend(file: string): number {
  beforeEffect("open", file);
  return fs.openSync(file, "a", 0o644);
}

export function openRead(file: string): number {
  return fs.openSync(file, "r");
}

export function truncateFile(file: string, length: number): void {
  beforeEffect("write", file);
  fs.truncateSync(file, length);
}

/**
 * Adds text to a file of lines that is there already: all of it, or none where the disk is full. Much cheaper than
 * replacing the file, which makes ext4 write the new content out at once. Links are not followed (ELOOP).
 */
export function appendText(file: string, text: string): void {
  beforeEffect("append", file);
  const handle = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_APPEND | fs.constants.O_NOFOLLOW);
  try {
    const { size } = fs.fstatSync(handle);
    try {
      fs.writeFileSync(handle, text);
    } catch (error) {
      fs.ftruncateSync(handle, size);
      throw error;
    }
  } finally {
    fs.closeSync(handle);
  }
}

export function appendTo(handle: number, data: string | Uint8Array): void {
  beforeEffect("append", String(handle));
  fs.writeSync(handle, data as Uint8Array);
}

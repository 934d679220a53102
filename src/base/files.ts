/**
 * The one door to the file system, with open-files.ts. Every call that changes something passes `beforeEffect`, so that a test can make the
 * process die, or the call fail, at the Nth of them; nothing else in src/ imports node:fs (a lint rule).
 *
 * Promise: content that others may read is written aside, then renamed or linked into place. Nothing is flushed to the disk: what
 * a power cut may take is checked when it is read (the cache), or can be made again.
 */
import * as fs from "node:fs";
import path from "node:path";
import { asideName } from "./asides.ts";
import { beforeEffect } from "./effects.ts";
import { exitCodes, isSystemError, SweeplineError, systemErrorCode } from "./errors.ts";
import { nameIn, writeWhole } from "./open-files.ts";
import { fileSizeLimit, tooLarge } from "./size-limit.ts";

export {
  type BigIntStats,
  closeSync,
  createReadStream,
  type Dirent,
  existsSync,
  fstatSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
} from "node:fs";

/** Who takes it that nothing may be there gets that answer for a name with a NUL too, at which Node throws. */
function answering<Call extends typeof fs.statSync | typeof fs.lstatSync>(call: Call): Call {
  const ask = (file: fs.PathLike, options?: fs.StatSyncOptions) => {
    const isNameless = typeof file === "string" ? file.includes("\0") : Buffer.isBuffer(file) && file.includes(0);
    return isNameless && options?.throwIfNoEntry === false ? undefined : call(file, options);
  };
  return ask as Call;
}

export const statSync = answering(fs.statSync);
export const lstatSync = answering(fs.lstatSync);

/** A path as text, or as bytes where a name need not be UTF-8. */
export type FilePath = string | Buffer;

/** For what may be larger than any file of people: lists of a million files, Git's index, our own memory. */
export const largeFileBytes = 1024 ** 3;

/**
 * The bytes of a file, or undefined where there is none. Other failures are thrown; NOT_A_FILE for a folder, a pipe or a
 * device that somebody left in its place (the last two would keep us waiting for ever), FILE_TOO_LARGE above the limit.
 * All reading of whole files goes this way (test/lint/reading.test.ts).
 */
export function readIfExists(file: string, limit = fileSizeLimit()): Buffer | undefined {
  let handle: number;
  try {
    handle = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    // A socket can't even be opened.
    throw code === "ENXIO" ? notAFile(file) : error;
  }
  try {
    const stats = fs.fstatSync(handle);
    if (!stats.isFile()) throw notAFile(file, stats.isDirectory() ? "a folder" : otherKinds);
    if (stats.size > limit) throw tooLarge(file, stats.size, limit);
    return stats.size > 0 ? fs.readFileSync(handle) : readUnsized(handle, file, limit);
  } catch (error) {
    nameIn(error, file);
    throw error;
  } finally {
    fs.closeSync(handle);
  }
}

/** Files of the system that are made while they are read have no size, and some no end. */
function readUnsized(handle: number, file: string, limit: number): Buffer {
  const pieces: Buffer[] = [];
  for (let read = 0; ; ) {
    const piece = Buffer.allocUnsafe(pieces.length === 0 ? 4096 : 1 << 20);
    const count = fs.readSync(handle, piece);
    if (count === 0) return Buffer.concat(pieces);
    read += count;
    if (read > limit) throw tooLarge(file, read, limit);
    pieces.push(piece.subarray(0, count));
  }
}

const otherKinds = "a pipe, a socket or a device";

/** What a pipe, a socket or a device (or what is named) in the place of a file is refused with. */
export function notAFile(file: string, kind = otherKinds): SweeplineError {
  return new SweeplineError({
    code: "NOT_A_FILE",
    message: `'${file}' is not a file, but ${kind}`,
    ...(kind === otherKinds ? { exitCode: exitCodes.noInput } : {}),
  });
}

/** As readIfExists, where the file has been seen or is needed: ENOENT where there is none. */
export function readPlainFile(file: string, limit = fileSizeLimit()): Buffer {
  const bytes = readIfExists(file, limit);
  if (bytes !== undefined) return bytes;
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), {
    code: "ENOENT",
    syscall: "open",
    path: file,
  });
}

/** As readIfExists, also from a pipe or a device, up to the limit: for a file that the user names on the command line, as in `--file <(command)`. */
export function readInputIfExists(file: string): Buffer | undefined {
  let handle: number;
  try {
    handle = fs.openSync(file, "r");
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
  try {
    return readUnsized(handle, file, fileSizeLimit());
  } finally {
    fs.closeSync(handle);
  }
}

/** What is at a path, links not followed; undefined where nothing is, nor can be, because a file is in a folder's place. */
export function lstatIfExists(file: FilePath): fs.Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (isSystemError(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Makes a folder and those above it; one that is there stays as it is. */
export function makeFolder(folder: string): void {
  makeFolders(path.resolve(folder));
}

function isFolder(name: string): boolean {
  return fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** One by one: Node's own way says ENOENT on a read-only disk, and never ends below /proc. */
function makeFolders(folder: string): void {
  if (isFolder(folder)) return;
  if (path.dirname(folder) !== folder) makeFolders(path.dirname(folder));
  beforeEffect("mkdir", folder);
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (!isSystemError(error) || !isFolder(folder)) throw error;
  }
}

/** Writes in place: only for files that nobody else reads before we are done. */
export function writePrivateFile(file: string, data: string | Uint8Array, mode = 0o666): void {
  beforeEffect("open", file);
  const handle = fs.openSync(file, "w", mode);
  try {
    writeWhole(handle, data, { kind: "write", file });
  } finally {
    fs.closeSync(handle);
  }
}

/** What stays of a failed write is in nobody's way, whoever it was that failed. */
function removeAside(aside: string): void {
  try {
    beforeEffect("unlink", aside);
    fs.rmSync(aside, { force: true, recursive: true });
  } catch (error) {
    // The failure that brought us here says more; `exp clean` removes the file once we are gone.
    if (!isSystemError(error)) throw error;
  }
}

/**
 * Lets `write` make a file under a name beside `file`, and rename it into place or give it up; where it throws, nothing
 * of that name stays.
 */
export function withAside<T>(file: string, write: (aside: string) => T): T {
  const aside = asideName(file);
  try {
    return write(aside);
  } catch (error) {
    removeAside(aside);
    throw error;
  }
}

/** As withAside, for work that takes longer. */
export async function withAsideLater<T>(file: string, write: (aside: string) => Promise<T>): Promise<T> {
  const aside = asideName(file);
  try {
    return await write(aside);
  } catch (error) {
    removeAside(aside);
    throw error;
  }
}

export interface WriteAtomicOptions {
  readonly mode?: number;
}

/** Replaces a file whole: readers see the old content or the new one, also after a crash of the process. */
export function writeAtomic(file: string, data: string | Uint8Array, options: WriteAtomicOptions = {}): void {
  withAside(file, (aside) => {
    writeAside(aside, data, options);
    rename(aside, file);
  });
}

function writeAside(aside: string, data: string | Uint8Array, options: WriteAtomicOptions): void {
  beforeEffect("open", aside);
  const handle = fs.openSync(aside, "wx", options.mode ?? 0o666);
  try {
    writeWhole(handle, data, { kind: "write", file: aside });
  } finally {
    fs.closeSync(handle);
  }
}

/** Creates a file whole, or answers false where one of that name exists already. The basis of claims and locks. */
export function createExclusive(file: string, data: string | Uint8Array): boolean {
  const aside = asideName(file);
  try {
    writePrivateFile(aside, data);
    beforeEffect("link", file);
    fs.linkSync(aside, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    beforeEffect("unlink", aside);
    fs.rmSync(aside, { force: true });
  }
}

export function rename(from: FilePath, to: string): void {
  beforeEffect("rename", to);
  fs.renameSync(from, to);
}

/** Removes a file; one that is not there is fine. */
export function removeFile(file: FilePath): void {
  beforeEffect("unlink", String(file));
  try {
    fs.unlinkSync(file);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
}

/** Removes a file or a whole folder; nothing there is fine. Links are removed, never followed. */
export function removeTree(target: FilePath): void {
  beforeEffect("rmtree", String(target));
  try {
    fs.rmSync(target, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "")) throw error;
    // Node 26 has no code for some failures, too many open files among them: listing the folder fails for the same reason.
    fs.readdirSync(target);
    throw Object.assign(error, { code: "EIO" });
  }
}

/** Removes a folder where nothing is in it; answers whether it did. */
export function removeEmptyFolder(folder: FilePath): boolean {
  beforeEffect("rmtree", String(folder));
  try {
    fs.rmdirSync(folder);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOTEMPTY" || systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

export function symlink(target: string, file: string): void {
  beforeEffect("symlink", file);
  fs.symlinkSync(target, file);
}

export function hardLink(existing: string, file: string): void {
  beforeEffect("link", file);
  fs.linkSync(existing, file);
}

/** Copies a file's bytes, sharing them where the file system can (reflink); refuses to overwrite. Throws NOT_A_FILE for a pipe, which would keep us waiting. */
export function copyFileFresh(from: string, to: string): void {
  if (!fs.statSync(from).isFile()) throw notAFile(from);
  beforeEffect("copy", to);
  fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
}

/** As copyFileFresh, without holding up the thread: for many files at a time. */
export async function copyFileInBackground(from: string, to: string): Promise<void> {
  if (!(await fs.promises.stat(from)).isFile()) throw notAFile(from);
  beforeEffect("copy", to);
  await fs.promises.copyFile(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
}

/** Shares a file's blocks (reflink), or throws where the file system can't; refuses to overwrite. */
export function cloneFile(from: string, to: string): void {
  beforeEffect("copy", to);
  fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE_FORCE);
}

export function setMode(file: FilePath, mode: number): void {
  beforeEffect("chmod", String(file));
  fs.chmodSync(file, mode);
}

/** Sets access and modification time, in seconds. */
export function setTimes(file: string, atime: number, mtime: number): void {
  beforeEffect("utimes", file);
  fs.utimesSync(file, atime, mtime);
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
  beforeEffect("open", file);
  const handle = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_APPEND | fs.constants.O_NOFOLLOW);
  try {
    const { size } = fs.fstatSync(handle);
    try {
      writeWhole(handle, text, { kind: "append", file });
    } catch (error) {
      fs.ftruncateSync(handle, size);
      throw error;
    }
  } finally {
    fs.closeSync(handle);
  }
}

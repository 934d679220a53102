/** MD5 of files, as DVC 3 takes it: plain bytes, no conversion of line ends. */
import { createHash } from "node:crypto";
import { piecesOf } from "../base/file-chunks.ts";
import { closeSync, fstatSync, notAFile, readSync } from "../base/files.ts";
import { openRead } from "../base/open-files.ts";
import { traced } from "../base/trace.ts";

/** What a lock file or a .dvc file says of a file or a folder. A folder's md5 ends in `.dir`. */
export interface DataHash {
  readonly md5: string;
  readonly size: number;
  /** Folders only: how many files. */
  readonly nfiles?: number;
  /** Files only. */
  readonly isexec?: true;
}

export interface FileHash {
  readonly md5: string;
  readonly size: number;
}

/** Up to this size a file is read at once and synchronously: a stream costs 0.2 ms, reading 1 MB about as much. */
const smallFile = 1 << 20;
let smallBuffer: Buffer | undefined;

export function hashBytes(data: string | Uint8Array): string {
  return createHash("md5").update(data).digest("hex");
}

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Reads until the end or until the buffer is full; answers how many bytes. */
function readFully(handle: number, buffer: Buffer): number {
  let filled = 0;
  for (;;) {
    const count = readSync(handle, buffer, filled, buffer.length - filled, null);
    filled += count;
    if (count === 0 || filled === buffer.length) return filled;
  }
}

/** The hash of a small file, or undefined where it is too big for one read. */
function hashSmallFile(file: string): FileHash | undefined {
  const handle = openRead(file);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw notAFile(file);
    if (stats.size >= smallFile) return undefined;
    smallBuffer ??= Buffer.allocUnsafe(smallFile);
    const size = readFully(handle, smallBuffer);
    if (size === smallBuffer.length) return undefined;
    return { md5: hashBytes(smallBuffer.subarray(0, size)), size };
  } finally {
    closeSync(handle);
  }
}

async function hashStream(file: string): Promise<FileHash> {
  const hash = createHash("md5");
  let size = 0;
  for await (const bytes of piecesOf(file, smallFile)) {
    hash.update(bytes);
    size += bytes.length;
  }
  return { md5: hash.digest("hex"), size };
}

/** MD5 and size of a file's bytes; links are followed. Throws the system's error where it can't be read. */
export function hashFile(file: string): Promise<FileHash> {
  const detail = (hash: FileHash | undefined) => `${file}: ${hash?.size} bytes, ${hash?.md5}`;
  return traced({ topic: "hash", name: "file", detail }, async () => hashSmallFile(file) ?? (await hashStream(file)));
}

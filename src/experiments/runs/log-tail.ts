import { isSystemError } from "../../base/errors.ts";
import { closeSync, fstatSync, readSync } from "../../base/files.ts";
import { openRead } from "../../base/open-files.ts";

const tailBytes = 64 * 1024;

/** The last 64 KB of a log; nothing of one that can't be read. */
export function logTail(file: string): Buffer {
  try {
    return readTail(openRead(file));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return Buffer.alloc(0);
  }
}

function readTail(handle: number): Buffer {
  try {
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    readSync(handle, buffer, 0, buffer.length, Math.max(0, size - tailBytes));
    return buffer;
  } finally {
    closeSync(handle);
  }
}

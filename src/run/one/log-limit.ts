/**
 * Keeps a log bounded while stages write into it: its head and its tail stay, what was in between is cut, and a line
 * says so. Stages write straight to the file, with no process of ours in between; since they append, the file can be
 * cut under them, if they are held still for that moment.
 */
import { isSystemError } from "../../base/errors.ts";
import { closeSync, fstatSync, lstatIfExists, readSync, truncateFile } from "../../base/files.ts";
import { appendTo, openAppend, openRead } from "../../base/open-files.ts";

export interface LogLimits {
  /** A log that is larger is cut. */
  readonly mostBytes: number;
  /** How much of its start and of its end is kept then. */
  readonly keptBytes: number;
}

const logLimits: LogLimits = { mostBytes: 64 << 20, keptBytes: 24 << 20 };

const checkMs = 250;

function readRange(handle: number, from: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const count = readSync(handle, buffer, read, length - read, from + read);
    if (count === 0) break;
    read += count;
  }
  return buffer.subarray(0, read);
}

/** What an earlier cut said, at the place where it said it. */
const noticePattern = /^\n\[sweepline: (\d+) bytes of this log were cut here\]\n/;

function notice(bytes: number): string {
  return `\n[sweepline: ${bytes} bytes of this log were cut here]\n`;
}

/** Cuts a log that has become too large, while nobody writes into it. Answers whether it did. */
export function limitLog(file: string, limits: LogLimits = logLimits): boolean {
  const size = lstatIfExists(file)?.size ?? 0;
  if (size <= limits.mostBytes) return false;
  const { keptBytes } = limits;
  const reader = openRead(file);
  const writer = openAppend(file);
  try {
    const end = fstatSync(reader).size;
    const earlier = noticePattern.exec(readRange(reader, keptBytes, 100).toString("latin1"));
    const cutBefore = earlier === null ? 0 : Number(earlier[1]) - earlier[0].length;
    const tail = readRange(reader, end - keptBytes, keptBytes);
    truncateFile(file, keptBytes);
    appendTo(writer, notice(cutBefore + end - 2 * keptBytes));
    appendTo(writer, tail);
    return true;
  } finally {
    closeSync(reader);
    closeSync(writer);
  }
}

export interface LogWatch {
  /** Looks a last time and stops. */
  close(): void;
}

/** Does the cutting at a moment when nobody writes, or leaves it for the next time. */
export type WhileNobodyWrites = (cut: () => void) => void;

/**
 * Looks at the log again and again while something writes into it, and a last time when that has ended.
 * @param whileNobodyWrites absent: this thread writes itself
 */
export function watchLog(file: string, whileNobodyWrites: WhileNobodyWrites = (cut) => cut()): LogWatch {
  const look = (when: WhileNobodyWrites) => {
    try {
      if ((lstatIfExists(file)?.size ?? 0) > logLimits.mostBytes) when(() => limitLog(file));
    } catch (error) {
      // A full disk or a missing file must not end the run: the log is only for people.
      if (!isSystemError(error)) throw error;
    }
  };
  const timer = setInterval(() => look(whileNobodyWrites), checkMs);
  timer.unref();
  return {
    close: () => {
      clearInterval(timer);
      look((cut) => cut());
    },
  };
}

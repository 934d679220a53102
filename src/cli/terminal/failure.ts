import { wordsOfSystemError } from "../../base/errno.ts";
import { exitCodes, SweeplineError, systemErrorCode } from "../../base/errors.ts";
import { closeSync } from "../../base/files.ts";
import { openRead } from "../../base/open-files.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { jsonOf, visible, visibleText } from "../../base/text/visible.ts";
import { printsTrace } from "../../base/trace.ts";
import { eventSchema } from "../../experiments/events.ts";
import type { ExitCode, Io } from "./io.ts";
import { noticeText } from "./notice.ts";

/** Of a longer line only the neighbourhood of the place is shown. */
const shownWidth = 200;

/** The line of the place, with the place underlined; offsets count code units. */
function underline(text: string, offset: number, length: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const newline = text.indexOf("\n", offset);
  const line = text.slice(start, newline < 0 ? text.length : newline).replace(/\t/g, " ");
  const column = offset - start;
  // Escapes are longer than what they stand for: the caret goes by what is shown.
  const from = Math.max(0, Math.min(column - shownWidth / 2, line.length - shownWidth));
  const to = Math.min(line.length, from + shownWidth);
  const markedTo = Math.min(column + length, to);
  const before = (from > 0 ? "..." : "") + visible(line.slice(from, column));
  const marked = visible(line.slice(column, markedTo));
  const after = visible(line.slice(markedTo, to)) + (to < line.length ? "..." : "");
  return `  ${before}${marked}${after}\n  ${" ".repeat(before.length)}${"^".repeat(Math.max(1, marked.length))}`;
}

/** Opening may mean reading or writing, and the error does not tell: what is there and can't be read was to be read. */
function isUnreadable(file: string): boolean {
  try {
    closeSync(openRead(file));
    return false;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return code !== "ENOENT";
  }
}

const readingCalls = new Set(["read", "scandir", "opendir", "stat", "lstat", "readlink", "realpath", "access"]);

/** `cannot write 'PATH': permission denied`, or undefined where the error may be ours. */
function systemFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { path, dest, syscall }: NodeJS.ErrnoException & { readonly dest?: string } = error;
  const words = wordsOfSystemError(error);
  if (words === undefined || path === undefined) return undefined;
  const isReading = readingCalls.has(syscall ?? "") || (syscall === "open" && isUnreadable(path));
  return `cannot ${isReading ? "read" : "write"} '${dest ?? path}': ${words}`;
}

/**
 * Prints a failure on stderr as `ERROR: ...` with its place and hint, and returns the exit code that it stands for; undefined,
 * and nothing printed, for what nobody expected: a bug (bug.ts).
 */
export function printFailure(error: unknown, io: Pick<Io, "stderr">): ExitCode | undefined {
  const systemMessage = systemFailure(error);
  if (systemMessage !== undefined) {
    io.stderr.write(`ERROR: ${visibleText(systemMessage)}\n`);
    return exitCodes.refused;
  }
  if (!(error instanceof SweeplineError)) return undefined;
  // Names, commands and values in it come from anybody's repository: nothing that a terminal would obey.
  io.stderr.write(`ERROR: ${withoutCredentials(visibleText(error.message))}\n`);
  if (error.place !== undefined)
    io.stderr.write(`${visibleText(underline(error.place.text, error.place.offset, error.place.length))}\n`);
  if (error.hint !== undefined)
    io.stderr.write(noticeText(io.stderr, `HINT: ${withoutCredentials(visibleText(error.hint))}`));
  // For who looks closer: the name that docs/errors.md and programs know it by.
  if (printsTrace()) io.stderr.write(`CODE: ${error.code}\n`);
  return error.exitCode;
}

/**
 * A failure as the last event of a command that prints events (docs/events.md), without the newline: what `printFailure` says,
 * as data. `code` is of docs/errors.md, or the system's name (`ENOSPC`) where the system refused. Bugs are none.
 */
export function failureEvent(error: unknown): string | undefined {
  const systemMessage = systemFailure(error);
  if (systemMessage === undefined && !(error instanceof SweeplineError)) return undefined;
  const { message, code, hint } =
    error instanceof SweeplineError && systemMessage === undefined
      ? { message: error.message, code: error.code, hint: error.hint }
      : { message: systemMessage ?? "", code: systemErrorCode(error), hint: undefined };
  const words = {
    message: withoutCredentials(message),
    ...(hint === undefined ? {} : { hint: withoutCredentials(hint) }),
  };
  return jsonOf({ schema: eventSchema, type: "refused", code, ...words, at: Date.now() });
}

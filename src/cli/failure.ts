import { exitCodes, SweeplineError } from "../base/errors.ts";
import { visibleText } from "../base/visible.ts";
import type { ExitCode, Io } from "./io.ts";

/** The line of the place, with the place underlined; offsets count code units. */
function underline(text: string, offset: number, length: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const newline = text.indexOf("\n", offset);
  const line = text.slice(start, newline < 0 ? text.length : newline).replace(/\t/g, " ");
  const column = offset - start;
  const width = Math.max(1, Math.min(length, line.length - column));
  return `  ${line}\n  ${" ".repeat(column)}${"^".repeat(width)}`;
}

/** Prints a failure on stderr as `ERROR: ...` with its place and hint, and returns the exit code that it stands for. */
export function printFailure(error: unknown, io: Io): ExitCode {
  if (!(error instanceof SweeplineError)) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.stderr.write(
      `ERROR: unexpected error - ${visibleText(detail)}\n\nThis is a bug in sweepline: please report it with the lines above.\n`,
    );
    return exitCodes.refused;
  }
  // Names, commands and values in it come from anybody's repository: nothing that a terminal would obey.
  io.stderr.write(`ERROR: ${visibleText(error.message)}\n`);
  if (error.place !== undefined)
    io.stderr.write(`${visibleText(underline(error.place.text, error.place.offset, error.place.length))}\n`);
  if (error.hint !== undefined) io.stderr.write(`HINT: ${visibleText(error.hint)}\n`);
  return error.exitCode;
}

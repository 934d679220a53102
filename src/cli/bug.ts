/** What is printed of a failure that nobody expected: where in src/ it is, and what a report of it has to say. */
import { exitCodes } from "../base/errors.ts";
import { withoutCredentials } from "../base/text/secrets.ts";
import { visibleText } from "../base/text/visible.ts";
import { stackOf, withSourcePlaces } from "../base/trace/stack.ts";
import { bugTracker, version } from "../base/version.ts";
import { gitVersion } from "../git/porcelain.ts";
import { commandWords } from "./resolve.ts";
import type { ExitCode, Io } from "./terminal/io.ts";
import { maskedCommandLine } from "./words/masked-command-line.ts";

async function gitWords(folder: string): Promise<string> {
  try {
    const version = await gitVersion(folder);
    return version === undefined ? "no Git" : `Git ${version.text}`;
  } catch (error) {
    // The report of one bug is not the place for the next: a folder that is gone, a Git that can't be run.
    return `no Git (${error instanceof Error ? error.message : error})`;
  }
}

/** All that a report of a bug needs: its stack in terms of src/, versions, and the command line without its values. */
export function bugText(error: unknown, argv: readonly string[], git?: string): string {
  const where = bugTracker === "" ? "whoever maintains this installation of sweepline" : bugTracker;
  const versions = [`sweepline ${version}`, `Node ${process.versions.node}`, ...(git === undefined ? [] : [git])];
  const lines = [
    `ERROR: unexpected error - ${withoutCredentials(withSourcePlaces(stackOf(error)))}`,
    "",
    `This is a bug in sweepline. Please report it, with all lines of this message, to ${where}:`,
    `  ${versions.join(", ")}, ${process.platform} ${process.arch}`,
    `  ${maskedCommandLine(argv, commandWords(argv))}   (values are left out)`,
    "SWEEPLINE_DEBUG='*' in front of the command tells every step that leads to it, values included.",
  ];
  return `${visibleText(lines.join("\n"))}\n`;
}

/** Prints a bug that a command came back with. Answers the exit code. */
export async function printBug(error: unknown, argv: readonly string[], io: Io): Promise<ExitCode> {
  io.stderr.write(bugText(error, argv, await gitWords(io.cwd)));
  return exitCodes.refused;
}

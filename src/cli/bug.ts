/** What is printed of a failure that nobody expected: where in src/ it is, and what a report of it has to say. */
import { SourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { exitCodes } from "../base/errors.ts";
import { readIfExists } from "../base/files.ts";
import { withoutCredentials } from "../base/text/secrets.ts";
import { visibleText } from "../base/text/visible.ts";
import { bugTracker, version } from "../base/version.ts";
import { gitVersion } from "../git/porcelain.ts";
import { commandWords } from "./resolve.ts";
import type { ExitCode, Io } from "./terminal/io.ts";
import { maskedCommandLine } from "./words/masked-command-line.ts";

/** Where the built chunks and their maps lie. */
const ownFolder = path.dirname(fileURLToPath(import.meta.url));

/** The map of a chunk; undefined where there is none (the sources run unbuilt) or it can't be read. */
function sourceMapOf(chunk: string): SourceMap | undefined {
  const bytes = readIfExists(path.join(ownFolder, `${chunk}.map`));
  return bytes === undefined ? undefined : new SourceMap(JSON.parse(bytes.toString()));
}

/**
 * The text with each `.../dist/CHUNK.cjs:LINE:COLUMN` replaced by the place in src/ that it was made from. A text and not
 * an error, so that a stack which came from a worker thread, or as the cause of another, is read the same way. Node's own
 * `--enable-source-maps` would have to be on before the chunks load, which makes every command slower.
 */
export function withSourcePlaces(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(/(?:file:\/\/)?\/[^()\n]*\/([\w.-]+\.cjs):(\d+):(\d+)/g, (whole, chunk, line, column) => {
    if (!maps.has(chunk)) maps.set(chunk, sourceMapOf(chunk));
    const entry = maps.get(chunk)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry) || entry.originalSource === undefined) return whole;
    const file = path.posix.normalize(entry.originalSource).replace(/^(\.\.\/)+/, "");
    return `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

async function gitWords(folder: string): Promise<string> {
  try {
    const version = await gitVersion(folder);
    return version === undefined ? "no Git" : `Git ${version.text}`;
  } catch (error) {
    // The report of one bug is not the place for the next: a folder that is gone, a Git that can't be run.
    return `no Git (${error instanceof Error ? error.message : error})`;
  }
}

/** With its causes: what a promise or a worker wrapped is where it began. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
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

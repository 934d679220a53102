/** Stacks of failures that nobody expected, in terms of the sources. */
import { SourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readIfExists } from "../files.ts";

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

/** With its causes: what a promise or a worker wrapped is where it began. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}

/** Whole lines of a block collection: taking entries out and putting them in. */
import { endOfLine } from "../text/bracketed.ts";
import type { Splice } from "../text/located.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Page {
  readonly text: string;
  readonly eol: string;
}

/** The end of a value without the line ends that belong to a block scalar at its end. */
export function trimmedEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && /\s/.test(text[at - 1] ?? "")) at--;
  return at;
}

/** Behind the spaces at an offset: at the end of a line they would become part of a block scalar. */
export function skipSpaces(text: string, offset: number): number {
  let at = offset;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

/** Lines behind the entry that ends at `end`, and behind its comment. */
export function appendToBlock({ text, eol }: Page, end: number, lines: string): Splice {
  if (text[end - 1] === "\n") return { start: end, end, text: lines + eol };
  const at = endOfLine(text, end, text.length);
  return { start: at, end: at, text: eol + lines };
}

/** Lines before the item whose dash is at `dash`. */
export function insertBeforeItem(page: Page, dash: number, block: { lines: string; column: number }): Splice {
  const { text, eol } = page;
  const lineStart = startOfLine(text, dash);
  if (text.slice(lineStart, dash).trim() === "") return { start: lineStart, end: lineStart, text: block.lines + eol };
  return { start: dash, end: dash, text: `${block.lines.trimStart()}${eol}${" ".repeat(block.column)}` };
}

/** Takes out runs of entries with their lines; an entry that shares its line with a dash leaves the place to the next. */
export function removeRuns(
  text: string,
  spans: readonly Span[],
  runs: readonly (readonly [number, number])[],
): Splice[] {
  return runs.flatMap(([first, last]) => {
    const from = spans[first]?.start;
    const to = spans[last]?.end;
    if (from === undefined || to === undefined) return [];
    return [removeLines(text, { start: from, end: to }, spans[last + 1]?.start)];
  });
}

function removeLines(text: string, span: Span, next: number | undefined): Splice {
  const lineStart = startOfLine(text, span.start);
  if (text.slice(lineStart, span.start).trim() !== "" && next !== undefined)
    return { start: span.start, end: next, text: "" };
  const end = trimmedEnd(text, span.start, span.end);
  const newline = text.indexOf("\n", end);
  if (newline >= 0) return { start: lineStart, end: newline + 1, text: "" };
  // The last line of a file without a final line end: the line end before it goes instead.
  const before = lineStart > 0 && text[lineStart - 2] === "\r" ? lineStart - 2 : Math.max(0, lineStart - 1);
  return { start: before, end: text.length, text: "" };
}

function startOfLine(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return start === 0 && text.startsWith("\ufeff") ? 1 : start;
}

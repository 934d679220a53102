/** Taking entries out of, and putting them into, what stands between brackets with commas: in all four formats. */
import type { Splice } from "./located.ts";

export interface Brackets {
  readonly text: string;
  /** Offset of the opening bracket, and of the closing one. */
  readonly open: number;
  readonly close: number;
  /** The entries' own texts, in order, without commas. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** Splices that put `additions` before entry number `at` (or at the end). */
export function insertIntoBrackets(brackets: Brackets, at: number, additions: readonly string[]): Splice[] {
  const { spans } = brackets;
  const last = spans.at(-1);
  if (last === undefined) return [insertIntoEmpty(brackets, additions)];
  const separator = separatorOf(brackets);
  const next = spans[at];
  if (next !== undefined) {
    const added = additions.map((addition) => addition + separator).join("");
    return [{ start: next.start, end: next.start, text: added }];
  }
  return appendToBrackets(brackets, last.end, { additions, separator });
}

function insertIntoEmpty({ text, open, close }: Brackets, additions: readonly string[]): Splice {
  const inside = text.slice(open + 1, close);
  const added = additions.join(", ");
  // Comments stay: what is added goes in front of them.
  if (inside.trim() !== "") return { start: open + 1, end: open + 1, text: added };
  const padding = /^[ \t]+$/.test(inside) ? " " : "";
  return { start: open + 1, end: close, text: padding + added + padding };
}

interface Appending {
  readonly additions: readonly string[];
  readonly separator: string;
}

function appendToBrackets(brackets: Brackets, lastEnd: number, { additions, separator }: Appending): Splice[] {
  const { text, close } = brackets;
  const comma = findComma(text, lastEnd, close);
  const ownLine = separator.includes("\n");
  const from = comma === undefined ? lastEnd : comma + 1;
  const rest = text.slice(from, endOfLine(text, from, close));
  const lineEnd = ownLine && rest.trim() !== "" ? from + rest.length : from;
  const body = additions.join(separator);
  const trailing = comma === undefined ? "" : ",";
  const gap = separator.replace(/^,/, "");
  // The comma stands right behind the last entry, in front of its comment; the new entry comes on the next line.
  if (comma === undefined && lineEnd === lastEnd) return [{ start: lastEnd, end: lastEnd, text: separator + body }];
  const added: Splice = { start: lineEnd, end: lineEnd, text: gap + body + trailing };
  return comma === undefined ? [{ start: lastEnd, end: lastEnd, text: "," }, added] : [added];
}

/** Splices that take out `count` entries from number `from` on; at least one must remain. Other lines and comments stay. */
export function removeFromBrackets(brackets: Brackets, from: number, count: number): Splice[] {
  const { text, spans } = brackets;
  const first = spans[from];
  const next = spans[from + count];
  const previous = spans[from - 1];
  const last = spans[from + count - 1];
  if (first === undefined || last === undefined) return [];
  const gone = { start: first.start, end: last.end };
  const lines = wholeLines(brackets, gone, next?.start);
  if (lines === undefined) return next === undefined ? cutLast(brackets, gone, previous) : cutBefore(text, gone, next);
  const hasTrailing = findComma(text, last.end, lines.end) !== undefined;
  const before = previous === undefined ? undefined : findComma(text, previous.end, first.start);
  // The new last entry loses its comma where the old one had none.
  return next !== undefined || hasTrailing || before === undefined
    ? [lines]
    : [{ start: before, end: before + 1, text: "" }, lines];
}

type Span = Brackets["spans"][number];

/** Takes out entries in front of another one. Where that stands on a line of its own, its line and the comments stay. */
function cutBefore(text: string, gone: Span, next: Span): Splice[] {
  const comma = findComma(text, gone.end, next.start);
  const isOneLine = !text.slice(gone.end, next.start).includes("\n");
  if (comma === undefined || isOneLine) return [{ start: gone.start, end: next.start, text: "" }];
  const isBehind = !text.slice(gone.end, comma).includes("\n");
  if (isBehind) return [{ start: skipBlanksBack(text, gone.start), end: comma + 1, text: "" }];
  // The comma stands in front of the next entry: the line that ends here goes with its comment.
  if (/^[ \t]*$/.test(text.slice(comma + 1, next.start))) return [{ start: gone.start, end: next.start, text: "" }];
  return [
    { ...gone, text: "" },
    { start: comma, end: comma + 1, text: "" },
  ];
}

/** Takes out the last entries: with them all from the entry before, but no comment. */
function cutLast({ text, close }: Brackets, gone: Span, previous: Span | undefined): Splice[] {
  const from = previous?.end ?? gone.start;
  const before = findComma(text, from, gone.start);
  if (before === undefined || /^[ \t]*,\s*$/.test(text.slice(from, gone.start)))
    return [{ start: from, end: gone.end, text: "" }];
  const trailing = findComma(text, gone.end, close);
  if (trailing !== undefined) return [{ start: gone.start, end: trailing + 1, text: "" }];
  return [
    { start: before, end: before + 1, text: "" },
    { ...gone, text: "" },
  ];
}

function skipBlanksBack(text: string, offset: number): number {
  let at = offset;
  while (text[at - 1] === " " || text[at - 1] === "\t") at--;
  return at;
}

/** The lines of entries that share them with nothing but their comma and a comment: these go, and all others stay. */
function wholeLines(
  { text, open, close }: Brackets,
  entries: { readonly start: number; readonly end: number },
  next: number | undefined,
): Splice | undefined {
  const start = text.lastIndexOf("\n", entries.start - 1) + 1;
  const end = endOfLine(text, entries.end, close);
  if (start <= open || end >= close || text.slice(start, entries.start).trim() !== "") return undefined;
  const comma = findComma(text, entries.end, next ?? close) ?? entries.end - 1;
  if (comma >= end || !/^[ \t]*(?:#.*)?$/.test(text.slice(comma + 1, end))) return undefined;
  return { start, end: text.indexOf("\n", end) + 1, text: "" };
}

/** What stands between two entries here: ", " or "," or a comma, a line end and the indentation. */
function separatorOf({ text, open, spans }: Brackets): string {
  const last = spans.at(-1);
  const beforeLast = spans.at(-2);
  if (last === undefined) return ", ";
  const gap = text.slice(beforeLast === undefined ? open + 1 : beforeLast.end, last.start);
  const newline = /(\r?\n)[ \t]*$/.exec(gap);
  if (newline !== null) return `,${newline[0]}`;
  if (beforeLast !== undefined && /^,[ \t]*$/.test(gap)) return gap;
  return ", ";
}

/** The offset of the next comma, comments left out. */
export function findComma(text: string, from: number, end: number): number | undefined {
  for (let at = from; at < end; at++) {
    const char = text[at];
    if (char === ",") return at;
    if (char === "#") at = endOfLine(text, at, end);
  }
  return undefined;
}

/** Where the line of `from` ends: before its line end, or at `limit`. */
export function endOfLine(text: string, from: number, limit: number): number {
  const newline = text.indexOf("\n", from);
  if (newline < 0 || newline > limit) return limit;
  return text[newline - 1] === "\r" && newline - 1 >= from ? newline - 1 : newline;
}

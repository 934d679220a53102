/** From the bytes of an untrusted file to text, and from a place in that text to a message. */
import type { ErrorCode } from "../../base/error-codes.ts";
import { type SourcePlace, SweeplineError } from "../../base/errors.ts";

/** A file as it was read; `path` is for its suffix and for messages, the file system is not touched. */
export interface DataFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A parameter file above this size is a mistake (a data file named in `params:`); parsing it would take minutes. */
const maxFileBytes = 64 * 1024 * 1024;
/** Values in one file, with those that aliases repeat counted each time. */
export const maxNodes = 2_000_000;
/** Collections inside collections; recursion stays far from the end of the stack. */
export const maxDepth = 500;

export interface Problem {
  readonly code: ErrorCode;
  /** What is wrong, without file and place: `key 'a' is there twice`. */
  readonly what: string;
  readonly hint?: string;
}

export interface SourceText {
  readonly path: string;
  /** A byte order mark stays as the first character. */
  readonly text: string;
}

/** A problem at `offset`, as an error that names file, line and column and shows the line. */
export function problemAt(source: SourceText, offset: number, problem: Problem): SweeplineError {
  const { place, words } = locate(source, offset, problem.what);
  return new SweeplineError({
    code: problem.code,
    message: `unable to read: ${words}`,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    place,
  });
}

/** A place of a file to underline, and what is wrong there in words: `'FILE', line 1, column 2: WHAT`. */
export function locate(
  source: SourceText,
  offset: number,
  what: string,
): { readonly place: SourcePlace; readonly words: string } {
  const at = Math.max(0, Math.min(offset, source.text.length));
  const lineStart = source.text.lastIndexOf("\n", at - 1) + 1;
  const newline = source.text.indexOf("\n", at);
  const lineEnd = newline < 0 ? source.text.length : newline;
  const line = countNewlines(source.text, lineStart) + 1;
  const column = at - lineStart + 1;
  // Of a very long line (minified JSON) only the neighbourhood is shown.
  const shownFrom = Math.max(lineStart, at - 60);
  const shown = source.text.slice(shownFrom, Math.min(lineEnd, at + 60)).replace(/\r$/, "");
  const place = {
    name: `${source.path}:${line}:${column}`,
    text: shown,
    offset: at - shownFrom,
    length: 1,
    inFile: { line, column, problem: what },
  };
  return { place, words: `'${source.path}', line ${line}, column ${column}: ${what}` };
}

/** The 1-based line of an offset. */
export function lineOf(text: string, offset: number): number {
  return countNewlines(text, Math.min(offset, text.length)) + 1;
}

function countNewlines(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The text of a file. Refuses what is too large, is not UTF-8, holds a NUL or still has the marks of a merge conflict
 * (unless a reader that found no error in it says otherwise: a text may quote such lines).
 */
export function decodeFile(file: DataFile): SourceText {
  const { path, bytes } = file;
  if (bytes.length > maxFileBytes)
    throw new SweeplineError({
      code: "PARAMS_FILE_TOO_LARGE",
      message: `unable to read: '${path}', it has ${bytes.length} bytes; the limit for parameters and metrics is ${maxFileBytes}`,
      hint: "Keep data in an output of a stage, and only its parameters in this file.",
    });
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (error) {
    // What TextDecoder throws for bytes that are no UTF-8.
    if (!(error instanceof TypeError)) throw error;
    const readable = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    throw problemAt({ path, text: readable }, invalidOffset(readable, bytes), {
      code: "PARAMS_NOT_UTF8",
      what: "is not valid utf-8",
      hint: "Save the file as UTF-8.",
    });
  }
  return { path, text };
}

/** The first replacement character that stands for something else: a file may hold some of its own. */
function invalidOffset(readable: string, bytes: Uint8Array): number {
  let at = readable.indexOf("\ufffd");
  let byte = Buffer.byteLength(readable.slice(0, at));
  while (bytes[byte] === 0xef && bytes[byte + 1] === 0xbf && bytes[byte + 2] === 0xbd) {
    const next = readable.indexOf("\ufffd", at + 1);
    if (next < 0) return at;
    byte += Buffer.byteLength(readable.slice(at, next));
    at = next;
  }
  return at;
}

const conflictStart = /^<{7} .*$/m;
const conflictMiddle = /^={7}\r?$/m;

/** The offset of Git's conflict marks, or undefined. Asked only once a parser has failed: then they are the reason. */
function conflictOffset(text: string): number | undefined {
  const start = conflictStart.exec(text);
  return start !== null && conflictMiddle.test(text) ? start.index : undefined;
}

/** The parser's complaint, or the merge conflict that is behind it. */
export function parseFailure(source: SourceText, offset: number, problem: Problem): SweeplineError {
  const conflict = conflictOffset(source.text);
  if (conflict === undefined) return problemAt(source, offset, problem);
  return problemAt(source, conflict, {
    code: "PARAMS_MERGE_CONFLICT",
    what: "the file has unresolved merge conflicts",
    hint: "Resolve them, then try again.",
  });
}

/**
 * Scalars as ruamel.yaml writes them (YAML 1.2, width 80), which is how DVC writes: when a string needs quotes, which
 * quotes, and where a long one is folded. Byte for byte, quirks included, since lock files of two tools lie in one
 * repository. Lengths count code points, as in Python.
 */
import { floatRepr } from "../base/python.ts";
import type { Scalar } from "../base/value.ts";

const width = 80;

/** Plain strings that a YAML 1.2 reader would take for something else: booleans, numbers, null, dates, merge keys. */
const resolved = new RegExp(
  [
    "true|True|TRUE|false|False|FALSE|~|null|Null|NULL|<<|=",
    "[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+]?[0-9]+)?",
    "[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+",
    "[-+]?\\.[0-9_]+(?:[eE][-+][0-9]+)?",
    "[-+]?\\.(?:inf|Inf|INF)",
    "\\.(?:nan|NaN|NAN)",
    "[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+",
    "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \\t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]*)?(?:[ \\t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?",
  ].join("|"),
);
const resolvedWhole = new RegExp(`^(?:${resolved.source})$`);

/** Whether a plain text is no string to a YAML 1.2 reader. ("_1" matches the pattern of integers but is a string.) */
export function isResolved(text: string): boolean {
  return text[0] !== "_" && resolvedWhole.test(text);
}

const leadingIndicator = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:[\0 \t\r\n\u0085\u2028\u2029]|$)|---|\.\.\.)/;
const innerIndicator = /:(?:[\0 \t\r\n\u0085\u2028\u2029]|$)|[\0 \t\r\n\u0085\u2028\u2029]#/;
const lineBreak = /[\n\u0085\u2028\u2029]/;
/** Characters that only double quotes can carry: controls, the byte order mark, lone surrogates. */
const unprintable = /[^\n\u0020-\u007e\u0085\u00a0-\u{10ffff}]|[\ud800-\udfff\ufeff\ufffe\uffff]/u;

function allowsPlain(text: string): boolean {
  if (text === "" || text.startsWith(" ") || text.endsWith(" ")) return false;
  return !(leadingIndicator.test(text) || innerIndicator.test(text) || lineBreak.test(text) || unprintable.test(text));
}

type QuoteStyle = "plain" | "single" | "double";

/** How a string is written. */
function quoteStyle(text: string): QuoteStyle {
  if (allowsPlain(text) && !isResolved(text)) return "plain";
  return text.includes("'") || lineBreak.test(text) || unprintable.test(text) ? "double" : "single";
}

export interface ScalarPlace {
  /** The column where the scalar begins. */
  readonly column: number;
  /** The column where a folded line goes on. */
  readonly indent: number;
}

function lengthOf(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00) length--;
  }
  return length;
}

/** Folds text without quotes: a line breaks before a word that would pass the width, after the space: hence the space at the line's end. */
export function foldPlain(text: string, place: ScalarPlace): string {
  if (place.column + text.length <= width) return text;
  let { column } = place;
  let result = "";
  const lineEnd = `\n${" ".repeat(place.indent)}`;
  for (const part of text.split(/( +)/)) {
    const length = lengthOf(part);
    if (part === " " && column >= width) {
      result += lineEnd;
      column = place.indent;
      continue;
    }
    if (part[0] !== " " && length + column > width && column > place.indent) {
      result += lineEnd;
      column = place.indent;
    }
    result += part;
    column += length;
  }
  return result;
}

/** A single space past the width becomes a line's end. */
function foldSingle(text: string, place: ScalarPlace): string {
  let column = place.column + 1;
  let result = "'";
  const parts = text.split(/( +)/);
  parts.forEach((part, index) => {
    const isInner = index > 1 && index < parts.length - 2;
    if (part === " " && column > width && (isInner || isBetween(parts, index))) {
      result += `\n${" ".repeat(place.indent)}`;
      column = place.indent;
      return;
    }
    result += part;
    column += lengthOf(part);
  });
  return `${result}'`;
}

/** Whether there is text on both sides of a run of spaces. */
function isBetween(parts: readonly string[], index: number): boolean {
  const before = parts.slice(0, index).some((part) => part !== "");
  return before && parts.slice(index + 1).some((part) => part !== "");
}

const escapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\x08": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};
const needsEscape = /["\\\u0085\u2028\u2029]|[^\u0020-\u007e\u00a0-\u{10ffff}]|[\ud800-\udfff\ufeff\ufffe\uffff]/u;

function escapeOf(character: string): string {
  const known = escapes[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  return code <= 0xff ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

/**
 * Whether the line's end needs a backslash so that reading puts no space there. None is needed where the fold replaces
 * a space of the text, but ruamel is careful with quotes and doubled spaces near it.
 */
function needsBackslash(characters: readonly string[], start: number, end: number): boolean {
  const space = characters.indexOf(" ", end);
  if (space < 0) return true;
  const newline = characters.slice(end, space).indexOf("\n");
  const stop = newline < 0 ? space : end + newline;
  const next = characters[stop + 1];
  if (next === undefined || (characters[stop] === "\n" && next !== " ")) return true;
  const between = characters.slice(end, stop);
  if (between.includes('"') || between.includes("'") || next === " " || next === "\n") return true;
  return (characters[end - 1] === " " && characters[end] === " ") || start === end;
}

function foldDouble(text: string, place: ScalarPlace): string {
  const characters = Array.from(text);
  let column = place.column + 1;
  let result = '"';
  let start = 0;
  const write = (part: string) => {
    result += part;
    column += lengthOf(part);
  };
  const writeUpTo = (end: number) => {
    if (start < end) write(characters.slice(start, end).join(""));
    start = Math.max(start, end);
  };
  for (let end = 0; end <= characters.length; end++) {
    const character = characters[end];
    if (character === undefined || needsEscape.test(character)) {
      writeUpTo(end);
      if (character !== undefined) {
        write(escapeOf(character));
        start = end + 1;
      }
    }
    const mayFold = end > 0 && end < characters.length - 1 && (character === " " || start >= end);
    if (!mayFold || column + (end - start) <= width) continue;
    const backslash = needsBackslash(characters, start, end) ? "\\" : "";
    writeUpTo(end);
    result += `${backslash}\n${" ".repeat(place.indent)}`;
    column = place.indent;
    if (characters[start] !== " ") continue;
    if (backslash === "") start += 1;
    write(backslash);
  }
  return `${result}"`;
}

/** A string as a value: quoted and folded. */
export function formatString(text: string, place: ScalarPlace): string {
  const style = quoteStyle(text);
  if (style === "plain") return foldPlain(text, place);
  return style === "single" ? foldSingle(text, place) : foldDouble(text, place);
}

const neverFold: ScalarPlace = { column: Number.NEGATIVE_INFINITY, indent: 0 };

/** A string as a key: quoted, never folded. */
export function formatKeyString(text: string): string {
  return formatString(text, neverFold);
}

/** A scalar that is no string; null is nothing at all. */
export function formatOther(value: Exclude<Scalar, string>): string {
  if (value === null) return "";
  if (typeof value === "number" && !Number.isFinite(value))
    return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  return typeof value === "number" ? floatRepr(value) : String(value);
}

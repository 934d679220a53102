/** Texts for a terminal: what a name or an override may not smuggle in, and how wide it is. */
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
// They reorder what follows them on the screen: a name could look like another.
const reordering = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const plainAscii = /^[\u0020-\u007e]*$/;

/** One line of printable text: no escape sequences, no control characters, no newlines. */
export function printable(text: string): string {
  if (plainAscii.test(text)) return text;
  return stripVTControlCharacters(text).replace(controls, " ").replace(reordering, "");
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The text, or as much of its start as fits into that many columns, with an ellipsis. Wide characters count two. */
export function cutToWidth(text: string, columns: number): string {
  const isAscii = plainAscii.test(text);
  if (isAscii && text.length <= columns) return text;
  if (columns < 1) return "";
  if (isAscii) return `${text.slice(0, columns - 1)}…`;
  if (stringWidth(text) <= columns) return text;
  let width = 0;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** How many columns a text takes. */
export function widthOf(text: string): number {
  return plainAscii.test(text) ? text.length : stringWidth(text);
}

/** 0.3s, 12s, 3m 20s, 2h 05m. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  if (seconds < 59.5) return `${Math.round(seconds)}s`;
  const minutes = Math.floor((seconds + 0.5) / 60);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  if (minutes < 60) return `${minutes}m ${twoDigits(Math.floor((seconds + 0.5) % 60))}s`;
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}

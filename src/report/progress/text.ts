/** Texts for a line of a terminal: how wide they are, cut to a width, and how durations are written. */
import stringWidth from "string-width";

const plainAscii = /^[\u0020-\u007e]*$/;

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

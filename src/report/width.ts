/** How many columns of a terminal texts take, and texts cut to a width. */
import stringWidth from "string-width";

/** ASCII, and what our own tables and cuts are made of. */
const narrowCharacters = /^[\u0020-\u007e\u2500-\u257f\u2026]*$/;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How many columns a text takes; wide characters take two. */
export function textWidth(text: string): number {
  return narrowCharacters.test(text) ? text.length : stringWidth(text);
}

/** The text, or as much of its start as fits into that many columns, with an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return "";
  if (narrowCharacters.test(text)) return `${text.slice(0, columns - 1)}…`;
  let width = 0;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    width += textWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

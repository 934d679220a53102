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

/** Lines of at most that many columns, parted at blanks; a word that is wider is parted where the line ends. */
export function wrapToWidth(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (textWidth(line) > columns && columns > 1) {
      const head = cutToWidth(line, columns + 1).slice(0, -1) || line.slice(0, 1);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

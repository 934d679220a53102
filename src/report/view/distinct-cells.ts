/** Cells of a column made short so that those that differ still do: what all begin with goes, then what is at the end. */
import { cutToWidth, textWidth } from "../width.ts";

/** A column that is no wider needs no cut. */
const wideColumn = 24;
/** What is worth an ellipsis. */
const shortestPrefix = 8;
const mostWidth = 96;

function commonLength(texts: readonly string[]): number {
  const [first = "", ...others] = texts;
  let length = first.length;
  for (const text of others) {
    let same = 0;
    while (same < length && text[same] === first[same]) same++;
    length = same;
  }
  return length;
}

/** Up to the last mark that parts words, so that a word stays whole. */
function wholeWords(prefix: string): number {
  return /^.*[/\\._\-: ]/s.exec(prefix)?.[0].length ?? 0;
}

/** Of those that are too wide: a short one among them, such as the baseline's, begins otherwise and stays as it is. */
function withoutPrefix(cells: readonly string[], fill: string): readonly string[] {
  const isWide = (cell: string) => cell !== fill && textWidth(cell) > wideColumn;
  const texts = [...new Set(cells.filter(isWide))];
  if (texts.length < 2) return cells;
  const common = (texts[0] ?? "").slice(0, commonLength(texts));
  // A word that alone is longer than a column is parted.
  const length = common.length - wholeWords(common) > wideColumn ? common.length : wholeWords(common);
  if (length < shortestPrefix) return cells;
  const begins = common.slice(0, length);
  return cells.map((cell) => (cell.startsWith(begins) ? `…${cell.slice(length)}` : cell));
}

/** The cells, none wider than needed to tell them apart; those of a narrow column as they are. */
export function distinctCells(cells: readonly string[], fill: string): readonly string[] {
  if (cells.every((cell) => textWidth(cell) <= wideColumn)) return cells;
  const bare = withoutPrefix(cells, fill);
  const distinct = new Set(bare).size;
  for (let width = wideColumn; width < mostWidth; width += 8) {
    const cut = bare.map((cell) => cutToWidth(cell, width));
    if (new Set(cut).size === distinct) return cut;
  }
  return bare.map((cell) => cutToWidth(cell, mostWidth));
}

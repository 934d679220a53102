/**
 * The lines at the bottom of a terminal that are drawn again and again, and the lines that scroll away above them.
 * A frame is one write that overwrites line by line and erases only what is left over: nothing is blank in between.
 */
import { cutToWidth, textWidth } from "../width.ts";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A piece of a line. It is cut before it is painted, so that an escape sequence is never cut in two. */
export interface Segment {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export type Line = readonly Segment[];

interface DrawnLine {
  readonly painted: string;
  readonly width: number;
}

const control = "\u001b[";
const eraseRestOfLine = `${control}K`;
const eraseBelow = `${control}J`;
const hideCursor = `${control}?25l`;
const showCursor = `${control}?25h`;

function drawLine(line: Line, columns: number): DrawnLine {
  let room = columns;
  let painted = "";
  for (const { text, paint } of line) {
    if (room <= 0) break;
    const cut = cutToWidth(text, room);
    room -= textWidth(cut);
    painted += paint === undefined || cut === "" ? cut : paint(cut);
    if (cut !== text) break;
  }
  return { painted, width: columns - room };
}

/** A lasting line takes at most so many rows of the screen. */
export const mostWrapped = 8;
const indent = "    ";

/** Words, each with the space before it. */
function piecesOf({ text, paint }: Segment): readonly Segment[] {
  return (text.match(/ *[^ ]+| +$/g) ?? []).map((piece) =>
    paint === undefined ? { text: piece } : { text: piece, paint },
  );
}

/** A line that stays goes on in the next row, at a space where there is one: no value is cut. */
function wrapLine(line: Line, columns: number): readonly Line[] {
  const rows: Segment[][] = [[]];
  let room = columns;
  const feed = () => {
    rows.push([{ text: indent }]);
    room = columns - indent.length;
  };
  for (const piece of line.flatMap(piecesOf)) {
    let rest = piece;
    if (textWidth(rest.text) > room && room < columns - indent.length) {
      feed();
      rest = { ...piece, text: piece.text.trimStart() };
    }
    while (textWidth(rest.text) > room && room > 0 && rows.length < mostWrapped) {
      const head = cutToWidth(rest.text, room + 1).slice(0, -1);
      if (head === "") break;
      rows.at(-1)?.push({ ...rest, text: head });
      rest = { ...rest, text: rest.text.slice(head.length) };
      feed();
    }
    rows.at(-1)?.push(rest);
    room -= textWidth(rest.text);
  }
  const last = rows.slice(mostWrapped - 1).flat();
  return rows.length <= mostWrapped ? rows : [...rows.slice(0, mostWrapped - 1), last];
}

export class LiveRegion {
  readonly #write: (text: string) => void;
  #drawn: readonly DrawnLine[] = [];
  #columns = 0;
  #cursorHidden = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Puts `above` where it scrolls away, and `lines` below it; at most one row less than the terminal has. */
  draw(above: readonly Line[], lines: readonly Line[], size: TerminalSize): void {
    // The last column stays free: a terminal that is full to the edge may or may not have wrapped.
    const columns = Math.max(1, size.columns - 1);
    const next = lines.slice(0, Math.max(0, size.rows - 1)).map((line) => drawLine(line, columns));
    const scrolled = above.flatMap((line) => wrapLine(line, columns)).map((line) => drawLine(line, columns));
    const text = this.#frame(scrolled, next, size.columns);
    this.#drawn = next;
    this.#columns = size.columns;
    if (text !== "") this.#write(this.#withCursorHidden(text));
  }

  /** Erases the region, with `above` in its place, and shows the cursor again. The cursor is then at the start of a line. */
  finish(above: readonly Line[], size: TerminalSize): void {
    const columns = Math.max(1, size.columns - 1);
    const lasting = above.flatMap((line) => wrapLine(line, columns));
    const rest = lasting.map((line) => `${drawLine(line, columns).painted}${eraseRestOfLine}\n`).join("");
    // From the second column on: erasing from the screen's very first place makes tmux keep the old lines in its history.
    const erase = this.#drawn.length === 0 ? "" : ` ${eraseBelow}\r${eraseRestOfLine}`;
    const text = this.#toTop(size.columns) + rest + erase + (this.#cursorHidden ? showCursor : "");
    this.#drawn = [];
    this.#cursorHidden = false;
    if (text !== "") this.#write(text);
  }

  #withCursorHidden(text: string): string {
    if (this.#cursorHidden) return text;
    this.#cursorHidden = true;
    return hideCursor + text;
  }

  #frame(above: readonly DrawnLine[], next: readonly DrawnLine[], columns: number): string {
    const sameWidth = columns === this.#columns;
    const isSame = (line: DrawnLine, index: number) => sameWidth && line.painted === this.#drawn[index]?.painted;
    if (above.length === 0) {
      if (next.length === this.#drawn.length && next.every(isSame)) return "";
      // A line that stays is stepped over. The last is always written: what is left below is erased from its end on.
      const rows = next.map((line, index) =>
        isSame(line, index) && index < next.length - 1 ? "" : line.painted + eraseRestOfLine,
      );
      return this.#toTop(columns) + rows.join("\n") + eraseBelow;
    }
    return (
      this.#toTop(columns) +
      [...above, ...next].map((line) => line.painted + eraseRestOfLine).join("\n") +
      (next.length === 0 ? "\n" : "") +
      eraseBelow
    );
  }

  /** To the first column of the region's first row. After a resize a line may have become several rows. */
  #toTop(columns: number): string {
    if (this.#drawn.length === 0) return "";
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.width / Math.max(1, columns))), 0);
    return rows > 1 ? `\r${control}${rows - 1}A` : "\r";
  }
}

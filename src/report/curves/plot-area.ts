/** Points drawn with characters: several lines over one another, with the vertical axis at the left. */
import { cellText, defaultPrecision, significantFloats } from "../cells.ts";

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
}

export interface PlotLine {
  /** By x. */
  readonly points: readonly PlotPoint[];
  /** The character of a point. */
  readonly mark: string;
  /** Colours what stands for this line. */
  readonly paint: (text: string) => string;
}

export interface PlotSize {
  /** Of all that is printed. */
  readonly width: number;
  /** Of the area, in rows. */
  readonly height: number;
}

/** The least and the greatest; a loop, since there may be more than a call takes arguments. */
function boundsOf(values: Iterable<number>): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** Where a value lies among so many places from 0 on. Halves first: the distance itself may be too large for a number. */
function placeAmong([low, high]: readonly [number, number], places: number): (value: number) => number {
  if (low === high) return () => 0;
  return (value) => Math.round(((value / 2 - low / 2) / (high / 2 - low / 2)) * (places - 1));
}

/** Steps that are logged every so often are not drawn with as many columns between. */
const mostGaps = 4;

interface Cell {
  readonly character: string;
  readonly line: PlotLine;
}

/** The levels from one point to the next are joined, so that a steep curve is one line. Points stand before joints. */
function cellsOf(lines: readonly PlotLine[], columnOf: (x: number) => number, levelOf: (y: number) => number) {
  const joints = new Map<string, Cell>();
  const marks = new Map<string, Cell>();
  for (const line of lines) {
    // Of the points of one column the last counts, so that the end is the end.
    const levels = new Map(line.points.map(({ x, y }) => [columnOf(x), levelOf(y)]));
    let before: number | undefined;
    for (const [column, level] of levels) {
      const step = Math.sign(level - (before ?? level));
      for (let at = (before ?? level) + step; step !== 0 && at !== level; at += step)
        joints.set(`${column} ${at}`, { character: "│", line });
      marks.set(`${column} ${level}`, { character: line.mark, line });
      before = level;
    }
  }
  return (column: number, level: number) => marks.get(`${column} ${level}`) ?? joints.get(`${column} ${level}`);
}

/** A column each for whole numbers, also for those that have no point; else for each that has one. */
function columnsFor(points: readonly PlotPoint[], [low, high]: readonly [number, number]): number {
  return points.every(({ x }) => Number.isInteger(x)) && high - low < mostGaps * points.length
    ? high - low + 1
    : new Set(points.map(({ x }) => x)).size;
}

/** The rows from top to bottom, with the greatest and the least value beside them. Without any point there is none. */
export function plotRows(lines: readonly PlotLine[], size: PlotSize): readonly string[] {
  const all = lines.flatMap(({ points }) => points);
  if (all.length === 0) return [];
  const ys = boundsOf(all.map(({ y }) => y));
  const float = significantFloats(defaultPrecision);
  const [bottom, top] = [cellText(ys[0], float), cellText(ys[1], float)];
  const margin = Math.max(top.length, bottom.length);
  const height = ys[0] === ys[1] ? 1 : size.height;
  const xs = boundsOf(all.map(({ x }) => x));
  const width = Math.max(1, Math.min(size.width - margin - 3, columnsFor(all, xs)));
  const cellAt = cellsOf(lines, placeAmong(xs, width), placeAmong(ys, height));
  return Array.from({ length: height }, (_, row) => {
    const cells = Array.from({ length: width }, (_column, column) => cellAt(column, height - 1 - row));
    const last = cells.findLastIndex((cell) => cell !== undefined);
    const drawn = cells.slice(0, last + 1).map((cell) => (cell === undefined ? " " : cell.line.paint(cell.character)));
    const label = (row === 0 ? top : row === height - 1 ? bottom : "").padStart(margin);
    return `${label} ┤ ${drawn.join("")}`.trimEnd();
  });
}

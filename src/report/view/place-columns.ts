/** Which columns are shown, in which order, and which go where there is no room. */

import { visible } from "../../base/text/visible.ts";
import { trialLabel, type ValueColumn } from "../../experiments/show/value-columns.ts";
import { namesMatching } from "../../project/name-patterns.ts";
import type { ColumnChoice } from "../exp-table.ts";
import { knownColumnNames, namedColumns } from "../named-columns.ts";
import { cutToWidth, textWidth } from "../width.ts";
import { distinctCells } from "./distinct-cells.ts";
import { cutHeading, headingLines, headingWidth } from "./headings.ts";
import type { ViewColumn } from "./view-column.ts";

/** Spaces between two columns. */
export const viewGap = 2;

export interface Placing {
  readonly columns: ColumnChoice;
  readonly sorted: ValueColumn | undefined;
  readonly fill: string;
  readonly width: number;
}

export interface PlacedColumns {
  readonly shown: readonly ViewColumn[];
  readonly hidden: readonly ViewColumn[];
}

const variesRank = { "among experiments": 0, "from their baseline": 1, not: 2 } as const;

/** From left to right: what experiments differ in, then what tells them from their baseline, then the rest. */
function placeOf(column: ViewColumn, sorted: ValueColumn | undefined): number {
  if (column.name === "Experiment" && column.value === undefined) return 0;
  if (column.name === "State" && column.value === undefined) return 1;
  if (column.name === trialLabel && column.value === undefined) return 1.5;
  if (column.value !== undefined && column.value === sorted) return 2;
  const rank = 10 * variesRank[column.varies];
  if (column.kind === "metric") return 3 + rank;
  if (column.kind === "param") return 4 + rank;
  if (column.kind === "dep") return 50;
  if (column.name === "Tags" || column.name === "Note") return 12;
  return column.name === "Created" ? 22 : 49;
}

/** Who stays longest where there is no room: the sorted column, what was swept, metrics, the state, the rest. */
function weightOf(column: ViewColumn, sorted: ValueColumn | undefined): number {
  const place = placeOf(column, sorted);
  if (place === 1) return 3.5;
  if (place === 1.5) return 3.7;
  if (column.name === "Tags" && column.value === undefined) return 3.6;
  if (place === 3) return 4;
  return place === 4 ? 3 : place;
}

function isDependency(column: ViewColumn): boolean {
  return column.kind === "dep";
}

/** `--only-changed`, `--drop`, `--keep`; hashes of dependencies only where they are asked for. */
function chosen(all: readonly ViewColumn[], { columns }: Placing): readonly ViewColumn[] {
  const names = all.map(({ name }) => name);
  const kept = namesMatching(columns.keep, names);
  const dropped = namesMatching(columns.drop, names);
  return all.filter((column, index) => {
    if (index === 0 || kept.has(column.name)) return true;
    if (dropped.has(column.name) || isDependency(column)) return false;
    return !columns.onlyChanged || column.varies !== "not" || column.name === "State";
  });
}

/** The names of columns that were asked for; undefined where none is, or none is here of those that a setting names. */
function namesAsked(all: readonly ViewColumn[], { columns }: Placing): readonly string[] | undefined {
  if (columns.only === undefined || columns.unknown !== "passed over") return columns.only;
  const known = knownColumnNames(columns.only, all);
  return known.length === 0 ? undefined : known;
}

function inOrder(all: readonly ViewColumn[], placing: Placing): readonly ViewColumn[] {
  const only = namesAsked(all, placing);
  if (only !== undefined) return namedColumns(only, all).flatMap((index) => all[index] ?? []);
  const place = (column: ViewColumn) => placeOf(column, placing.sorted);
  return [...chosen(all, placing)].sort((a, b) => place(a) - place(b));
}

function cellsWidth({ cells }: ViewColumn): number {
  return cells.reduce((widest, cell) => Math.max(widest, textWidth(visible(cell))), 0);
}

function widthOf(column: ViewColumn): number {
  return Math.max(cellsWidth(column), headingWidth(column.heading ?? [visible(column.short)]));
}

/** With its heading over several lines, where that is wider than what stands below it. */
function stacked(column: ViewColumn): ViewColumn {
  return { ...column, heading: headingLines(column.short, cellsWidth(column)) };
}

function shortened(column: ViewColumn, fill: string): ViewColumn {
  const cells = column.cells.map(visible);
  if (column.name === "Experiment" && column.value === undefined) return { ...column, cells };
  if (!isDependency(column)) return { ...column, cells: distinctCells(cells, fill) };
  return { ...column, cells: cells.map((cell) => (/^[0-9a-f]{32}/.test(cell) ? cell.slice(0, 7) : cell)) };
}

/** Names of experiments may be cut; what tells one from another is mostly at their ends. */
function narrowed(column: ViewColumn, room: number): ViewColumn {
  if (widthOf(column) <= room) return column;
  const head = (cell: string) => /^[├└]─[─▸] /.exec(cell)?.[0] ?? "";
  const cells = column.cells.map((cell) => {
    const mark = head(cell);
    const name = cell.slice(mark.length);
    const space = room - mark.length;
    if (textWidth(name) <= space) return cell;
    const end = /^[\x20-\x7e]*$/.test(name) ? name.slice(-Math.floor(space / 2)) : "";
    return mark + cutToWidth(name, Math.max(1, space - end.length)) + end;
  });
  return { ...column, cells };
}

/** Without these the rows of a sweep look alike: what they are sorted by, and what was swept. */
function isEssential(column: ViewColumn, { sorted, columns }: Placing): boolean {
  if (column.value === undefined) return false;
  if (columns.only !== undefined || column.value === sorted) return true;
  return column.kind === "param" && column.varies === "among experiments";
}

/** The least that a cell is cut to. */
const leastCell = 6;

/** A column that must be there, in the room that is left: its cells are cut, as far as they still differ. */
function squeezed(column: ViewColumn, room: number): ViewColumn | undefined {
  if (room < leastCell) return undefined;
  const cells = column.cells.map((cell) => cutToWidth(visible(cell), room));
  if (new Set(cells).size < Math.min(2, new Set(column.cells).size)) return undefined;
  return { ...column, cells, heading: cutHeading(headingLines(column.short, room), room) };
}

/** Those that fit beside the first, by what they tell; what tells less does not go before what tells more. */
function fitting(byWeight: readonly ViewColumn[], given: { readonly room: number; readonly placing: Placing }) {
  let { room } = given;
  const kept = new Map<ViewColumn, ViewColumn>();
  for (const column of byWeight) {
    const space = room - viewGap;
    // A narrow one may use what is left.
    const fits = widthOf(column) <= space ? column : undefined;
    const placed = fits ?? (isEssential(column, given.placing) ? squeezed(column, space) : undefined);
    if (placed === undefined) continue;
    kept.set(column, placed);
    room -= widthOf(placed) + viewGap;
  }
  return { kept, room };
}

/**
 * The columns that fit, those that tell most first. Where what was swept does not fit as it is, headings go on several
 * lines, then cells are cut. The first column is always there, cut where it must be.
 */
export function placeColumns(all: readonly ViewColumn[], placing: Placing): PlacedColumns {
  const ordered = inOrder(all, placing).map((column) => shortened(column, placing.fill));
  const [first, ...others] = ordered;
  if (first === undefined) return { shown: [], hidden: [] };
  const weight = (column: ViewColumn) =>
    namesAsked(all, placing) === undefined ? weightOf(column, placing.sorted) : ordered.indexOf(column);
  const byWeight = [...others].sort((a, b) => weight(a) - weight(b));
  const own = Math.min(widthOf(first), Math.max(16, Math.floor(placing.width / 3)));
  const isWide = byWeight.reduce((sum, column) => sum + widthOf(column) + viewGap, own) > placing.width;
  const forms = isWide ? new Map(byWeight.map((column) => [column, stacked(column)])) : undefined;
  const formOf = (column: ViewColumn) => forms?.get(column) ?? column;
  const { kept, room } = fitting(byWeight.map(formOf), { room: placing.width - own, placing });
  const shownAs = (column: ViewColumn) => kept.get(formOf(column));
  return {
    shown: [narrowed(first, Math.max(8, own + room)), ...others.flatMap((column) => shownAs(column) ?? [])],
    hidden: others.filter((column) => shownAs(column) === undefined),
  };
}

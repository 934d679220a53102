/** Makes a table fit a terminal: short hashes, cut texts, then columns left out, those that tell least first. */
import { visible } from "../base/text/visible.ts";
import { type Column, columnCells, keepColumns, type Table } from "./table.ts";
import { cutToWidth, textWidth } from "./width.ts";

const longestCell = 32;
const gap = 3;
function shortCell(cell: string, column: Column): string {
  if (column.kind === "dep") return /^[0-9a-f]{32}(?:\.dir)?$/.test(cell) ? cell.slice(0, 7) : cutToWidth(cell, 12);
  return column.name === "Experiment" ? visible(cell) : cutToWidth(visible(cell), longestCell);
}

function shortenCells(table: Table): Table {
  return {
    columns: table.columns,
    rows: table.rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell, index) => shortCell(cell, table.columns[index] ?? { name: "", kind: "label" })),
    })),
  };
}

function columnWidth(table: Table, index: number): number {
  const name = textWidth(visible(table.columns[index]?.name ?? ""));
  return columnCells(table, index).reduce((widest, cell) => Math.max(widest, textWidth(cell)), name);
}

function isConstant(table: Table, index: number): boolean {
  return new Set(columnCells(table, index)).size <= 1;
}

/** Which columns go first: hashes, what is the same everywhere, parameters, metrics; of equals the last. Labels never. */
function dropOrder(table: Table): readonly number[] {
  const rank = (index: number) => {
    const kind = table.columns[index]?.kind;
    if (kind === "dep") return isConstant(table, index) ? 0 : 1;
    if (kind === "param") return isConstant(table, index) ? 2 : 4;
    return isConstant(table, index) ? 3 : 5;
  };
  return table.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => column.kind !== "label")
    .map(({ index }) => index)
    .sort((a, b) => rank(a) - rank(b) || b - a);
}

/** Cuts the first column, the only one that is left to give. */
function narrowFirstColumn(table: Table, excess: number): Table {
  if (excess <= 0) return table;
  const room = Math.max(8, columnWidth(table, 0) - excess);
  return {
    columns: table.columns,
    rows: table.rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell, index) => (index === 0 ? cutToWidth(cell, room) : cell)),
    })),
  };
}

export interface FittedTable {
  readonly table: Table;
  /** Names of the columns that were left out, in the table's order. */
  readonly hidden: readonly string[];
}

/** The table in at most that many columns of a terminal. A table that fits as it is stays as it is. */
export function fitTable(table: Table, width: number): FittedTable {
  const widthOf = (each: Table) => each.columns.reduce((sum, _, index) => sum + columnWidth(each, index) + gap, 1);
  if (widthOf(table) <= width) return { table, hidden: [] };
  const short = shortenCells(table);
  let excess = widthOf(short) - width;
  const dropped = new Set<number>();
  for (const index of dropOrder(short)) {
    if (excess <= 0) break;
    dropped.add(index);
    excess -= columnWidth(short, index) + gap;
  }
  const kept = keepColumns(short, (_, index) => !dropped.has(index));
  const hidden = short.columns.filter((_, index) => dropped.has(index)).map((column) => column.name);
  return { table: narrowFirstColumn(kept, excess), hidden };
}

/** Tables of few columns on a terminal: no line is wider than it is. */
import { visible } from "../../base/text/visible.ts";
import { drawTable, keepColumns, type Markup, type Table } from "../table.ts";
import type { TerminalOptions } from "../terminal.ts";
import { cutToWidth, textWidth } from "../width.ts";
import { distinctCells } from "./distinct-cells.ts";

export interface NarrowWidth {
  readonly width: TerminalOptions["width"];
  /** Names of columns that may go, those first that tell least. */
  readonly leaving: readonly string[];
}

export interface NarrowTable {
  readonly table: Table;
  /** Names of columns that did not fit. */
  readonly gone: readonly string[];
}

const gap = "  ";
const line = (cells: readonly string[]) => cells.join(gap).trimEnd();

const markup: Markup = {
  escape: (text) => visible(text.trim()),
  headerRoom: 0,
  alignment: ({ kind }) => (kind === "metric" ? "right" : "left"),
  header: line,
  row: line,
};

/** How many columns of a terminal it takes. */
export function tableWidth(table: Table): number {
  const lines = drawTable(table, markup).split("\n");
  return lines.reduce((most, each) => Math.max(most, textWidth(each)), 0);
}

/** Long texts short, as far as those that differ still do. */
function shortCells(table: Table): Table {
  const columns = table.columns.map((_, index) =>
    distinctCells(
      table.rows.map(({ cells }) => visible(cells[index] ?? "")),
      "-",
    ),
  );
  const rows = table.rows.map((row, at) => ({ ...row, cells: columns.map((cells) => cells[at] ?? "") }));
  return { ...table, rows };
}

/** Long cells become short, then columns go until the rest fits. */
export function narrowTable(given: Table, { width, leaving }: NarrowWidth): NarrowTable {
  if (width === "full" || tableWidth(given) <= width) return { table: given, gone: [] };
  const short = shortCells(given);
  const gone: string[] = [];
  let table = short;
  for (const leaves of leaving) {
    if (tableWidth(table) <= width) break;
    gone.push(leaves);
    table = keepColumns(table, ({ name }) => name !== leaves);
  }
  return { table, gone };
}

/** Its lines; one that is too wide for the terminal all the same is cut. Without rows no text. */
export function drawNarrow(table: Table, width: TerminalOptions["width"]): string {
  if (table.rows.length === 0) return "";
  const text = drawTable(table, markup);
  return width === "full" ? text : text.replace(/.+/g, (each) => cutToWidth(each, width));
}

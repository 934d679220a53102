import { visible } from "../base/text/visible.ts";
import { drawTable, type Markup, type Table } from "./table.ts";

function plainLine(cells: readonly string[]): string {
  return cells.join("  ").trimEnd();
}

const markup: Markup = {
  escape: (text) => visible(text.trim()),
  headerRoom: 2,
  alignment: () => "left",
  header: plainLine,
  row: plainLine,
};

/** Columns and nothing else, as DVC prints diffs; a table without rows is no text at all. */
export function toPlainText(table: Table): string {
  return table.rows.length === 0 ? "" : drawTable(table, markup);
}

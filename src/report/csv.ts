import { visibleLines } from "../base/text/visible.ts";
import type { Table } from "./table.ts";

/** Quoted only where it has to be, as Python's csv does. A leading `=` stays as it is, as in DVC: a spreadsheet may run it. */
function csvField(text: string): string {
  const safe = visibleLines(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(",")}\r\n`;
}

/** The table as CSV, byte for byte as DVC prints it: line ends are CRLF. */
export function toCsv(table: Table): string {
  return csvLine(table.columns.map((column) => column.name)) + table.rows.map((row) => csvLine(row.cells)).join("");
}

import { visibleLines } from "../base/text/visible.ts";
import type { Table } from "./table.ts";

const formula = /^[=@\t\r]|^[+-](?!(?:[\d.][\w.+-]*|inf|nan)?$)/;

/**
 * Quoted only where it has to be, as Python's csv does. What a spreadsheet would run as a formula gets an apostrophe in
 * front, which makes it text there; numbers, and the lone dash of an empty cell, are none. (DVC leaves formulas as they are.)
 */
function csvField(text: string): string {
  const shown = visibleLines(text);
  const safe = formula.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(",")}\r\n`;
}

/** The table as CSV, byte for byte as DVC prints it: line ends are CRLF. */
export function toCsv(table: Table): string {
  return csvLine(table.columns.map((column) => column.name)) + table.rows.map((row) => csvLine(row.cells)).join("");
}

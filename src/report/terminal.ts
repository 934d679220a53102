/** Tables for people: between two rules, as DVC draws `exp show`, and no wider than the terminal. */
import pico from "picocolors";
import { visible } from "../base/text/visible.ts";
import { fitTable } from "./fit.ts";
import { type Column, type ColumnKind, drawTable, type Markup, type Row, type Table } from "./table.ts";

export interface TerminalOptions {
  /** Columns of the terminal, or "full": as wide as the table is, for a pipe. */
  readonly width: number | "full";
  readonly colours: boolean;
}

type Colours = ReturnType<typeof pico.createColors>;
type Paint = (text: string) => string;

function headerPaint(kind: ColumnKind, colours: Colours): Paint {
  if (kind === "metric") return (text) => colours.bold(colours.yellow(text));
  if (kind === "param") return (text) => colours.bold(colours.cyan(text));
  if (kind === "dep") return (text) => colours.bold(colours.magenta(text));
  return colours.bold;
}

function statePaint(colours: Colours): Readonly<Record<string, Paint>> {
  return { Failed: colours.red, Running: colours.yellow, Queued: colours.dim, Success: colours.green };
}

function rule(widths: readonly number[]): string {
  const length = widths.reduce((sum, width) => sum + width + 3, -1);
  return ` ${"─".repeat(Math.max(0, length))} `;
}

function boxLine(cells: readonly string[]): string {
  return `  ${cells.join("   ")}  `;
}

function boxMarkup(columns: readonly Column[], colours: Colours): Markup {
  const headers = columns.map((column) => headerPaint(column.kind, colours));
  const states = statePaint(colours);
  const stateColumn = columns.findIndex((column) => column.name === "State");
  const paintRow = (cells: readonly string[], row: Row) => {
    const painted = cells.map((cell, index) => (index === stateColumn ? (states[cell.trim()]?.(cell) ?? cell) : cell));
    const line = boxLine(painted);
    return row.emphasis === "baseline" ? colours.bold(line) : line;
  };
  return {
    escape: visible,
    headerRoom: 0,
    alignment: (column) => (column.kind === "metric" ? "right" : "left"),
    header: (cells) => boxLine(cells.map((cell, index) => headers[index]?.(cell) ?? cell)),
    row: paintRow,
    above: rule,
    below: rule,
    end: rule,
  };
}

function hiddenNote(hidden: readonly string[], width: number): string {
  if (hidden.length === 0) return "";
  const count = hidden.length === 1 ? "1 column" : `${hidden.length} columns`;
  const note = ` ${count} hidden for want of room: ${hidden.map(visible).join(", ")}`;
  const advice = " Choose with --drop, --keep or --only-changed, or send the output through a pipe.";
  const cut = note.length > width ? `${note.slice(0, Math.max(0, width - 1))}…` : note;
  return `${cut}\n${advice}\n`;
}

/** The table for a terminal. What does not fit is left out column by column, and named below; no row is ever wrapped. */
export function toTerminal(table: Table, options: TerminalOptions): string {
  const colours = pico.createColors(options.colours);
  if (options.width === "full") return drawTable(table, boxMarkup(table.columns, colours));
  const fitted = fitTable(table, options.width);
  return drawTable(fitted.table, boxMarkup(fitted.table.columns, colours)) + hiddenNote(fitted.hidden, options.width);
}

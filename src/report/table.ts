/** A table is columns and rows of text. A format is a function from it to text; how columns line up is written here, once. */
import { textWidth } from "./width.ts";

/** What a column is about: decides its alignment, its colour and which ones go first where there is no room. */
export type ColumnKind = "label" | "metric" | "param" | "dep";

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface Row {
  /** One for each column. */
  readonly cells: readonly string[];
  readonly emphasis: "baseline" | "plain";
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** The table with only the columns that are wanted. */
export function keepColumns(table: Table, isWanted: (column: Column, index: number) => boolean): Table {
  const wanted = table.columns.map((column, index) => isWanted(column, index));
  return {
    columns: table.columns.filter((_, index) => wanted[index]),
    rows: table.rows.map((row) => ({ ...row, cells: row.cells.filter((_, index) => wanted[index]) })),
  };
}

/** The cells of a column, from top to bottom. */
export function columnCells(table: Table, index: number): readonly string[] {
  return table.rows.map((row) => row.cells[index] ?? "");
}

export type Alignment = "left" | "right";

interface Cell {
  readonly text: string;
  readonly width: number;
}

function alignText({ text, width: own }: Cell, width: number, alignment: Alignment): string {
  if (own >= width) return text;
  const padding = " ".repeat(width - own);
  return alignment === "left" ? text + padding : padding + text;
}

/** What a format adds to the cells: text that is already aligned goes in, a line comes out. */
export interface Markup {
  /** Makes a cell safe for the format, and keeps it on one line. */
  escape(text: string): string;
  /** A column is at least as wide as its header and this much more. */
  readonly headerRoom: number;
  alignment(column: Column): Alignment;
  header(cells: readonly string[]): string;
  row(cells: readonly string[], row: Row): string;
  /** Lines above the header, below it, and at the end, of the columns' widths. */
  above?(widths: readonly number[]): string;
  below?(widths: readonly number[]): string;
  end?(widths: readonly number[]): string;
}

/** Draws the table with that markup. Lines end with a newline each. */
export function drawTable(table: Table, markup: Markup): string {
  const measured = (given: string): Cell => {
    const text = markup.escape(given);
    return { text, width: textWidth(text) };
  };
  const names = table.columns.map((column) => measured(column.name));
  const lines = table.rows.map((row) => row.cells.map(measured));
  const alignments = table.columns.map((column) => markup.alignment(column));
  const widths = names.map((name, index) =>
    lines.reduce((widest, cells) => Math.max(widest, cells[index]?.width ?? 0), name.width + markup.headerRoom),
  );
  const aligned = (cells: readonly Cell[]) =>
    cells.map((cell, index) => alignText(cell, widths[index] ?? 0, alignments[index] ?? "left"));
  const text = [
    markup.above?.(widths),
    markup.header(aligned(names)),
    markup.below?.(widths),
    ...table.rows.map((row, index) => markup.row(aligned(lines[index] ?? []), row)),
    markup.end?.(widths),
  ];
  return text.flatMap((line) => (line === undefined ? [] : [`${line}\n`])).join("");
}

/** Comma-separated values (RFC 4180): a cell in double quotes may hold commas, line breaks and doubled quotes. */
import { SweeplineError } from "../base/errors.ts";

export interface CsvRow {
  /** Of the row's first line, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const commaCell = () => /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
const tabCell = () => /(?:"([^"]*(?:""[^"]*)*)"|([^"\t\r\n]*))(\t|\r\n|\n|\r|$)/y;

/** The name says whose lines these are; the mark parts cells. @throws SweeplineError for a quote that is not closed, or text after a closing one */
export function readCsv(text: string, name: string, mark: "," | "\t" = ","): CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let rowLine = 1;
  // One cell and what ends it; sticky, so that each match starts where the last one stopped.
  const cell = mark === "," ? commaCell() : tabCell();
  const source = text.replace(/^\uFEFF/, "");
  while (cell.lastIndex < source.length || cells.length > 0) {
    const match = cell.exec(source);
    if (match === null) throw badQuote(line, name);
    const [whole, quoted, plain = "", end] = match;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split(/\r\n|\n|\r/).length - 1;
    if (end === mark) continue;
    if (cells.length > 1 || cells[0]?.trim() !== "") rows.push({ line: rowLine, cells });
    cells = [];
    rowLine = line;
  }
  return rows;
}

function badQuote(line: number, name: string): SweeplineError {
  return new SweeplineError({
    code: "CSV_QUOTE",
    message: `Line ${line} of ${name}: a cell's quotes are not closed, or text stands outside them.`,
    hint: 'Put the whole cell in double quotes, and double those inside: "say ""hi""".',
  });
}

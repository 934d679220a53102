/** Files of points that a training writes as it goes: DVCLive's TSV, CSV with a header, JSON with a list of objects. */
import { SweeplineError } from "../../base/errors.ts";
import { finiteNumber, isList, isMap, type Value } from "../../base/value.ts";
import { readCsv } from "../../sweep/csv.ts";

/** By name of the column, a number or undefined a row: what is no finite number makes no point. */
export type PlotsTable = ReadonlyMap<string, readonly (number | undefined)[]>;

export type ReadJson = (file: { readonly path: string; readonly bytes: Uint8Array }) => Value;

const numeral = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** A value as a number where it is a finite one, also as a text. */
export function pointNumber(value: Value | undefined): number | undefined {
  return finiteNumber(typeof value === "string" && numeral.test(value) ? Number(value) : value);
}

/** Whether a file of this name may hold points; pictures do not. */
export function isPlotsFile(file: string): boolean {
  return /\.(?:tsv|csv|json)$/i.test(file);
}

function tableOf(names: readonly string[], rows: readonly ((name: string, at: number) => Value | undefined)[]) {
  return new Map(names.map((name, at) => [name, rows.map((cell) => pointNumber(cell(name, at)))]));
}

function cellsTable(file: string, text: string): PlotsTable {
  const [header, ...rows] = readCsv(text, file, /\.tsv$/i.test(file) ? "\t" : ",");
  return tableOf(
    header?.cells ?? [],
    rows.map(
      ({ cells }) =>
        (_name, at) =>
          cells[at],
    ),
  );
}

/** The first list of objects: the file itself, or what one of its keys holds (DVC 3.67.1, render/converter/vega.py). */
function pointsIn(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (!isMap(value)) return [];
  return [...value.values()].map(pointsIn).find((points) => points.length > 0) ?? [];
}

function jsonTable(value: Value): PlotsTable {
  const points = pointsIn(value).filter(isMap);
  const names = [...new Set(points.flatMap((point) => [...point.keys()].map(String)))];
  return tableOf(
    names,
    points.map((point) => (name) => point.get(name)),
  );
}

/** What of it are numbers. Errors: CSV_QUOTE, JSON_INVALID and its kin. */
export function readPlotsFile(file: string, bytes: Uint8Array, readJson: ReadJson): PlotsTable {
  if (/\.json$/i.test(file)) return jsonTable(readJson({ path: file, bytes }));
  const text = new TextDecoder().decode(bytes);
  if (!text.includes("\0")) return cellsTable(file, text);
  throw new SweeplineError({ code: "CSV_QUOTE", message: `${file} is no text` });
}

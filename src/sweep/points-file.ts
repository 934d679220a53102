/** Points listed one by one, instead of a product: from CSV or JSON lines. */

import { escapeWord, quote } from "../../grammar/override/printer.ts";
import type { ErrorCode } from "../base/error-codes.ts";
import { SweeplineError } from "../base/errors.ts";
import { isList, isMap, type Value } from "../base/value.ts";
import { dataReader } from "../params/data-file.ts";
import { readCsv } from "./csv.ts";
import { type EvaluatedOverride, evaluateOverride, issueError, sweepOf } from "./evaluate.ts";
import { type ExpandOptions, expandPoints, splitFile, targetOf } from "./expand.ts";
import { dictOf, type Element } from "./functions/elements.ts";
import { renderElement } from "./functions/render.ts";
import { paramEdit } from "./param-edit.ts";
import type { Point, PointOverride } from "./types.ts";

export type PointsFormat = "csv" | "jsonl";

export interface PointsOptions extends ExpandOptions {
  /** What refusals call the list: `'points.csv'`, "the standard input". */
  readonly name?: string;
}

interface Line {
  readonly name: string;
  readonly line: number;
}

const nameOf = ({ name = "the points" }: PointsOptions): string => name;

/**
 * The points of a list. CSV: a header of keys (`lr`, `other.json:seed`), then one point a row; a cell is read as the
 * value of an override, and an empty one leaves the parameter as it is. JSON lines: one object of keys and values a
 * point, with JSON's own types (1 is an integer, 1.0 a float, "1" a text).
 * @throws SweeplineError naming the line
 */
export async function readPointsFile(
  text: string,
  format: PointsFormat,
  options: PointsOptions = {},
): Promise<readonly Point[]> {
  const rows = format === "csv" ? csvPoints(text, options) : await jsonPoints(text, options);
  return rows.map((overrides, index) => ({ index, overrides }));
}

function csvPoints(text: string, options: PointsOptions): PointOverride[][] {
  const name = nameOf(options);
  const [header, ...rows] = readCsv(text, name);
  if (header === undefined) return [];
  checkHeader(header.cells, { name, line: header.line });
  return rows.map(({ line, cells }) => {
    const at = { name, line };
    if (cells.length !== header.cells.length)
      throw atLine(at, { code: "POINT_CELLS", what: `has ${cells.length} cells, the header ${header.cells.length}.` });
    return cells.flatMap((cell, column) =>
      cell.trim() === "" ? [] : cellOverride(`${(header.cells[column] ?? "").trim()}=${cell}`, at, options),
    );
  });
}

/** Of two columns of one key, one would silently lose. */
function checkHeader(cells: readonly string[], at: Line): void {
  const seen = new Set<string>();
  for (const cell of cells) {
    const { file, text } = named(at, () => splitFile(cell.trim()));
    if (text === "") continue;
    if (seen.has(`${file}\0${text}`))
      throw atLine(at, {
        code: "POINT_KEY_TWICE",
        what: `: the key '${cell.trim()}' has two columns.`,
        hint: "Remove one of them.",
      });
    seen.add(`${file}\0${text}`);
  }
}

function cellOverride(override: string, at: Line, options: ExpandOptions): readonly PointOverride[] {
  const { points, isSweep } = named(at, () => expandPoints([override], options));
  const cell = override.slice(override.indexOf("=") + 1);
  if (isSweep)
    throw atLine(at, {
      code: "POINT_SWEEP",
      what: `: '${cell}' is a sweep, and a point has one value.`,
      hint: `For the text, write '${cell}' with its quotes.`,
    });
  return points[0]?.overrides ?? [];
}

async function jsonPoints(text: string, options: PointsOptions): Promise<PointOverride[][]> {
  const read = await dataReader(jsonPath);
  const encoder = new TextEncoder();
  const name = nameOf(options);
  const keys = new Map<string, JsonKey>();
  return text.split("\n").flatMap((source, index) => {
    if (source.trim() === "") return [];
    const at = { name, line: index + 1 };
    const object = named(at, () => read({ path: jsonPath, bytes: encoder.encode(source) }));
    if (!isMap(object))
      throw atLine(at, {
        code: "POINT_NOT_AN_OBJECT",
        what: "is not an object.",
        hint: 'Write {"lr": 0.1, "train.units": 64}.',
      });
    return [
      [...object].map(([key, value]) => named(at, () => jsonOverride(keys, { key: String(key), value, options }))),
    ];
  });
}

interface JsonKey {
  readonly file: string;
  readonly override: EvaluatedOverride;
}

/** A key is read once, not once a point. */
function jsonOverride(
  keys: Map<string, JsonKey>,
  { key, value, options }: { readonly key: string; readonly value: Value; readonly options: ExpandOptions },
): PointOverride {
  const known = keys.get(key) ?? jsonKey(key);
  keys.set(key, known);
  const { file, override } = known;
  const element = elementOf(value);
  const text = `${override.keyElement}=${renderTyped(override.keyElement, element)}`;
  return { file, text, edit: paramEdit({ override, value: element, text, target: targetOf(file, options) }) };
}

function jsonKey(key: string): JsonKey {
  const { file, text } = splitFile(`${key}=`);
  const outcome = evaluateOverride(text);
  if (!outcome.ok) throw issueError(text, outcome.issue);
  return { file, override: outcome.override };
}

function elementOf(value: Value): Element {
  if (isList(value)) return value.map(elementOf);
  return isMap(value) ? dictOf([...value].map(([key, item]) => [key, elementOf(item)])) : value;
}

/** As a text that reads back with the same type: the text "1" gets quotes. */
function renderTyped(key: string, element: Element): string {
  if (typeof element !== "string") return renderElement(withQuotes(element));
  const bare = escapeWord(element);
  const again = evaluateOverride(`${key}=${bare}`);
  const isSame = again.ok && sweepOf(again.override) === undefined && again.override.value === element;
  return isSame ? bare : quote(element, "'");
}

/** Inside lists and dicts every text is quoted: simpler to read than the exceptions. */
function withQuotes(element: Element): Element {
  if (typeof element === "string") return { kind: "quoted", text: element, quote: "'" };
  if (typeof element !== "object" || element === null) return element;
  if ("kind" in element)
    return element.kind === "dict"
      ? { kind: "dict", entries: element.entries.map(([key, value]) => [key, withQuotes(value)]) }
      : element;
  return element.map(withQuotes);
}

/** Chooses the reader of a line. */
const jsonPath = "points.json";

/** Runs the work of one line; a refusal gets the name of the list and the line's number. */
function named<T>({ name, line }: Line, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    throw new SweeplineError({ ...error.toFacts(), message: `Line ${line} of ${name}${whatOf(error)}` });
  }
}

/** Of what our reader found in the line itself, the line's number is always 1, and is not shown. */
function whatOf({ place, message }: SweeplineError): string {
  const { inFile, name = "" } = place ?? {};
  if (inFile === undefined || !name.startsWith(`${jsonPath}:`)) return `: ${message}`;
  return `, column ${inFile.column}: ${inFile.problem}`;
}

interface LineProblem {
  readonly code: ErrorCode;
  /** Behind the line; with a colon first where it is a sentence of its own. */
  readonly what: string;
  readonly hint?: string;
}

function atLine({ name, line }: Line, { code, what, hint }: LineProblem): SweeplineError {
  const message = `Line ${line} of ${name}${what.startsWith(":") ? "" : " "}${what}`;
  return new SweeplineError({ code, message, ...(hint === undefined ? {} : { hint }) });
}

/** How Python writes values: needed wherever DVC hashes or prints what Python printed. */
import { isList, isMap, type Scalar, type Value, type ValueMap } from "./value.ts";

/** repr() of a float: 0.1, 1e-05, 1e+16, 100000.0, inf, nan. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const magnitude = Math.abs(value);
  // Python writes an exponent below 1e-4 and from 1e16 on; JavaScript below 1e-6 and from 1e21 on.
  if (value !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [mantissa = "", exponent = ""] = value.toExponential().split("e");
    const digits = exponent.slice(1).padStart(2, "0");
    return `${mantissa}e${exponent.startsWith("-") ? "-" : "+"}${digits}`;
  }
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** Printable ASCII without a quotation mark or a backslash. */
const plainText = /^[ !#-[\]-~]*$/;

/** A JSON string as json.dumps writes it with ensure_ascii. */
export function jsonString(text: string): string {
  // Most texts are plain, and a test is several times faster than a replacement that finds nothing.
  if (plainText.test(text)) return `"${text}"`;
  const json = JSON.stringify(text);
  if (!/[\u007f-\uffff]/.test(json)) return json;
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function jsonKey(key: Scalar): string {
  if (typeof key === "string") return jsonString(key);
  return `"${pythonJson(key)}"`;
}

/** Orders strings by code point, as Python does; JavaScript orders by UTF-16 unit, which differs for astral characters. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const leftIsSurrogate = left >= 0xd800 && left <= 0xdfff;
    const rightIsSurrogate = right >= 0xd800 && right <= 0xdfff;
    if (leftIsSurrogate !== rightIsSurrogate) return leftIsSurrogate ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

export interface PythonJsonOptions {
  /** By code points, as json.dumps(sort_keys=True); default: the mapping's own order. */
  readonly order?: "own" | "sorted";
  /** How NaN and infinity are written: "bare" as Python does (the default), "text" as strings, which JSON allows. */
  readonly specials?: "bare" | "text";
}

function numberJson(value: number, { specials }: PythonJsonOptions): string {
  if (Number.isFinite(value)) return floatRepr(value);
  if (specials === "text") return `"${floatRepr(value)}"`;
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

// Texts of many megabytes are made here: strings that grow take half the time of lists that are joined.
function listJson(items: readonly Value[], options: PythonJsonOptions): string {
  let text = "[";
  for (const item of items) text += `${text.length === 1 ? "" : ", "}${pythonJson(item, options)}`;
  return `${text}]`;
}

function mapJson(map: ValueMap, options: PythonJsonOptions): string {
  const entries = options.order === "sorted" ? [...map].sort(byKey) : map;
  let text = "{";
  for (const [key, item] of entries)
    text += `${text.length === 1 ? "" : ", "}${jsonKey(key)}: ${pythonJson(item, options)}`;
  return `${text}}`;
}

function byKey([a]: readonly [Scalar, Value], [b]: readonly [Scalar, Value]): number {
  return compareCodePoints(String(a), String(b));
}

/** json.dumps(value) with the default separators (", " and ": "), ASCII only. */
export function pythonJson(value: Value, options: PythonJsonOptions = {}): string {
  if (value === null) return "null";
  if (typeof value === "string") return jsonString(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return numberJson(value, options);
  if (isList(value)) return listJson(value, options);
  if (isMap(value)) return mapJson(value, options);
  throw new TypeError(`not a value: ${typeof value}`);
}

/** repr() of a string: single quotes unless it holds one and no double quote. */
function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replace(/\\/g, "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: repr() escapes control characters
    .replace(/[\u0000-\u001f\u007f]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return quote + body + quote;
}

const tuples = new WeakSet<object>();

/** The same list, which repr() writes as a tuple from now on. */
export function asTuple(items: readonly Value[]): readonly Value[] {
  tuples.add(items);
  return items;
}

/** repr() of a value: None, True, [1, 'a'], {'k': 1.0}. */
export function pythonRepr(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return floatRepr(value);
  if (typeof value === "string") return stringRepr(value);
  if (isList(value)) {
    const items = value.map(pythonRepr).join(", ");
    return tuples.has(value) ? `(${items}${value.length === 1 ? "," : ""})` : `[${items}]`;
  }
  if (isMap(value)) return `{${[...value].map(([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`).join(", ")}}`;
  throw new TypeError(`not a value: ${typeof value}`);
}

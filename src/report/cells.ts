/** What stands in a cell: a value as Python prints it, and never a character that a terminal would obey. */
import { floatRepr, pythonRepr } from "../base/python.ts";
import { isList, isMap, type Value } from "../base/value.ts";
import { formatSignificant, roundDecimals } from "./numbers.ts";

/** How floats are written; other values are the same everywhere. */
export type FloatFormat = (value: number) => string;

export const exactFloats: FloatFormat = floatRepr;

/** That many significant digits, as DVC's tables. */
export function significantFloats(digits: number): FloatFormat {
  return (value) => formatSignificant(value, digits);
}

/** Rounded to that many decimals, as DVC's `metrics`. */
export function decimalFloats(digits: number): FloatFormat {
  return (value) => floatRepr(roundDecimals(value, digits));
}

/** Digits where nobody asks for others. */
export const defaultPrecision = 5;

function nestedText(value: Value, float: FloatFormat): string {
  if (typeof value === "number") return float(value);
  if (isList(value)) return `[${value.map((item) => nestedText(item, float)).join(", ")}]`;
  if (isMap(value))
    return `{${[...value].map(([key, item]) => `${pythonRepr(key)}: ${nestedText(item, float)}`).join(", ")}}`;
  return pythonRepr(value);
}

/** str(value): True, 4, 0.5, adam, [16, 32]. */
export function cellText(value: Value, float: FloatFormat): string {
  return typeof value === "string" ? value : nestedText(value, float);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const dangerous = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const allDangerous = new RegExp(dangerous, "g");
const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return shortEscapes[character] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** Names and values come from anybody's commits: control characters and direction marks are shown as escapes, not sent. */
export function visible(text: string): string {
  return dangerous.test(text) ? text.replace(allDangerous, escapeCharacter) : text;
}

/** The same, but line ends and tabs stay: for formats that can quote them. */
export function visibleLines(text: string): string {
  if (!dangerous.test(text)) return text;
  return text.replace(allDangerous, (character) =>
    character in shortEscapes ? character : escapeCharacter(character),
  );
}

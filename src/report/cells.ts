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

/** What the operators of conditions make of values. A missing value makes the answer unknown, which is not true. */
import { compareCodePoints } from "../../base/python.ts";
import { isList, sameValue, type Value } from "../../base/value.ts";

/** undefined: missing, or not to be known. */
export type Known = Value | undefined;

function isMissing(value: Known): value is null | undefined {
  return value === undefined || value === null;
}

function asNumberOf(value: Known): number | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : undefined;
}

function isEqual(left: Value, right: Value): boolean {
  const [a, b] = [asNumberOf(left), asNumberOf(right)];
  return a === undefined || b === undefined ? sameValue(left, right) : a === b;
}

/** Numbers by size, texts by their characters; others are in no order. */
function ordered(left: Value, right: Value): number | undefined {
  const [a, b] = [asNumberOf(left), asNumberOf(right)];
  if (a !== undefined && b !== undefined) return Number.isNaN(a) || Number.isNaN(b) ? undefined : Math.sign(a - b);
  return typeof left === "string" && typeof right === "string" ? compareCodePoints(left, right) : undefined;
}

export function equal(left: Known, right: Known): boolean {
  // `x == null` asks whether it is missing.
  if (isMissing(left) || isMissing(right)) return isMissing(left) && isMissing(right);
  return isEqual(left, right);
}

export function inOrderOf(left: Known, right: Known, holds: (order: number) => boolean): boolean | undefined {
  if (isMissing(left) || isMissing(right)) return undefined;
  const order = ordered(left, right);
  return order === undefined ? undefined : holds(order);
}

/** In a list, or in a text as a part of it. */
export function isIn(left: Known, right: Known): boolean | undefined {
  if (isMissing(left) || isMissing(right)) return undefined;
  if (isList(right)) return right.some((item) => isEqual(left, item));
  return typeof left === "string" && typeof right === "string" ? right.includes(left) : undefined;
}

const operations = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
  // The sign of the divisor, as Python has it.
  "%": (a: number, b: number) => ((a % b) + b) % b,
} as const;

export function calculated(operator: keyof typeof operations, left: Known, right: Known): Known {
  const [a, b] = [asNumberOf(left), asNumberOf(right)];
  if (a === undefined || b === undefined) return undefined;
  const result = operations[operator](a, b);
  return Number.isNaN(result) ? undefined : result;
}

export function negated(value: Known): Known {
  const number = asNumberOf(value);
  return number === undefined ? undefined : -number;
}

/** What a value says as a condition of its own: `starred`, `use_bias`. */
export function truth(value: Known): boolean | undefined {
  if (isMissing(value)) return undefined;
  if (typeof value === "boolean") return value;
  const number = asNumberOf(value);
  if (number !== undefined) return number !== 0;
  return typeof value === "string" ? value !== "" : isList(value) ? value.length > 0 : undefined;
}

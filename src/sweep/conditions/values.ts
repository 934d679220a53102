/** What the operators of conditions make of values. A missing value makes the answer unknown, which is not true. */
import type { Arithmetic, Comparison } from "../../../grammar/filter/ast.ts";
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

/** A longer text is no number that anybody writes. */
const longestNumber = 40;

/** What a text stands for beside a number: `0.1`, `1e-3`, `nan`, `-inf`. */
function numberIn(value: Known): number | undefined {
  if (typeof value !== "string") return asNumberOf(value);
  const text = value.length > longestNumber ? "" : value.trim().toLowerCase();
  if (/^[+-]?inf(?:inity)?$/.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (text === "nan") return Number.NaN;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Both as numbers where one is a number and the other one is or tells a number; two texts are texts. */
function asNumbers(left: Known, right: Known): readonly [number, number] | undefined {
  if (typeof left === "string" && typeof right === "string") return undefined;
  const [a, b] = [numberIn(left), numberIn(right)];
  return a === undefined || b === undefined ? undefined : [a, b];
}

/** What a text stands for beside true or false, in the spellings of YAML and Python. */
function truthIn(value: Value): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "True") return true;
  return value === "false" || value === "False" ? false : undefined;
}

function isEqual(left: Value, right: Value): boolean {
  const numbers = asNumbers(left, right);
  // Not as in Python: who writes `loss == nan` looks for what diverged.
  if (numbers !== undefined) return numbers[0] === numbers[1] || numbers.every(Number.isNaN);
  if (typeof left === "boolean" || typeof right === "boolean") return truthIn(left) === truthIn(right);
  if (isList(left) && isList(right))
    return left.length === right.length && left.every((item, at) => isEqual(item, right[at] ?? null));
  return sameValue(left, right);
}

/** The same for all that are equal, and perhaps for others; undefined: nothing is known. */
export function equalityKey(value: Known): string | undefined {
  if (typeof value === "string" || typeof value === "boolean") {
    const asTruth = truthIn(value);
    if (asTruth !== undefined) return `b${asTruth}`;
  }
  const number = numberIn(value);
  if (number !== undefined) return `n${number}`;
  return typeof value === "string" ? `s${value}` : undefined;
}

/** Numbers by size, texts by their characters; others are in no order. */
function ordered(left: Value, right: Value): number | undefined {
  const numbers = asNumbers(left, right);
  if (numbers !== undefined) return numbers.some(Number.isNaN) ? undefined : Math.sign(numbers[0] - numbers[1]);
  return typeof left === "string" && typeof right === "string" ? compareCodePoints(left, right) : undefined;
}

type Kind = "a number" | "a text" | "true or false" | "a list" | "a group of values";

/** What a value is, in words. */
export function kindInWords(value: Value): Kind {
  if (asNumberOf(value) !== undefined) return "a number";
  if (typeof value === "string") return "a text";
  return typeof value === "boolean" ? "true or false" : isList(value) ? "a list" : "a group of values";
}

/** Whether an operator has an answer for values of these kinds; what is missing says nothing. */
export function isAnswerable(operator: Comparison | Arithmetic, left: Known, right: Known): boolean | undefined {
  if (isMissing(left) || isMissing(right)) return undefined;
  if (Object.hasOwn(operations, operator)) return numberIn(left) !== undefined && numberIn(right) !== undefined;
  if (operator === "in" || operator === "not in")
    return isList(right)
      ? right.length === 0 || right.some((item) => isAnswerable("==", left, item) !== false)
      : typeof left === "string" && typeof right === "string";
  if (asNumbers(left, right) !== undefined) return true;
  if (operator !== "==" && operator !== "!=") return ordered(left, right) !== undefined;
  const isTruth = typeof left === "boolean" || typeof right === "boolean";
  return isTruth
    ? truthIn(left) !== undefined && truthIn(right) !== undefined
    : kindInWords(left) === kindInWords(right);
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
  const [a, b] = [numberIn(left), numberIn(right)];
  if (a === undefined || b === undefined) return undefined;
  const result = operations[operator](a, b);
  return Number.isNaN(result) ? undefined : result;
}

export function negated(value: Known): Known {
  const number = numberIn(value);
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

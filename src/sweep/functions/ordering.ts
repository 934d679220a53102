/** sort() and shuffle(): Python's `<`, stable, and sweeps kept as sweeps. */
import { compareCodePoints } from "../../base/python.ts";
import { type ChoiceSweep, type Element, isElementList, kindOf, kindWords, type RangeSweep } from "./elements.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { sortedRange } from "./ranges.ts";
import { renderElement } from "./render.ts";

export type Direction = "ascending" | "descending";

/** @throws EvaluationError where two elements have no order, such as a text and a number */
export function sortElements(items: readonly Element[], direction: Direction): Element[] {
  if (direction === "ascending") return [...items].sort(compareElements);
  // Equal elements keep their order also when descending: turned round before and after, as Python does.
  return [...items].reverse().sort(compareElements).reverse();
}

export function sortSweep(sweep: ChoiceSweep | RangeSweep, direction: Direction): ChoiceSweep | RangeSweep {
  if (sweep.kind === "range") return sortedRange(sweep, direction);
  return { ...sweep, items: sortElements(sweep.items, direction), order: "given" };
}

function compareElements(a: Element, b: Element): number {
  return isLess(a, b) ? -1 : isLess(b, a) ? 1 : 0;
}

type Numeric = boolean | bigint | number;
const isNumeric = (element: Element): element is Numeric => ["boolean", "bigint", "number"].includes(typeof element);
const asNumber = (element: Numeric): bigint | number => (typeof element === "boolean" ? Number(element) : element);

function isLess(a: Element, b: Element): boolean {
  if (isNumeric(a) && isNumeric(b)) return asNumber(a) < asNumber(b);
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b) < 0;
  if (isElementList(a) && isElementList(b)) return isListLess(a, b);
  const kinds = `${kindWords[kindOf(a)]} and ${kindWords[kindOf(b)]}`;
  throw new EvaluationError("NOT_COMPARABLE", `sort() cannot order ${kinds}.`, "Give values of one type.");
}

function isListLess(a: readonly Element[], b: readonly Element[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a[index] ?? null;
    const right = b[index] ?? null;
    if (!isEqual(left, right)) return isLess(left, right);
  }
  return a.length < b.length;
}

function isEqual(a: Element, b: Element): boolean {
  // Python compares an integer and a float by value, as == does here for a bigint and a number.
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1
  if (isNumeric(a) && isNumeric(b)) return asNumber(a) == asNumber(b);
  return kindOf(a) === kindOf(b) && renderElement(a) === renderElement(b);
}

/** A random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = result[last] as T;
    result[last] = result[other] as T;
    result[other] = kept;
  }
  return result;
}

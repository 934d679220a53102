/** Conditions on points that are still being made: what they say before all keys have a value. */
import type { FilterNode } from "../../../grammar/filter/ast.ts";
import { answerOfMany, type ConditionScope, compileCondition, type Evaluate, type NodeOf } from "./compile.ts";
import { type Known, truth } from "./values.ts";

/** A point while it is made. Keys are counted as the sweep has them. */
export interface PartialPoint {
  readonly values: Known[];
  /** Whether the key has its value; it may be one that the point does without. */
  readonly bound: boolean[];
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface PartialScope extends ConditionScope<PartialPoint> {
  /** The key that a name stands for; undefined: one that this sub-sweep lacks. */
  keyOf(node: NodeOf<"name">): number | undefined;
  /** Between what the key's values lie, where all are numbers. */
  rangeOf(key: number): Range | undefined;
}

/** One of the conditions that have to hold together. */
export interface PartialCondition {
  /** The keys that it names. */
  readonly keys: ReadonlySet<number>;
  /** Whether it holds whatever the other keys become; undefined: that is not known yet, or never. */
  readonly answer: (point: PartialPoint) => boolean | undefined;
  /** What keys have to be equal to. */
  readonly equalities: readonly Equality[];
}

/** `key == value`, where the value is told by other keys. */
export interface Equality {
  readonly key: number;
  readonly needs: ReadonlySet<number>;
  readonly value: Evaluate<PartialPoint>;
}

/** `a and b and c` as three. */
export function conjuncts(node: FilterNode): readonly FilterNode[] {
  return node.kind === "and" ? node.operands.flatMap(conjuncts) : [node];
}

function namesIn(node: FilterNode): readonly NodeOf<"name">[] {
  switch (node.kind) {
    case "literal":
      return [];
    case "name":
      return [node];
    case "list":
      return node.items.flatMap(namesIn);
    case "not":
    case "minus":
      return namesIn(node.operand);
    case "and":
    case "or":
      return node.operands.flatMap(namesIn);
    case "compare":
      return [...namesIn(node.left), ...namesIn(node.right)];
    case "arithmetic":
      return [node.first, ...node.rest.map(({ operand }) => operand)].flatMap(namesIn);
  }
}

/** The keys that a condition names. */
function keysIn(node: FilterNode, scope: PartialScope): ReadonlySet<number> {
  return new Set(namesIn(node).flatMap((name) => scope.keyOf(name) ?? []));
}

type Answer = (point: PartialPoint) => boolean | undefined;
type RangeIn = (point: PartialPoint) => Range | undefined;

/** Throws as compileCondition. */
export function partialCondition(node: FilterNode, scope: PartialScope): PartialCondition {
  return { keys: keysIn(node, scope), answer: answerOf(node, scope), equalities: equalitiesOf(node, scope) };
}

function equalitiesOf(node: FilterNode, scope: PartialScope): readonly Equality[] {
  if (node.kind !== "compare" || node.operator !== "==") return [];
  const sides = [
    [node.left, node.right],
    [node.right, node.left],
  ] as const;
  return sides.flatMap(([side, other]) => {
    const key = side.kind === "name" ? scope.keyOf(side) : undefined;
    const needs = keysIn(other, scope);
    return key === undefined || needs.has(key) ? [] : [{ key, needs, value: compileCondition(other, scope) }];
  });
}

/** and, or, not of three answers; what they join is asked when its keys have values, and a comparison of numbers before. */
function answerOf(node: FilterNode, scope: PartialScope): Answer {
  if (node.kind === "and" || node.kind === "or")
    return answerOfMany(
      node.kind,
      node.operands.map((operand) => answerOf(operand, scope)),
    );
  if (node.kind === "not") {
    const operand = answerOf(node.operand, scope);
    return (point) => {
      const answer = operand(point);
      return answer === undefined ? undefined : !answer;
    };
  }
  const keys = [...keysIn(node, scope)];
  const whole = compileCondition(node, scope);
  const before: Answer = node.kind === "compare" ? comparisonOfRanges(node, scope) : () => undefined;
  return (point) => (keys.every((key) => point.bound[key]) ? truth(whole(point)) : before(point));
}

function comparisonOfRanges({ operator, left, right }: NodeOf<"compare">, scope: PartialScope): Answer {
  const decide = decisions[operator];
  if (decide === undefined) return () => undefined;
  const rangeLeft = rangeIn(left, scope);
  const rangeRight = rangeIn(right, scope);
  return (point) => {
    const a = rangeLeft(point);
    const b = a === undefined ? undefined : rangeRight(point);
    return a === undefined || b === undefined ? undefined : decide(a, b);
  };
}

/** The answer where the one holds for all numbers of both ranges, or for none. */
const isBelow = (a: Range, b: Range) => (a.high < b.low ? true : a.low >= b.high ? false : undefined);
const isUpTo = (a: Range, b: Range) => (a.high <= b.low ? true : a.low > b.high ? false : undefined);
const areApart = (a: Range, b: Range) => a.high < b.low || b.high < a.low;
const decisions: Readonly<Record<string, (a: Range, b: Range) => boolean | undefined>> = {
  "<": isBelow,
  "<=": isUpTo,
  ">": (a, b) => isBelow(b, a),
  ">=": (a, b) => isUpTo(b, a),
  "==": (a, b) => (areApart(a, b) ? false : undefined),
  "!=": (a, b) => (areApart(a, b) ? true : undefined),
};

function numberRange(value: Known): Range | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && !Number.isNaN(number) ? { low: number, high: number } : undefined;
}

/** Between what the numbers of a list lie; undefined where one is none. */
export function rangeOfValues(values: readonly Known[]): Range | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    const range = numberRange(value);
    if (range === undefined) return undefined;
    if (range.low < low) low = range.low;
    if (range.high > high) high = range.high;
  }
  return values.length === 0 ? undefined : { low, high };
}

/** Floating-point numbers are rounded to the same side whatever they are, so the ends calculated in the same order hold. */
function rangeIn(node: FilterNode, scope: PartialScope): RangeIn {
  switch (node.kind) {
    case "literal": {
      const range = numberRange(node.value);
      return () => range;
    }
    case "name": {
      const key = scope.keyOf(node);
      if (key === undefined) return () => undefined;
      const range = scope.rangeOf(key);
      return ({ bound, values }) => (bound[key] ? numberRange(values[key]) : range);
    }
    case "minus": {
      const operand = rangeIn(node.operand, scope);
      return (point) => {
        const range = operand(point);
        return range === undefined ? undefined : { low: -range.high, high: -range.low };
      };
    }
    case "arithmetic": {
      const first = rangeIn(node.first, scope);
      const rest = node.rest.map(({ operator, operand }) => ({ operator, of: rangeIn(operand, scope) }));
      return (point) =>
        rest.reduce((range, { operator, of }) => calculatedRange(operator, range, of(point)), first(point));
    }
    default:
      return () => undefined;
  }
}

function calculatedRange(operator: string, a: Range | undefined, b: Range | undefined): Range | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (operator === "+") return ends([a.low + b.low, a.high + b.high]);
  if (operator === "-") return ends([a.low - b.high, a.high - b.low]);
  if (operator === "*") return ends([a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]);
  if (operator === "/" && (b.low > 0 || b.high < 0))
    return ends([a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high]);
  return undefined;
}

function ends(numbers: readonly number[]): Range | undefined {
  return numbers.some(Number.isNaN) ? undefined : { low: Math.min(...numbers), high: Math.max(...numbers) };
}

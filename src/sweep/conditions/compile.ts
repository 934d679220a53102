/** A condition's tree as a function of rows, whatever a row is: patterns are made and names looked up once, before any row is seen. */
import { RE2JS, RE2JSSyntaxException } from "re2js";
import type { Arithmetic, Comparison, FilterNode, FilterPlace } from "../../../grammar/filter/ast.ts";
import { parseFilter } from "../../../grammar/filter/parse.ts";
import { SweeplineError } from "../../base/errors.ts";
import { calculated, equal, inOrderOf, isIn, type Known, negated, truth } from "./values.ts";

export type Evaluate<Row> = (row: Row) => Known;
export type NodeOf<Kind extends FilterNode["kind"]> = Extract<FilterNode, { kind: Kind }>;

/** A condition as it was typed. */
export interface ConditionText {
  readonly text: string;
  /** Where the text stands in the words of the command line, for messages: `--where`. */
  readonly option: string;
}

/** An operator at its place. Of each place there is one, the same for all rows. */
export interface Met extends FilterPlace {
  readonly operator: Comparison | Arithmetic;
}

export interface ConditionScope<Row> extends ConditionText {
  /** What a name stands for. Throws conditionRefused for one that means nothing. */
  nameOf(node: NodeOf<"name">): Evaluate<Row>;
  /** What a side means beside what it is compared with; undefined: itself. Throws conditionRefused for what can't be meant. */
  meaningBeside?(node: FilterNode, other: FilterNode): Known;
  /** Is told each pair of values that an operator meets. */
  met?(met: Met, left: Known, right: Known): void;
}

interface Refusal {
  /** Default: FILTER_INVALID. */
  readonly code?: "FILTER_INVALID" | "FILTER_NAME_UNKNOWN";
  readonly message: string;
  readonly hint?: string;
}

/** The refusal with its place in the condition. */
export function conditionRefused(
  { text, option }: ConditionText,
  node: { readonly offset: number; readonly length: number },
  refusal: Refusal,
): SweeplineError {
  const { offset, length } = node;
  return new SweeplineError({
    code: refusal.code ?? "FILTER_INVALID",
    message: `${option}: ${refusal.message}`,
    place: { name: "condition", text, offset, length },
    ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
  });
}

/** Throws FILTER_INVALID. */
export function readCondition(condition: ConditionText): FilterNode {
  const result = parseFilter(condition.text);
  if (!result.ok) throw conditionRefused(condition, result.issue, result.issue);
  return result.filter;
}

/** RE2's language, whose search takes time as the text's length, whatever the pattern. */
function compilePattern(node: FilterNode, condition: ConditionText): (text: string) => boolean {
  if (node.kind !== "literal" || typeof node.value !== "string")
    throw conditionRefused(condition, node, { message: "a pattern has to be a text in quotes" });
  try {
    const pattern = RE2JS.compile(node.value);
    return (text) => pattern.matcher(text).find();
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const hint = "Patterns are those of RE2: no look-ahead, no back-references.";
    throw conditionRefused(condition, node, { message: `the pattern can't be read: ${error.message}`, hint });
  }
}

const orders: Readonly<Record<string, (order: number) => boolean>> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

function opposite(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function compileMatch<Row>({ operator, left, right }: NodeOf<"compare">, scope: ConditionScope<Row>): Evaluate<Row> {
  const matches = compilePattern(right, scope);
  const of = compileCondition(left, scope);
  return (row) => {
    const value = of(row);
    if (value === undefined || value === null) return undefined;
    return matches(typeof value === "string" ? value : String(value)) === (operator === "=~");
  };
}

function compileSide<Row>(node: FilterNode, other: FilterNode, scope: ConditionScope<Row>): Evaluate<Row> {
  const special = scope.meaningBeside?.(node, other);
  return special === undefined ? compileCondition(node, scope) : () => special;
}

type Operation = (left: Known, right: Known) => Known;

function operationOf({ operator, left, right }: NodeOf<"compare">): Operation {
  if (operator === "in") return isIn;
  if (operator === "not in") return (a, b) => opposite(isIn(a, b));
  if (operator === "==") return equal;
  if (operator === "!=") return (a, b) => notEqual(a, b, { left, right });
  const holds = orders[operator] ?? (() => false);
  return (a, b) => inOrderOf(a, b, holds);
}

function compileCompare<Row>(node: NodeOf<"compare">, scope: ConditionScope<Row>): Evaluate<Row> {
  const { operator, left, right } = node;
  if (operator === "=~" || operator === "!~") return compileMatch(node, scope);
  const a = compileSide(left, right, scope);
  const b = compileSide(right, left, scope);
  const operation = operationOf(node);
  return (row) => {
    const [one, other] = [a(row), b(row)];
    scope.met?.(node, one, other);
    return operation(one, other);
  };
}

/** What is missing is not unequal to a value either; `x != null` asks whether it is there. */
function notEqual(a: Known, b: Known, { left, right }: { readonly left: FilterNode; readonly right: FilterNode }) {
  const asksForNull = [left, right].some((side) => side.kind === "literal" && side.value === null);
  const isMissing = a === undefined || a === null || b === undefined || b === null;
  return isMissing && !asksForNull ? undefined : !equal(a, b);
}

/** Three answers: true, false, unknown. The first that decides ends it. */
export function answerOfMany<Row>(
  kind: "and" | "or",
  all: readonly ((row: Row) => boolean | undefined)[],
): (row: Row) => boolean | undefined {
  const decides = kind === "or";
  return (row) => {
    let isUnknown = false;
    for (const each of all) {
      const answer = each(row);
      if (answer === decides) return decides;
      if (answer === undefined) isUnknown = true;
    }
    return isUnknown ? undefined : !decides;
  };
}

function compileArithmetic<Row>({ first, rest }: NodeOf<"arithmetic">, scope: ConditionScope<Row>): Evaluate<Row> {
  const start = compileCondition(first, scope);
  const steps = rest.map(({ operator, operand }) => {
    const length = operand.offset + operand.length - first.offset;
    return { met: { operator, offset: first.offset, length }, operator, of: compileCondition(operand, scope) };
  });
  return (row) =>
    steps.reduce((left, { met, operator, of }) => {
      const right = of(row);
      scope.met?.(met, left, right);
      return calculated(operator, left, right);
    }, start(row));
}

/** What the tree says of a row. Throws FILTER_NAME_UNKNOWN, and FILTER_INVALID for patterns that mean nothing. */
export function compileCondition<Row>(node: FilterNode, scope: ConditionScope<Row>): Evaluate<Row> {
  switch (node.kind) {
    case "literal":
      return () => node.value;
    case "list": {
      const items = node.items.map((item) => compileCondition(item, scope));
      return (row) => items.map((item) => item(row) ?? null);
    }
    case "name":
      return scope.nameOf(node);
    case "not": {
      const operand = compileCondition(node.operand, scope);
      return (row) => opposite(truth(operand(row)));
    }
    case "minus": {
      const operand = compileCondition(node.operand, scope);
      return (row) => negated(operand(row));
    }
    case "and":
    case "or": {
      const operands = node.operands.map((operand) => compileCondition(operand, scope));
      return answerOfMany(
        node.kind,
        operands.map((operand) => (row: Row) => truth(operand(row))),
      );
    }
    case "compare":
      return compileCompare(node, scope);
    case "arithmetic":
      return compileArithmetic(node, scope);
  }
}

/** A condition's tree as a function of rows: names are looked up and patterns made once, before any row is seen. */
import { RE2JS, RE2JSSyntaxException } from "re2js";
import type { FilterNode } from "../../../grammar/filter/ast.ts";
import { SweeplineError } from "../../base/errors.ts";
import { nearest } from "../../base/text/nearest.ts";
import { type ExperimentColumns, endingColumns, type ValueColumn } from "../show/value-columns.ts";
import { type FactName, type FilterRow, factNames } from "./filter-row.ts";
import { calculated, equal, inOrderOf, isIn, type Known, negated, truth } from "./filter-values.ts";

export interface FilterScope {
  /** The condition's text, for carets. */
  readonly text: string;
  readonly columns: ExperimentColumns;
  /** Seconds since the epoch. */
  readonly now: number;
}

type Evaluate = (row: FilterRow) => Known;
type NodeOf<Kind extends FilterNode["kind"]> = Extract<FilterNode, { kind: Kind }>;

/** Words that stand for themselves: `state == failed`. */
const stateNames: ReadonlySet<string> = new Set(["running", "queued", "failed", "success"]);

interface Refusal {
  readonly message: string;
  readonly hint?: string;
}

export function filterRefused(
  text: string,
  node: { offset: number; length: number },
  refusal: Refusal,
): SweeplineError {
  const { offset, length } = node;
  return new SweeplineError({
    code: "FILTER_INVALID",
    message: `--where: ${refusal.message}`,
    place: { name: "condition", text, offset, length },
    ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
  });
}

function isFact(name: string): name is FactName {
  return (factNames as readonly string[]).includes(name);
}

function unknownName(node: NodeOf<"name">, { text, columns }: FilterScope): SweeplineError {
  const { name } = node;
  const known = [...columns.metrics, ...columns.params].flatMap((column) => [column.column.name, column.name]);
  const [near] = nearest(name, [...known, ...factNames]);
  const hint =
    near === undefined
      ? `If it is a text, quote it: "${name}".`
      : `Did you mean '${near}'? A text is quoted: "${name}".`;
  return filterRefused(text, node, { message: `no metric, parameter or fact is called '${name}'`, hint });
}

/** As --sort-by finds columns: `file:key`, `key`, or the end of one key. A fact counts more than a short name. */
function columnOf(node: NodeOf<"name">, scope: FilterScope): ValueColumn | undefined {
  const { name } = node;
  const { columns, text } = scope;
  const all = [...columns.metrics, ...columns.params];
  const exact = all.filter((column) => `${column.file}:${column.name}` === name);
  const whole = exact.length > 0 ? exact : all.filter((column) => column.name === name);
  const found = whole.length > 0 || isFact(name) || name === "now" ? whole : endingColumns(name, all);
  const [first, second] = found;
  if (second === undefined) return first;
  const choices = found.map((column) => `${column.file}:${column.name}`).join(", ");
  const hint = `Write the file in front: ${choices}`;
  throw filterRefused(text, node, { message: `'${name}' may mean several columns`, hint });
}

function compileName(node: NodeOf<"name">, scope: FilterScope): Evaluate {
  const { name } = node;
  const column = isFact(name) ? undefined : columnOf(node, scope);
  if (column !== undefined) return ({ valueIn }) => valueIn(column);
  if (isFact(name)) return ({ facts }) => facts[name];
  if (name === "now") return () => scope.now;
  if (stateNames.has(name)) return () => name;
  const isEmpty = scope.columns.metrics.length + scope.columns.params.length === 0;
  if (isEmpty) return () => undefined;
  throw unknownName(node, scope);
}

/** RE2's language, whose search takes time as the text's length, whatever the pattern. */
function compilePattern(node: FilterNode, scope: FilterScope): (text: string) => boolean {
  if (node.kind !== "literal" || typeof node.value !== "string")
    throw filterRefused(scope.text, node, { message: "a pattern has to be a text in quotes" });
  try {
    const pattern = RE2JS.compile(node.value);
    return (text) => pattern.matcher(text).find();
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const hint = "Patterns are those of RE2: no look-ahead, no back-references.";
    throw filterRefused(scope.text, node, { message: `the pattern can't be read: ${error.message}`, hint });
  }
}

function isCreated(node: FilterNode): boolean {
  return node.kind === "name" && node.name === "created";
}

/** `created > "2026-11-01"`: a text beside it is a time, in the local zone where it names none. */
function timesBeside(node: FilterNode, other: FilterNode, scope: FilterScope): Evaluate {
  if (!isCreated(other) || node.kind !== "literal" || typeof node.value !== "string") return compileNode(node, scope);
  const text = /^\d{4}-\d\d-\d\d$/.test(node.value) ? `${node.value}T00:00` : node.value.replace(" ", "T");
  const time = Date.parse(text) / 1000;
  if (Number.isNaN(time))
    throw filterRefused(scope.text, node, {
      message: "this is no time",
      hint: 'Such as "2026-11-30" or "2026-11-30 14:00".',
    });
  return () => time;
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

function compileMatch({ operator, left, right }: NodeOf<"compare">, scope: FilterScope): Evaluate {
  const matches = compilePattern(right, scope);
  const of = compileNode(left, scope);
  return (row) => {
    const value = of(row);
    if (value === undefined || value === null) return undefined;
    return matches(typeof value === "string" ? value : String(value)) === (operator === "=~");
  };
}

function compileCompare(node: NodeOf<"compare">, scope: FilterScope): Evaluate {
  const { operator, left, right } = node;
  if (operator === "=~" || operator === "!~") return compileMatch(node, scope);
  const a = timesBeside(left, right, scope);
  const b = timesBeside(right, left, scope);
  if (operator === "in") return (row) => isIn(a(row), b(row));
  if (operator === "not in") return (row) => opposite(isIn(a(row), b(row)));
  if (operator === "==") return (row) => equal(a(row), b(row));
  if (operator === "!=") return (row) => notEqual(a(row), b(row), { left, right });
  const holds = orders[operator] ?? (() => false);
  return (row) => inOrderOf(a(row), b(row), holds);
}

/** What is missing is not unequal to a value either; `x != null` asks whether it is there. */
function notEqual(a: Known, b: Known, { left, right }: { readonly left: FilterNode; readonly right: FilterNode }) {
  const asksForNull = [left, right].some((side) => side.kind === "literal" && side.value === null);
  const isMissing = a === undefined || a === null || b === undefined || b === null;
  return isMissing && !asksForNull ? undefined : !equal(a, b);
}

/** Three answers: true, false, unknown. The first that decides ends it. */
function compileMany({ kind, operands }: NodeOf<"and" | "or">, scope: FilterScope): Evaluate {
  const all = operands.map((operand) => compileNode(operand, scope));
  const decides = kind === "or";
  return (row) => {
    let isUnknown = false;
    for (const each of all) {
      const answer = truth(each(row));
      if (answer === decides) return decides;
      if (answer === undefined) isUnknown = true;
    }
    return isUnknown ? undefined : !decides;
  };
}

function compileArithmetic({ first, rest }: NodeOf<"arithmetic">, scope: FilterScope): Evaluate {
  const start = compileNode(first, scope);
  const steps = rest.map(({ operator, operand }) => ({ operator, of: compileNode(operand, scope) }));
  return (row) => steps.reduce((value, { operator, of }) => calculated(operator, value, of(row)), start(row));
}

function compileNode(node: FilterNode, scope: FilterScope): Evaluate {
  switch (node.kind) {
    case "literal":
      return () => node.value;
    case "list": {
      const items = node.items.map((item) => compileNode(item, scope));
      return (row) => items.map((item) => item(row) ?? null);
    }
    case "name":
      return compileName(node, scope);
    case "not": {
      const operand = compileNode(node.operand, scope);
      return (row) => opposite(truth(operand(row)));
    }
    case "minus": {
      const operand = compileNode(node.operand, scope);
      return (row) => negated(operand(row));
    }
    case "and":
    case "or":
      return compileMany(node, scope);
    case "compare":
      return compileCompare(node, scope);
    case "arithmetic":
      return compileArithmetic(node, scope);
  }
}

/** Whether a row is wanted. Throws FILTER_INVALID for names and patterns that mean nothing. */
export function compileFilter(filter: FilterNode, scope: FilterScope): (row: FilterRow) => boolean {
  const evaluate = compileNode(filter, scope);
  return (row) => truth(evaluate(row)) === true;
}

/** Conditions on experiments: what their names mean. */
import type { FilterNode } from "../../../grammar/filter/ast.ts";
import type { SweeplineError } from "../../base/errors.ts";
import { nearest } from "../../base/text/nearest.ts";
import {
  type ConditionScope,
  compileCondition,
  conditionRefused,
  type Evaluate,
  type NodeOf,
} from "../../sweep/conditions/compile.ts";
import { truth } from "../../sweep/conditions/values.ts";
import { type ExperimentColumns, endingColumns, type ValueColumn } from "../show/value-columns.ts";
import { type FactName, type FilterRow, factNames } from "./filter-row.ts";
import { WatchedOperators } from "./watched-operators.ts";

export interface FilterScope {
  /** The condition's text, for carets. */
  readonly text: string;
  readonly columns: ExperimentColumns;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** The option that all of them stand behind. */
export const whereOption = "--where";

/** Words that stand for themselves: `state == failed`. */
const stateNames: ReadonlySet<string> = new Set(["running", "queued", "failed", "success"]);

/** As tables write them: `loss == nan`. */
const numberNames: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
]);

function refused(
  { text }: FilterScope,
  node: FilterNode,
  refusal: Parameters<typeof conditionRefused>[2],
): SweeplineError {
  return conditionRefused({ text, option: whereOption }, node, refusal);
}

function isFact(name: string): name is FactName {
  return (factNames as readonly string[]).includes(name);
}

function unknownName(node: NodeOf<"name">, scope: FilterScope): SweeplineError {
  const { name } = node;
  const { columns } = scope;
  const known = [...columns.metrics, ...columns.params].flatMap((column) => [column.column.name, column.name]);
  const [near] = nearest(name, [...known, ...factNames, ...stateNames]);
  const hint =
    near === undefined
      ? `If it is a text, quote it: "${name}".`
      : `Did you mean '${near}'? A text is quoted: "${name}".`;
  return refused(scope, node, {
    code: "FILTER_NAME_UNKNOWN",
    message: `no metric, parameter or fact is called '${name}'`,
    hint,
  });
}

/** As --sort-by finds columns: `file:key`, `key`, or the end of one key. A fact counts more than a short name. */
function columnOf(node: NodeOf<"name">, scope: FilterScope): ValueColumn | undefined {
  const { name } = node;
  const { columns } = scope;
  const all = [...columns.metrics, ...columns.params];
  const exact = all.filter((column) => `${column.file}:${column.name}` === name);
  const whole = exact.length > 0 ? exact : all.filter((column) => column.name === name);
  const found = whole.length > 0 || isFact(name) || name === "now" ? whole : endingColumns(name, all);
  const [first, second] = found;
  if (second === undefined) return first;
  const choices = found.map((column) => `${column.file}:${column.name}`).join(", ");
  const hint = `Write the file in front: ${choices}`;
  throw refused(scope, node, {
    code: "FILTER_NAME_UNKNOWN",
    message: `'${name}' may mean several columns`,
    hint,
  });
}

function compileName(node: NodeOf<"name">, scope: FilterScope): Evaluate<FilterRow> {
  const { name } = node;
  const column = isFact(name) ? undefined : columnOf(node, scope);
  if (column !== undefined) return ({ valueIn }) => valueIn(column);
  if (isFact(name)) return ({ facts }) => facts[name];
  if (name === "now") return () => scope.now;
  if (stateNames.has(name)) return () => name;
  const number = numberNames.get(name);
  if (number !== undefined) return () => number;
  const isEmpty = scope.columns.metrics.length + scope.columns.params.length === 0;
  if (isEmpty) return () => undefined;
  throw unknownName(node, scope);
}

/** Whether it is a number that names nothing: 2026-12-01 without quotes is a subtraction. */
function isPlainNumber(node: FilterNode): boolean {
  if (node.kind === "literal") return typeof node.value === "number";
  if (node.kind === "minus") return isPlainNumber(node.operand);
  if (node.kind !== "arithmetic") return false;
  return [node.first, ...node.rest.map(({ operand }) => operand)].every(isPlainNumber);
}

/** `created > "2026-11-01"`: a text beside it is a time, in the local zone where it names none. */
function timeBeside(node: FilterNode, scope: FilterScope): number | undefined {
  if (isPlainNumber(node))
    throw refused(scope, node, {
      message: "created is a time, and this is a number",
      hint: 'Quote a date: created > "2026-11-30". The last hour: created > now - 3600.',
    });
  if (node.kind !== "literal" || typeof node.value !== "string") return undefined;
  const text = /^\d{4}-\d\d-\d\d$/.test(node.value) ? `${node.value}T00:00` : node.value.replace(" ", "T");
  const time = Date.parse(text) / 1000;
  if (Number.isNaN(time))
    throw refused(scope, node, {
      message: "this is no time",
      hint: 'Such as "2026-11-30" or "2026-11-30 14:00".',
    });
  return time;
}

/** Tables write Failed, queues failed. What is no state would be true of nothing, without a word. */
function stateBeside(node: FilterNode, scope: FilterScope): string | undefined {
  if (node.kind !== "literal" || typeof node.value !== "string") return undefined;
  const state = node.value.toLowerCase();
  if (stateNames.has(state)) return state;
  throw refused(scope, node, {
    message: `no experiment's state is '${node.value}'`,
    hint: `There are ${[...stateNames].join(", ")}.`,
  });
}

/** The other side of what only some facts can be compared with. */
function meaningBeside(node: FilterNode, other: FilterNode, scope: FilterScope) {
  if (other.kind !== "name") return undefined;
  if (other.name === "created") return timeBeside(node, scope);
  if (other.name === "state") return stateBeside(node, scope);
  // `tags == null` asks for those without.
  return other.name === "tags" && node.kind === "literal" && node.value === null ? [] : undefined;
}

/** Columns that a fact hides: `name` is the experiment's own. */
function namesakesOf(fact: FactName, { columns }: FilterScope): readonly string[] {
  return [...columns.metrics, ...columns.params]
    .filter(({ name }) => name === fact)
    .map(
      ({ column, file, name }) =>
        `'${name}' is the experiment's own; the ${column.kind === "param" ? "parameter" : "metric"} is ${file}:${name}.`,
    );
}

export interface CompiledFilter {
  /** Whether a row is wanted. */
  readonly holds: (row: FilterRow) => boolean;
  /** After all rows, why it may hold for none: the operators that had an answer for no row, since values were of other kinds, and names that mean something else, as sentences. */
  readonly doubts: () => readonly string[];
}

/** Throws FILTER_NAME_UNKNOWN, and FILTER_INVALID for patterns and times that mean nothing. */
export function compileFilter(filter: FilterNode, scope: FilterScope): CompiledFilter {
  const operators = new WatchedOperators(scope.text);
  const namesakes = new Set<string>();
  const condition: ConditionScope<FilterRow> = {
    text: scope.text,
    option: whereOption,
    nameOf: (node) => {
      if (isFact(node.name)) for (const sentence of namesakesOf(node.name, scope)) namesakes.add(sentence);
      return compileName(node, scope);
    },
    meaningBeside: (node, other) => meaningBeside(node, other, scope),
    met: (...pair) => operators.met(...pair),
  };
  const evaluate = compileCondition(filter, condition);
  return { holds: (row) => truth(evaluate(row)) === true, doubts: () => [...operators.doubts(), ...namesakes] };
}

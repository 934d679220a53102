/** From a syntax tree to typed values: calls are run, inner ones first. */

import type {
  CallNode,
  ElementNode,
  LiteralNode,
  OverrideNode,
  Span,
  ValueNode,
  WordNode,
} from "../../grammar/override/ast.ts";
import { parseOverride } from "../../grammar/override/parse.ts";
import { printKey } from "../../grammar/override/printer.ts";
import type { ErrorCode } from "../base/error-codes.ts";
import { type SourcePlace, SweeplineError } from "../base/errors.ts";
import type { Scalar } from "../base/value.ts";
import { type EvaluationContext, withChance } from "./functions/chance.ts";
import { dictOf, type Element, type GlobSweep, isElementList, type Sweep } from "./functions/elements.ts";
import { EvaluationError } from "./functions/evaluation-error.ts";
import { callFunction } from "./functions/functions.ts";
import { parseFloatText, parseInteger } from "./functions/numbers.ts";

export type OverrideType = "CHANGE" | "ADD" | "FORCE_ADD" | "DEL" | "EXTEND_LIST";

export type ValueType =
  | "element"
  | "choice_sweep"
  | "simple_choice_sweep"
  | "glob_choice_sweep"
  | "range_sweep"
  | "interval_sweep";

export interface EvaluatedOverride {
  readonly text: string;
  readonly tree: OverrideNode;
  readonly type: OverrideType;
  /** Without prefix and package. */
  readonly key: string;
  readonly keyPath: readonly string[];
  readonly package: string | null;
  /** Prefix, key and package: what makes two overrides of a product the same axis. */
  readonly keyElement: string;
  /** null only for a bare delete. */
  readonly valueType: ValueType | null;
  /** A value, or the sweep itself where valueType is one; null for a bare delete. */
  readonly value: Element;
}

export interface EvaluationIssue extends Span {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly phase: "lexer" | "parser" | "eval";
}

export type EvaluationOutcome =
  | { readonly ok: true; readonly override: EvaluatedOverride }
  | { readonly ok: false; readonly text: string; readonly issue: EvaluationIssue };

/** Reads and evaluates one override. Never throws: an issue of any phase is part of the result. */
export function evaluateOverride(text: string, context: EvaluationContext = {}): EvaluationOutcome {
  const parsed = parseOverride(text);
  if (!parsed.ok) return parsed;
  const run = { context: withChance(context, text), place: parsed.tree as Span };
  try {
    return { ok: true, override: evaluateTree(text, parsed.tree, run) };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const { offset, length } = run.place;
    const { code, message, hint } = error;
    return { ok: false, text, issue: { code, message, hint, offset, length, phase: "eval" } };
  }
}

/** The place is that of the call or number being evaluated: where an EvaluationError belongs. */
interface Run {
  readonly context: EvaluationContext;
  place: Span;
}

const types = { "": "CHANGE", "+": "ADD", "++": "FORCE_ADD", "~": "DEL" } as const;

function evaluateTree(text: string, tree: OverrideNode, run: Run): EvaluatedOverride {
  const { prefix, key } = tree;
  let type: OverrideType = types[prefix];
  let value: Element = tree.value === null ? null : evaluateValue(tree.value, run);
  if (isKind(value, "extension")) {
    checkExtension(tree, run);
    type = "EXTEND_LIST";
    value = value.items;
  }
  return {
    text,
    tree,
    type,
    key: key.text,
    keyPath: key.segments,
    package: key.package,
    keyElement: prefix + printKey(key),
    valueType: tree.value === null ? null : valueTypeOf(value),
    value,
  };
}

function checkExtension({ prefix, key, value }: OverrideNode, run: Run): void {
  if (prefix === "") return;
  run.place = value ?? key;
  throw new EvaluationError(
    "EXTENSION_WITH_PREFIX",
    `extend_list() cannot go with '${prefix}'.`,
    `Write ${key.text}=... without '${prefix}'.`,
  );
}

function isKind<K extends string>(value: Element, kind: K): value is Extract<Element, { readonly kind: K }> {
  return typeof value === "object" && value !== null && !isElementList(value) && value.kind === kind;
}

function valueTypeOf(value: Element): ValueType {
  if (isKind(value, "choice")) return value.form === "simple" ? "simple_choice_sweep" : "choice_sweep";
  if (isKind(value, "range")) return "range_sweep";
  if (isKind(value, "interval")) return "interval_sweep";
  return isKind(value, "glob") ? "glob_choice_sweep" : "element";
}

/** The sweep of an override, or undefined where it has one value. */
export function sweepOf(override: EvaluatedOverride): Sweep | GlobSweep | undefined {
  const { value } = override;
  if (typeof value !== "object" || value === null || isElementList(value)) return undefined;
  return value.kind === "choice" || value.kind === "range" || value.kind === "interval" || value.kind === "glob"
    ? value
    : undefined;
}

function evaluateValue(node: ValueNode, run: Run): Element {
  if (node.kind === "empty") return "";
  if (node.kind !== "choices") return evaluateElement(node, run);
  const items = node.items.map((item) => evaluateElement(item, run));
  return { kind: "choice", items, form: "simple", order: "given", tags: [] };
}

function evaluateElement(node: ElementNode, run: Run): Element {
  switch (node.kind) {
    case "quoted":
      return { kind: "quoted", text: node.text, quote: node.quote };
    case "list":
      return node.items.map((item) => evaluateElement(item, run));
    case "dict":
      return dictOf(node.entries.map(({ key, value }) => [scalarOf(key, run), evaluateElement(value, run)]));
    case "call":
      return evaluateCall(node, run);
    default:
      return scalarOf(node, run);
  }
}

function scalarOf(node: WordNode | LiteralNode, run: Run): Scalar {
  switch (node.kind) {
    case "word":
      return node.text;
    case "int":
      run.place = node;
      return parseInteger(node.source);
    case "float":
      return parseFloatText(node.source);
    case "bool":
      return node.source.toLowerCase() === "true";
    case "null":
      return null;
  }
}

function evaluateCall(node: CallNode, run: Run): Element {
  let isNamed = false;
  const args = node.args.map((argument) => {
    if (isNamed && argument.name === null) {
      run.place = argument;
      throw new EvaluationError(
        "POSITIONAL_AFTER_NAMED",
        "An argument without a name follows one with a name.",
        "Put arguments without a name first.",
      );
    }
    isNamed ||= argument.name !== null;
    return { name: argument.name, value: evaluateElement(argument.value, run) };
  });
  run.place = node;
  try {
    return callFunction(node.name, args, run.context);
  } catch (error) {
    if (error instanceof EvaluationError && error.argument !== undefined) run.place = node.args[error.argument] ?? node;
    throw error;
  }
}

/** An issue as the failure that the command line prints, with the place underlined. */
export function issueError(text: string, issue: EvaluationIssue): SweeplineError {
  const place: SourcePlace = { name: "override", text, offset: issue.offset, length: issue.length };
  const hint = issue.hint === undefined ? {} : { hint: issue.hint };
  return new SweeplineError({
    code: issue.code,
    message: `Cannot read the override: ${issue.message}`,
    place,
    ...hint,
  });
}

/**
 * What an override's value is once its calls are evaluated. Python's types stay apart: an int is a bigint, a float a number.
 * A quoted text remembers its quotes, which are written again when the value is rendered.
 */
import type { Quote } from "../../../grammar/override/ast.ts";
import type { Scalar } from "../../base/value.ts";
import type { Decimal } from "./decimal.ts";

export type Element =
  | Scalar
  | QuotedText
  | DictValue
  | readonly Element[]
  | ChoiceSweep
  | RangeSweep
  | IntervalSweep
  | GlobSweep
  | ListExtension;

export interface QuotedText {
  readonly kind: "quoted";
  readonly text: string;
  readonly quote: Quote;
}

/** Entries, not a Map: in Python, 1, 1.0 and true are one key, and each nan is its own. */
export interface DictValue {
  readonly kind: "dict";
  readonly entries: readonly (readonly [Scalar, Element])[];
}

/** `a,b` (form simple) or `choice(a,b)` (form call). */
export interface ChoiceSweep {
  readonly kind: "choice";
  readonly items: readonly Element[];
  readonly form: "simple" | "call";
  readonly order: "given" | "shuffled";
  readonly tags: readonly string[];
}

export type RangeBound = boolean | bigint | number | Decimal;

export interface RangeSweep {
  readonly kind: "range";
  readonly start: RangeBound;
  readonly stop: RangeBound;
  readonly step: RangeBound;
  /** Applied to each element, in order: `int(range(0,3,0.5))`. */
  readonly casts: readonly ("int" | "float")[];
  readonly order: "given" | "shuffled";
  readonly tags: readonly string[];
}

/** Continuous: a grid cannot list it. Sampling sweepers, which could, are not built yet. */
export interface IntervalSweep {
  readonly kind: "interval";
  readonly start: bigint | number;
  readonly end: bigint | number;
  readonly tags: readonly string[];
}

/** Picks from the options of a config group, which only the caller knows. */
export interface GlobSweep {
  readonly kind: "glob";
  readonly include: readonly Element[];
  readonly exclude: readonly Element[];
}

/** `extend_list(a,b)`: what is appended to a list. */
export interface ListExtension {
  readonly kind: "extension";
  readonly items: readonly Element[];
}

export type Sweep = ChoiceSweep | RangeSweep | IntervalSweep;

export function isElementList(element: Element): element is readonly Element[] {
  return Array.isArray(element);
}

/** The kind of an element, one word: what tables of functions are keyed by. */
export type ElementKind =
  | "null"
  | "bool"
  | "int"
  | "float"
  | "text"
  | "list"
  | Exclude<Extract<Element, { readonly kind: string }>["kind"], never>;

export function kindOf(element: Element): ElementKind {
  if (element === null) return "null";
  switch (typeof element) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "string":
      return "text";
    default:
      return isElementList(element) ? "list" : element.kind;
  }
}

/** The kind in words, for messages: "found a list". */
export const kindWords: Readonly<Record<ElementKind, string>> = {
  null: "null",
  bool: "a boolean",
  int: "an integer",
  float: "a float",
  text: "a text",
  quoted: "a quoted text",
  list: "a list",
  dict: "a dict",
  choice: "a choice",
  range: "a range",
  interval: "an interval",
  glob: "a glob",
  extension: "extend_list()",
};

/** A dict with Python's rules for equal keys: the first key stays, the last value wins. */
export function dictOf(pairs: readonly (readonly [Scalar, Element])[]): DictValue {
  const found = new Map<string | symbol, [Scalar, Element]>();
  for (const [key, value] of pairs) {
    const same = equalKey(key);
    const entry = found.get(same);
    if (entry === undefined) found.set(same, [key, value]);
    else entry[1] = value;
  }
  return { kind: "dict", entries: [...found.values()] };
}

function equalKey(key: Scalar): string | symbol {
  if (typeof key === "string") return `text ${key}`;
  if (key === null) return "null";
  if (typeof key === "number" && !Number.isFinite(key)) return Number.isNaN(key) ? Symbol("nan") : `number ${key}`;
  return `number ${typeof key === "number" && !Number.isInteger(key) ? key : BigInt(key)}`;
}

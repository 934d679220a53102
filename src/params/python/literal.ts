/** Python literals without Python: what `ast.literal_eval` accepts, as values; anything else is `undefined` (no parameter). */

import { floatRepr } from "../../base/python.ts";
import { isList, isMap, type Scalar, type Value } from "../../base/value.ts";
import type { LocatedEntry, LocatedNode } from "../text/located.ts";
import { lineOf } from "../text/source-text.ts";
import { simpleEscapes } from "./escapes.ts";
import { specialText } from "./special.ts";
import type { SyntaxNode } from "./syntax.ts";

export interface PythonExtra {
  /** literal: a value as written; names: a class (or the module) whose assignments are its entries. */
  readonly form: "literal" | "names";
  /** How a list is written; a bare tuple has no parentheses. */
  readonly sequence: "list" | "tuple" | "bare tuple" | "set" | undefined;
  /** What opens a string: its quotes, and `r` or `u` before them. */
  readonly quote: string | undefined;
  /** The statement that assigns it. */
  readonly statement: SyntaxNode | undefined;
  /** The body that holds the assignments of a class. */
  readonly body: SyntaxNode | undefined;
}

export type PythonNode = LocatedNode<PythonExtra>;

export interface PythonText {
  /** Without a byte order mark. */
  readonly text: string;
  /** What the mark adds to offsets. */
  readonly shift: number;
  /** texts: bytes and complex numbers are read, as the texts that Python shows for them. */
  readonly specials?: "texts";
  /** Refuses the file for what stands at an offset of the text. */
  readonly fail: (offset: number, what: string) => never;
}

/** The expressions among the children of a node. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== "Comment") children.push(child);
  return children;
}

const punctuation: ReadonlySet<string> = new Set(["(", ")", "[", "]", "{", "}", ",", ":"]);

const sequences: Readonly<Record<string, PythonExtra["sequence"]>> = {
  ArrayExpression: "list",
  TupleExpression: "tuple",
  SetExpression: "set",
};

/** The literal in a syntax node. */
export function literalOf(page: PythonText, node: SyntaxNode): PythonNode | undefined {
  const located = { start: node.from + page.shift, end: node.to + page.shift, isReference: false } as const;
  const extra: PythonExtra = {
    form: "literal",
    sequence: undefined,
    quote: undefined,
    statement: undefined,
    body: undefined,
  };
  if (node.name === "DictionaryExpression") {
    const entries = dictEntries(page, node);
    return entries === undefined ? undefined : { kind: "map", entries, ...located, extra };
  }
  const sequence = sequences[node.name];
  if (sequence !== undefined) {
    const items = literalsOf(
      page,
      childrenOf(node).filter((child) => !punctuation.has(child.name)),
    );
    return items === undefined ? undefined : { kind: "list", items, ...located, extra: { ...extra, sequence } };
  }
  if (node.name === "ParenthesizedExpression") {
    const inner = childrenOf(node).find((child) => !punctuation.has(child.name));
    return inner === undefined ? undefined : literalOf(page, inner);
  }
  const value = scalarOf(page, node);
  if (value === undefined) return undefined;
  const mark = page.text[node.to - 1] === "'" ? "'" : '"';
  const whole = node.name === "String" ? stringOpening.exec(page.text.slice(node.from, node.from + 4))?.[0] : undefined;
  const quote = typeof value === "string" ? (whole ?? mark) : '"';
  return { kind: "scalar", value, ...located, extra: { ...extra, quote } };
}

/** All of them, or undefined where one is no literal. */
export function literalsOf(page: PythonText, nodes: readonly SyntaxNode[]): PythonNode[] | undefined {
  const items: PythonNode[] = [];
  for (const node of nodes) {
    const item = partOf(page, node);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

/** An item or a value of a dictionary: with parentheses around it, it comes and goes with them. */
function partOf(page: PythonText, node: SyntaxNode): PythonNode | undefined {
  const literal = literalOf(page, node);
  if (literal === undefined || node.name !== "ParenthesizedExpression") return literal;
  const isReference = literal.kind !== "scalar";
  return { ...literal, start: node.from + page.shift, end: node.to + page.shift, isReference };
}

function dictEntries(page: PythonText, node: SyntaxNode): LocatedEntry<PythonExtra>[] | undefined {
  const parts = childrenOf(node).filter((child) => !punctuation.has(child.name));
  if (parts.length % 2 === 1) return undefined;
  const entries = new Map<Scalar, LocatedEntry<PythonExtra>>();
  for (let at = 0; at < parts.length; at += 2) {
    const [keyNode, valueNode] = [parts[at], parts[at + 1]];
    const key = keyNode === undefined ? undefined : literalOf(page, keyNode);
    const value = valueNode === undefined ? undefined : partOf(page, valueNode);
    if (key?.kind !== "scalar" || value === undefined) return undefined;
    const first = entries.get(key.value);
    if (first !== undefined) duplicateKey(page, first, key);
    entries.set(key.value, { key: key.value, start: key.start, keyEnd: key.end, node: value, origin: "own" });
  }
  return [...entries.values()];
}

/** Python takes the last of them; that is hardly what was meant, and an edit of the other would do nothing. */
function duplicateKey(page: PythonText, first: LocatedEntry, key: PythonNode): never {
  const shown = page.text.slice(key.start - page.shift, key.end - page.shift);
  return page.fail(
    key.start - page.shift,
    `found duplicate key ${shown}, first on line ${lineOf(page.text, first.start)}`,
  );
}

/** The first part of an expression that makes it no literal, or undefined for a literal. */
export function nonLiteralIn(page: PythonText, node: SyntaxNode): SyntaxNode | undefined {
  if (literalOf(page, node) !== undefined) return undefined;
  if (!containers.has(node.name)) return node;
  for (const child of childrenOf(node)) {
    if (punctuation.has(child.name)) continue;
    const found = nonLiteralIn(page, child);
    if (found !== undefined) return found;
  }
  return node;
}

const containers: ReadonlySet<string> = new Set([
  "DictionaryExpression",
  "ArrayExpression",
  "TupleExpression",
  "SetExpression",
  "ParenthesizedExpression",
]);

function scalarOf(page: PythonText, node: SyntaxNode): Scalar | undefined {
  const text = page.text.slice(node.from, node.to);
  const special = page.specials === undefined ? undefined : specialText(text, node);
  if (special !== undefined) return special;
  switch (node.name) {
    case "None":
      return null;
    case "Boolean":
      return text === "True";
    case "Number":
      return numberOf(text);
    case "UnaryExpression":
      return signed(page, node);
    case "String":
      return stringOf(text);
    case "ContinuedString": {
      const parts = childrenOf(node).map((part) => scalarOf(page, part));
      return parts.every((part) => typeof part === "string") ? parts.join("") : undefined;
    }
    default:
      return undefined;
  }
}

function signed(page: PythonText, node: SyntaxNode): Scalar | undefined {
  const [sign, operand] = childrenOf(node);
  if (sign === undefined || operand === undefined) return undefined;
  const value = operand.name === "Number" ? scalarOf(page, operand) : undefined;
  if (typeof value !== "bigint" && typeof value !== "number") return undefined;
  const operator = page.text.slice(sign.from, sign.to);
  if (operator === "+") return value;
  return operator === "-" ? -value : undefined;
}

function numberOf(text: string): bigint | number | undefined {
  const digits = text.replaceAll("_", "");
  if (/^0[xX][0-9a-fA-F]+$|^0[oO][0-7]+$|^0[bB][01]+$|^[1-9]\d*$|^0+$/.test(digits)) return BigInt(digits);
  return /^(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?$/.test(digits) && /[.eE]/.test(digits) ? Number(digits) : undefined;
}

const stringOpening = /^[rRuU]?(?:"""|'''|"|')/;
const stringShape = /^([rRuU]?)("""|'''|"|')([\s\S]*)\2$/;

function stringOf(text: string): string | undefined {
  const match = stringShape.exec(text);
  if (match === null || text.length < 2) return undefined;
  const [, prefix = "", , body = ""] = match;
  const normal = body.replace(/\r\n?/g, "\n");
  return prefix.toLowerCase() === "r" ? normal : unescaped(normal);
}

const escapes = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;

/** What an escape stands for, by the parts that it matched. */
function escaped(all: string, ...[x, u, long, octal, simple]: readonly (string | undefined)[]): string {
  const hex = x ?? u ?? long;
  if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  return simpleEscapes[simple ?? ""] ?? all;
}

function unescaped(body: string): string | undefined {
  // A character by its name (\N{DASH}) needs Python's tables.
  if (/(?:^|[^\\])(?:\\\\)*\\N\{/.test(body)) return undefined;
  return body.replace(escapes, escaped);
}

/** A value as Python source, on one line unless three quotes are asked for. NaN has no literal. */
export function pythonSource(value: Value, quote = '"'): string {
  if (isList(value)) return `[${value.map((item) => pythonSource(item)).join(", ")}]`;
  if (isMap(value)) return `{${[...value].map(([key, item]) => pythonEntry(key, item)).join(", ")}}`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isFinite(value) ? floatRepr(value) : value > 0 ? "1e999" : "-1e999";
  return typeof value === "string" ? stringSource(value, quote) : String(value);
}

/** `"key": value` */
export function pythonEntry(key: Scalar, value: Value): string {
  return `${pythonSource(key)}: ${pythonSource(value)}`;
}

/** A text behind the given opening, without its `r` where the text cannot be raw. */
function stringSource(text: string, opening: string): string {
  const prefix = opening.replace(/["']+$/, "");
  const quotes = opening.slice(prefix.length);
  const mark = quotes.slice(0, 1);
  const isLong = quotes.length === 3;
  if (/^r$/i.test(prefix) && (isLong || !text.includes("\n")) && mayBeRaw(text, mark)) return opening + text + quotes;
  const escaped = (line: string): string => JSON.stringify(line).slice(1, -1).replaceAll('\\"', '"');
  const body = isLong
    ? text
        .split("\n")
        .map(escaped)
        .join("\n")
        .replace(new RegExp(`${mark}{3,}|${mark}$`, "g"), (marks) => `\\${mark}`.repeat(marks.length))
    : escaped(text).replaceAll(mark, `\\${mark}`);
  const visible = body.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return (/^u$/i.test(prefix) ? prefix : "") + quotes + visible + quotes;
}

function mayBeRaw(text: string, mark: string): boolean {
  return (
    !text.includes(mark) &&
    !text.endsWith("\\") &&
    /^[^\p{Cc}\p{Cs}\u2028\u2029\ufeff]*$/u.test(text.replaceAll("\n", ""))
  );
}

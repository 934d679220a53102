/**
 * The parameters of a Python file, as DVC takes them: assignments of literals to one name at the top and in classes, and
 * to `self.name` in `__init__`. The file is parsed, never run.
 */

import type { Unreadable } from "../text/format.ts";
import type { LocatedEntry } from "../text/located.ts";
import { parseFailure, type SourceText } from "../text/source-text.ts";
import { checkedModule } from "./check.ts";
import {
  childrenOf,
  literalOf,
  literalsOf,
  nonLiteralIn,
  type PythonExtra,
  type PythonNode,
  type PythonText,
} from "./literal.ts";
import type { SyntaxNode } from "./syntax.ts";

type Entries = Map<string, LocatedEntry<PythonExtra>>;
type MapNode = Extract<PythonNode, { kind: "map" }>;

/** The parameters of a file, and what has a name there and is none. */
export interface PythonTree {
  readonly root: MapNode;
  readonly unreadable: readonly Unreadable[];
}

/** Reads the parameters with their places. Throws SweeplineError where the text is no valid Python. */
export function locatePython(source: SourceText, options: Pick<PythonText, "specials"> = {}): PythonTree {
  const shift = source.text.startsWith("\ufeff") ? 1 : 0;
  const fail: PythonText["fail"] = (offset, what) => {
    const problem = { code: "PYTHON_INVALID" as const, what: `Python file structure is corrupted: ${what}` };
    throw parseFailure(source, offset + shift, problem);
  };
  const page: PythonText = { text: source.text.slice(shift), shift, fail, ...options };
  const top = checkedModule(page);
  const reading: Reading = { entries: new Map(), names: "plain", path: [], unreadable: [] };
  readBody(page, top, reading);
  const extra: PythonExtra = { form: "names", sequence: undefined, quote: undefined, statement: undefined, body: top };
  const entries = [...reading.entries.values()];
  const root: MapNode = { kind: "map", entries, start: shift, end: source.text.length, isReference: false, extra };
  return { root, unreadable: reading.unreadable };
}

interface Reading {
  readonly entries: Entries;
  /** self: within `__init__` only `self.name` counts. */
  readonly names: "plain" | "self";
  /** The classes around. */
  readonly path: readonly string[];
  readonly unreadable: Unreadable[];
}

function readBody(page: PythonText, body: SyntaxNode, reading: Reading): void {
  for (const statement of childrenOf(body)) {
    if (statement.name === "StatementGroup") readBody(page, statement, reading);
    else if (statement.name === "AssignStatement") readAssignment(page, statement, reading);
    else if (statement.name === "UpdateStatement") readUpdate(page, statement, reading);
    else if (statement.name === "ClassDefinition") readClass(page, statement, reading);
    else if (statement.name === "FunctionDefinition") readInit(page, statement, reading);
  }
}

function readAssignment(page: PythonText, statement: SyntaxNode, reading: Reading): void {
  const parts = childrenOf(statement).filter((part) => part.name !== "TypeDef");
  const [target, equals, ...values] = parts;
  const key = target === undefined ? undefined : targetName(page, target, reading.names);
  if (target === undefined || key === undefined) return;
  const node = equals?.name === "AssignOp" ? assignedValue(page, values) : undefined;
  if (node === undefined) noteUnreadable(page, { key, target, values }, reading);
  else {
    const located = { ...node, extra: { ...node.extra, statement } };
    const start = target.from + page.shift;
    reading.entries.set(key, { key, start, keyEnd: target.to + page.shift, node: located, origin: "own" });
  }
}

interface OtherAssignment {
  readonly key: string;
  readonly target: SyntaxNode;
  readonly values: readonly SyntaxNode[];
}

function noteUnreadable(page: PythonText, { key, target, values }: OtherAssignment, reading: Reading): void {
  const isChain = values.some((value) => value.name === "AssignOp");
  const culprit = isChain
    ? undefined
    : values.map((value) => nonLiteralIn(page, value)).find((node) => node !== undefined);
  const offset = (culprit ?? target).from + page.shift;
  const what =
    values.length === 0 ? "has no value" : isChain ? "is assigned together with other names" : "is no literal";
  const accepts = values.length === 0 ? "additions" : "nothing";
  const isSpecial = !isChain && assignedValue({ ...page, specials: "texts" }, values) !== undefined;
  reading.unreadable.push({ path: [...reading.path, key], offset, what, accepts, isSpecial });
  if (!isChain) return;
  const others = values.slice(
    0,
    values.findLastIndex((value) => value.name === "AssignOp"),
  );
  for (const other of others) {
    const name = targetName(page, other, reading.names);
    if (name !== undefined)
      reading.unreadable.push({ path: [...reading.path, name], offset: other.from + page.shift, what, accepts });
  }
}

/** `a += 1`: no parameter, unless `a` has been given a literal, too. */
function readUpdate(page: PythonText, statement: SyntaxNode, reading: Reading): void {
  const target = statement.firstChild;
  const key = target === null ? undefined : targetName(page, target, reading.names);
  if (target === null || key === undefined) return;
  const offset = target.from + page.shift;
  reading.unreadable.push({ path: [...reading.path, key], offset, what: "is no literal", accepts: "nothing" });
}

function targetName(page: PythonText, target: SyntaxNode, names: Reading["names"]): string | undefined {
  const text = page.text.slice(target.from, target.to);
  if (target.name === "VariableName") return names === "plain" ? text : undefined;
  return target.name === "MemberExpression" ? /^self\s*\.\s*([\p{L}\p{N}_]+)$/u.exec(text)?.[1] : undefined;
}

/** One literal, or several with commas: a tuple without parentheses. */
function assignedValue(page: PythonText, values: readonly SyntaxNode[]): PythonNode | undefined {
  const [first, ...more] = values;
  if (first === undefined || more.some((part) => part.name === "AssignOp")) return undefined;
  if (more.length === 0) return literalOf(page, first);
  const items = literalsOf(
    page,
    values.filter((part) => part.name !== ","),
  );
  const last = values.at(-1) ?? first;
  if (items === undefined) return undefined;
  const extra: PythonExtra = {
    form: "literal",
    sequence: "bare tuple",
    quote: undefined,
    statement: undefined,
    body: undefined,
  };
  const place = { start: first.from + page.shift, end: last.to + page.shift, isReference: false };
  return { kind: "list", items, ...place, extra };
}

function readClass(page: PythonText, statement: SyntaxNode, { entries, path, unreadable }: Reading): void {
  const name = statement.getChild("VariableName");
  const body = statement.getChild("Body");
  if (name === null || body === null) return;
  const own: Entries = new Map();
  const key = page.text.slice(name.from, name.to);
  readBody(page, body, { entries: own, names: "plain", path: [...path, key], unreadable });
  const start = statement.from + page.shift;
  const extra: PythonExtra = { form: "names", sequence: undefined, quote: undefined, statement, body };
  const node: PythonNode = {
    kind: "map",
    entries: [...own.values()],
    start,
    end: body.to + page.shift,
    isReference: false,
    extra,
  };
  entries.set(key, { key, start, keyEnd: name.to + page.shift, node, origin: "own" });
}

function readInit(page: PythonText, statement: SyntaxNode, reading: Reading): void {
  const name = statement.getChild("VariableName");
  const body = statement.getChild("Body");
  const isAsync = statement.getChild("async") !== null;
  if (isAsync || name === null || body === null || page.text.slice(name.from, name.to) !== "__init__") return;
  readBody(page, body, { ...reading, names: "self" });
}

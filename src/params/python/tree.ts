/**
 * The parameters of a Python file, as DVC takes them: assignments of literals to one name at the top and in classes, and
 * to `self.name` in `__init__`. The file is parsed, never run.
 */

import type { LocatedEntry } from "../located.ts";
import type { SourceText } from "../source-text.ts";
import { checkedModule } from "./check.ts";
import { childrenOf, literalOf, literalsOf, type PythonExtra, type PythonNode, type PythonText } from "./literal.ts";
import type { SyntaxNode } from "./syntax.ts";

type Entries = Map<string, LocatedEntry<PythonExtra>>;

/** Reads the parameters with their places. Throws SweeplineError where the text is no valid Python. */
export function locatePython(source: SourceText): Extract<PythonNode, { kind: "map" }> {
  const shift = source.text.startsWith("\ufeff") ? 1 : 0;
  const page: PythonText = { text: source.text.slice(shift), shift };
  const top = checkedModule(source, page);
  const entries: Entries = new Map();
  readBody(page, top, { entries, names: "plain" });
  const extra: PythonExtra = { form: "names", quote: undefined, statement: undefined, body: top };
  return {
    kind: "map",
    entries: [...entries.values()],
    start: shift,
    end: source.text.length,
    isReference: false,
    extra,
  };
}

interface Reading {
  readonly entries: Entries;
  /** self: within `__init__` only `self.name` counts. */
  readonly names: "plain" | "self";
}

function readBody(page: PythonText, body: SyntaxNode, reading: Reading): void {
  for (const statement of childrenOf(body)) {
    if (statement.name === "StatementGroup") readBody(page, statement, reading);
    else if (statement.name === "AssignStatement") readAssignment(page, statement, reading);
    else if (statement.name === "ClassDefinition") readClass(page, statement, reading.entries);
    else if (statement.name === "FunctionDefinition") readInit(page, statement, reading.entries);
  }
}

function readAssignment(page: PythonText, statement: SyntaxNode, { entries, names }: Reading): void {
  const parts = childrenOf(statement).filter((part) => part.name !== "TypeDef");
  const [target, equals, ...values] = parts;
  if (target === undefined || equals?.name !== "AssignOp") return;
  const key = targetName(page, target, names);
  const node = key === undefined ? undefined : assignedValue(page, values);
  if (key === undefined || node === undefined) return;
  const located = { ...node, extra: { ...node.extra, statement } };
  const start = target.from + page.shift;
  entries.set(key, { key, start, keyEnd: target.to + page.shift, node: located, origin: "own" });
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
  const extra: PythonExtra = { form: "literal", quote: undefined, statement: undefined, body: undefined };
  const place = { start: first.from + page.shift, end: last.to + page.shift, isReference: true };
  return { kind: "list", items, ...place, extra };
}

function readClass(page: PythonText, statement: SyntaxNode, entries: Entries): void {
  const name = statement.getChild("VariableName");
  const body = statement.getChild("Body");
  if (name === null || body === null) return;
  const own: Entries = new Map();
  readBody(page, body, { entries: own, names: "plain" });
  const key = page.text.slice(name.from, name.to);
  const start = statement.from + page.shift;
  const extra: PythonExtra = { form: "names", quote: undefined, statement, body };
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

function readInit(page: PythonText, statement: SyntaxNode, entries: Entries): void {
  const name = statement.getChild("VariableName");
  const body = statement.getChild("Body");
  const isAsync = statement.getChild("async") !== null;
  if (isAsync || name === null || body === null || page.text.slice(name.from, name.to) !== "__init__") return;
  readBody(page, body, { entries, names: "self" });
}

/** Python: parameters are read and edited as text; nothing is ever run. */

import type { ErrorCode } from "../../base/error-codes.ts";
import { SweeplineError } from "../../base/errors.ts";
import { asTuple } from "../../base/python.ts";
import { isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { endOfLine } from "../text/bracketed.ts";
import { type Dialect, scalarExchange } from "../text/bracketed-edits.ts";
import type { Change } from "../text/changes.ts";
import type { Format, FormatDocument, Unreadable } from "../text/format.ts";
import { type LocatedScalar, plainValue, type Splice } from "../text/located.ts";
import { lineOf, type SourceText } from "../text/source-text.ts";
import { noteUnstorable } from "../text/unstorable.ts";
import { isKeyword } from "./line-rules.ts";
import { childrenOf, type PythonExtra, type PythonNode, pythonEntry, pythonSource } from "./literal.ts";
import { sequenceSplices } from "./sequences.ts";
import type { SyntaxNode } from "./syntax.ts";
import { locatePython } from "./tree.ts";

export const pythonFormat: Format = {
  read: readValues,
  show: (source) => shownValue(locatePython(source, { specials: "texts" }).root),
  open: (source) => new PythonFile(source),
  create: (path) => new PythonFile({ path, text: "" }),
};

function readValues(source: SourceText): Value {
  const { root, unreadable } = locatePython(source);
  const values = plainValue(root) as ValueMap;
  const specials = unreadable.filter(({ isSpecial }) => isSpecial);
  noteUnstorable(
    values,
    specials.map(({ path, offset }) => ({ path, place: `${source.path}, line ${lineOf(source.text, offset)}` })),
  );
  return values;
}

function shownValue(node: PythonNode): Value {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "map") return new Map(node.entries.map(({ key, node: inner }) => [key, shownValue(inner)]));
  const items = node.items.map((item) => shownValue(item));
  if (node.extra.sequence !== "tuple" && node.extra.sequence !== "bare tuple") return items;
  return asTuple(items);
}

type NamesNode = Extract<PythonNode, { kind: "map" }>;

class PythonFile implements FormatDocument {
  readonly root: NamesNode;
  readonly unreadable: readonly Unreadable[];
  private readonly dialect: Dialect;
  private readonly eol: string;
  private readonly shift: number;
  /** The quote of the file's first string: what new strings get. */
  private readonly quote: '"' | "'";

  constructor(readonly source: SourceText) {
    const { root, unreadable } = locatePython(source);
    this.root = root;
    this.unreadable = unreadable;
    this.eol = /\r\n/.test(source.text) ? "\r\n" : "\n";
    this.shift = source.text.startsWith("\ufeff") ? 1 : 0;
    this.quote = firstQuote(this.root) ?? '"';
    this.dialect = { value: (value) => this.text(value), entry: pythonEntry };
  }

  private text(value: Value): string {
    if (holdsNaN(value)) throw this.refuse("PYTHON_NO_NAN", "Python has no literal for nan");
    return pythonSource(value, this.quote);
  }

  private refuse(code: ErrorCode, reason: string, hint?: string): SweeplineError {
    const message = `Invalid override: ${reason} ('${this.source.path}')`;
    return new SweeplineError({ code, message, ...(hint === undefined ? {} : { hint }) });
  }

  replaceScalar(node: LocatedScalar, value: Scalar): string | undefined {
    if (typeof value === "number" && Number.isNaN(value)) return undefined;
    const { quote } = node.extra as PythonExtra;
    const opening = typeof node.value === "string" ? (quote ?? this.quote) : this.quote;
    return pythonSource(value, opening).replaceAll("\n", this.eol);
  }

  withEntries(value: Value): string {
    throw new TypeError(`a Python file always has names: ${pythonSource(value)}`);
  }

  splices(changes: readonly Change[]): Splice[] {
    return changes.flatMap((change) => this.splicesFor(change));
  }

  private splicesFor(change: Change): Splice[] {
    const holder = (change.kind === "set" ? change.node : "map" in change ? change.map : change.list) as PythonNode;
    const exchanged = scalarExchange(change, this);
    if (exchanged !== undefined) return [exchanged];
    if (holder.extra.form === "literal") return sequenceSplices(this.source.text, change, this.dialect);
    const names = holder as NamesNode;
    if (change.kind === "add-keys") return [this.addNames(names, change.entries)];
    if (change.kind === "remove-keys")
      return this.removeNames(
        names,
        change.entries.map((entry) => entry.node as PythonNode),
      );
    if (change.kind === "set" && isMap(change.value) && change.value.size === 0)
      return this.removeNames(
        names,
        names.entries.map((entry) => entry.node),
      );
    throw this.refuse(
      "PYTHON_CLASS",
      "a class cannot become a value",
      "Only the values that a class assigns can be changed.",
    );
  }

  private addNames(names: NamesNode, entries: readonly (readonly [Scalar, Value])[]): Splice {
    const invalid = entries.find(([key]) => !isName(String(key)));
    if (invalid !== undefined) throw this.refuse("PYTHON_BAD_NAME", `'${String(invalid[0])}' is no name in Python`);
    const { after, indent, prefix } = this.placeFor(names);
    const lines = entries.map(([key, value]) => `${indent}${prefix}${String(key)} = ${this.text(value)}`);
    const { text } = this.source;
    const at = endOfLine(text, after, text.length);
    if (after === this.shift && indent === "") return { start: at, end: at, text: lines.join(this.eol) + this.eol };
    return { start: at, end: at, text: this.eol + lines.join(this.eol) };
  }

  /** Behind the last assignment of the same kind; else behind what the body begins with. */
  private placeFor(names: NamesNode): { after: number; indent: string; prefix: string } {
    this.refuseOneLine(names);
    const statements = names.entries.flatMap(({ node }) => node.extra.statement ?? []);
    const body = names.extra.body;
    const direct = statements.filter((statement) => isDirectly(statement, body));
    const last = direct.at(-1) ?? statements.filter((statement) => statement.name === "AssignStatement").at(-1);
    if (last !== undefined) {
      const isSelf = last.name === "AssignStatement" && this.slice(last).startsWith("self");
      return { after: last.to + this.shift, indent: this.indentOf(last), prefix: isSelf ? "self." : "" };
    }
    return { ...this.placeInBody(names), prefix: "" };
  }

  private placeInBody(names: NamesNode): { after: number; indent: string } {
    const statements = statementsIn(names);
    const isModule = names === this.root;
    const last = isModule ? statements.at(-1) : statements[0];
    if (last === undefined) return { after: isModule ? this.endOfText() : names.end, indent: "" };
    return { after: isModule ? this.endOfText() : this.trimEnd(last.to), indent: this.indentOf(last) };
  }

  /** `class A: x = 1` has no line for another name. */
  private refuseOneLine(names: NamesNode): void {
    const [first] = names === this.root ? [] : statementsIn(names);
    if (first === undefined) return;
    const start = first.from + this.shift;
    if (this.source.text.slice(this.lineStart(start), start).trim() === "") return;
    throw this.refuse("PYTHON_CLASS", "the class stands on one line; nothing can be added to it");
  }

  private endOfText(): number {
    return Math.max(this.shift, this.source.text.trimEnd().length);
  }

  private trimEnd(offset: number): number {
    return this.source.text.slice(0, offset + this.shift).trimEnd().length;
  }

  private slice(node: SyntaxNode): string {
    return this.source.text.slice(node.from + this.shift, node.to + this.shift);
  }

  private lineStart(offset: number): number {
    return Math.max(this.shift, this.source.text.lastIndexOf("\n", offset - 1) + 1);
  }

  private indentOf(statement: SyntaxNode): string {
    const start = this.lineStart(statement.from + this.shift);
    return /^[ \t]*/.exec(this.source.text.slice(start))?.[0] ?? "";
  }

  private removeNames(names: NamesNode, nodes: readonly PythonNode[]): Splice[] {
    if (nodes.some((node) => node.extra.form === "names"))
      throw this.refuse(
        "PYTHON_CLASS",
        "a class cannot be deleted",
        "It may hold more than parameters: delete it by hand.",
      );
    const gone = nodes.flatMap((node) => node.extra.statement ?? []);
    const bodies = new Map(gone.map((statement) => [statement.parent?.from ?? 0, statement.parent]));
    return [...bodies.values()].flatMap((body) => {
      const here = gone.filter(
        (statement) => statement.parent?.from === body?.from && statement.parent?.to === body?.to,
      );
      return this.removeStatements(here, body === null || body === undefined ? [] : childrenOf(body), names);
    });
  }

  /** Statements with their lines; where a body would be left empty, `pass` takes the place of the last. */
  private removeStatements(gone: readonly SyntaxNode[], siblings: readonly SyntaxNode[], names: NamesNode): Splice[] {
    const isGone = (node: SyntaxNode): boolean => gone.some((statement) => statement.from === node.from);
    const kept = siblings.filter((node) => node.name !== ":" && node.name !== ";" && !isGone(node));
    const needsPass = kept.length === 0 && gone[0]?.parent?.name === "Body" && names !== this.root;
    return gone.map((statement, index) => {
      const span = { start: statement.from + this.shift, end: statement.to + this.shift };
      if (needsPass && index === 0) return { ...span, text: "pass" };
      return this.cutStatement(statement, span);
    });
  }

  private cutStatement(statement: SyntaxNode, span: { start: number; end: number }): Splice {
    const { text } = this.source;
    const group = statement.parent?.name === "StatementGroup" ? statement.parent : undefined;
    if (group !== undefined) {
      const next = statement.nextSibling?.nextSibling;
      const previous = statement.prevSibling?.prevSibling;
      if (next) return { start: span.start, end: next.from + this.shift, text: "" };
      if (previous) return { start: previous.to + this.shift, end: span.end, text: "" };
    }
    const start = this.lineStart(span.start);
    if (text.slice(start, span.start).trim() !== "") return { ...span, text: "pass" };
    const newline = text.indexOf("\n", span.end);
    return { start, end: newline < 0 ? text.length : newline + 1, text: "" };
  }
}

function statementsIn({ extra }: NamesNode): readonly SyntaxNode[] {
  return extra.body === undefined ? [] : childrenOf(extra.body).filter((child) => child.name !== ":");
}

function isDirectly(statement: SyntaxNode, body: SyntaxNode | undefined): boolean {
  const parent = statement.parent?.name === "StatementGroup" ? statement.parent.parent : statement.parent;
  return statement.name === "AssignStatement" && parent?.from === body?.from && parent?.to === body?.to;
}

function firstQuote(node: PythonNode): '"' | "'" | undefined {
  if (node.kind === "scalar") {
    if (typeof node.value !== "string") return undefined;
    return node.extra.quote?.endsWith("'") ? "'" : '"';
  }
  const children = node.kind === "list" ? node.items : node.entries.map((entry) => entry.node);
  for (const child of children) {
    const quote = firstQuote(child);
    if (quote !== undefined) return quote;
  }
  return undefined;
}

function holdsNaN(value: Value): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (isMap(value)) return [...value.values()].some(holdsNaN);
  return Array.isArray(value) && value.some(holdsNaN);
}

function isName(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text) && !isKeyword(text);
}

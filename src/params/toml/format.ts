/**
 * TOML: read with `smol-toml`, edited by splices at the places that `toml-patch`'s syntax tree gives. (Its own patch()
 * drops comments beside deleted keys and moves tables, so only its parser is used.)
 */
import { parse, TomlDate, TomlError } from "smol-toml";
import { isMap, type Scalar, type Value } from "../../base/value.ts";
import { endOfLine } from "../text/bracketed.ts";
import { bracketSplices, type Dialect, scalarExchange } from "../text/bracketed-edits.ts";
import type { Change } from "../text/changes.ts";
import type { Format, FormatDocument } from "../text/format.ts";
import { type LocatedScalar, plainValue, type Splice } from "../text/located.ts";
import { maxDepth, parseFailure, type SourceText } from "../text/source-text.ts";
import { tomlEntry, tomlInline, tomlKey, tomlPath, tomlScalar } from "./text.ts";
import { dateText, locateToml, type Section, type TomlExtra, type TomlNode, type TomlSpan } from "./tree.ts";

export const tomlFormat: Format = {
  read: (source) => toValue(parseToml(source)),
  open(source) {
    parseToml(source);
    return new TomlFile(source);
  },
  create: (path) => new TomlFile({ path, text: "" }),
};

function parseToml(source: SourceText): unknown {
  try {
    const text = source.text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
    const data = parse(text, { integersAsBigInt: true, maxDepth });
    refuseTooDeep(source, data);
    return data;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const lines = source.text.split("\n").slice(0, error.line - 1);
    const offset = lines.reduce((sum, line) => sum + line.length + 1, 0) + error.column - 1;
    const reason = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    throw parseFailure(source, offset, { code: "TOML_INVALID", what: `TOML file structure is corrupted: ${reason}` });
  }
}

function isContainer(data: unknown): boolean {
  return typeof data === "object" && data !== null && !(data instanceof TomlDate);
}

/** Tables inside tables count as well as brackets; looked at level by level, before anything recurses into it. */
function refuseTooDeep(source: SourceText, data: unknown): void {
  let level: readonly unknown[] = [data];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > maxDepth) {
      const what = `nested more than ${maxDepth} deep`;
      throw parseFailure(source, 0, { code: "TOML_INVALID", what });
    }
    level = level.flatMap((each) => Object.values(each as object).filter(isContainer));
  }
}

function toValue(data: unknown): Value {
  if (Array.isArray(data)) return data.map(toValue);
  if (data instanceof TomlDate) return dateText(data);
  if (typeof data === "object" && data !== null)
    return new Map(Object.entries(data).map(([key, item]) => [key, toValue(item)]));
  return data as Scalar;
}

const dialect: Dialect = { value: tomlInline, entry: tomlEntry };

class TomlFile implements FormatDocument {
  readonly unreadable = [];
  readonly root: TomlNode;
  private readonly eol: string;

  constructor(readonly source: SourceText) {
    this.root = locateToml(source);
    this.eol = /\r\n/.test(source.text) ? "\r\n" : "\n";
  }

  replaceScalar(node: LocatedScalar, value: Scalar): string | undefined {
    const { quote } = node.extra as TomlExtra;
    return tomlScalar(value, quote === "date" ? '"' : quote).replaceAll("\n", this.eol);
  }

  withEntries(value: Value): string {
    throw new TypeError(`a TOML file always has a table: ${tomlInline(value)}`);
  }

  splices(changes: readonly Change[]): Splice[] {
    const splices = oneForEachArray(changes).flatMap((change) => this.splicesFor(change));
    const isCut = (splice: Splice): boolean => splice.end > splice.start && splice.text === "";
    const cuts = joined(splices.filter(isCut));
    return [...cuts, ...splices.filter((splice) => !isCut(splice)).map((splice) => this.besideCut(splice, cuts))];
  }

  /** New lines behind a row that goes away itself stand in its place. */
  private besideCut(splice: Splice, cuts: readonly Splice[]): Splice {
    const cut = cuts.find(
      ({ start, end }) => splice.start === splice.end && splice.start > start && splice.start < end,
    );
    if (cut === undefined) return splice;
    const { text } = this.source;
    const at = { start: cut.start, end: cut.start };
    // Lines in front of a header end with a line end of their own.
    if (!splice.text.startsWith(this.eol)) return { ...at, text: splice.text };
    const isAtLineStart = cut.start === 0 || text[cut.start - 1] === "\n";
    const endsLine = text[cut.end - 1] === "\n";
    const lines = isAtLineStart ? splice.text.slice(this.eol.length) : splice.text;
    return { ...at, text: lines + (endsLine ? this.eol : "") };
  }

  private splicesFor(change: Change): Splice[] {
    const holder = holderOf(change);
    const exchanged = scalarExchange(change, this);
    if (exchanged !== undefined) return [exchanged];
    if (holder.extra.form === "value") return bracketSplices(this.source.text, change, dialect);
    switch (change.kind) {
      case "set":
        return this.set(holder, change.value);
      case "add-keys":
        return this.addKeys(holder, change.entries);
      case "remove-keys":
        return change.entries.flatMap((entry) => this.remove(entry.node as TomlNode));
      case "add-items":
        return this.addElements(holder, change);
      case "remove-items":
        return this.itemsOf(holder)
          .slice(change.from, change.from + change.count)
          .flatMap((item) => this.remove(item));
    }
  }

  private itemsOf(node: TomlNode): readonly TomlNode[] {
    return node.kind === "list" ? node.items : [];
  }

  private childrenOf(node: TomlNode): readonly TomlNode[] {
    if (node.kind === "map") return node.entries.map((entry) => entry.node);
    return this.itemsOf(node);
  }

  /** A table that becomes something else: out with all that makes it, and a new row or section in the table above. */
  private set(node: TomlNode, value: Value): Splice[] {
    const { form, parent, path } = node.extra;
    if (form === "section" && isMap(value)) {
      const emptied = this.childrenOf(node).flatMap((child) => this.remove(child));
      return value.size === 0 ? emptied : [...emptied, ...this.addKeys(node, [...value])];
    }
    if (parent === undefined) return [];
    if (parent.kind === "list")
      return this.set(
        parent,
        parent.items.map((item) => (item === node ? value : plainValue(item))),
      );
    const removed = this.remove(node);
    return [...removed, ...this.addKeys(parent, [[path.at(-1) ?? "", value]])];
  }

  /** All lines that make a node: its row, or its section with everything below it. */
  private remove(node: TomlNode): Splice[] {
    const { form, rows, section } = node.extra;
    if (form === "value" || form === "dotted") return rows.map((row) => this.cutLines(row));
    const below = this.childrenOf(node).filter(
      (child) => child.extra.form !== "value" && child.extra.form !== "dotted",
    );
    const own = form === "section" && section?.header !== undefined ? [this.cutLines(sectionSpan(section))] : [];
    return [...own, ...below.flatMap((child) => this.remove(child))];
  }

  private cutLines(span: TomlSpan): Splice {
    const text = this.source.text;
    const start = this.lineStart(span.start);
    const newline = text.indexOf("\n", span.end);
    if (newline >= 0) return { start, end: newline + 1, text: "" };
    const lineEnd = /\r?\n$/.exec(text.slice(0, start))?.[0] ?? "";
    return { start: start - lineEnd.length, end: text.length, text: "" };
  }

  private lineStart(offset: number): number {
    const start = this.source.text.lastIndexOf("\n", offset - 1) + 1;
    return start === 0 && this.source.text.startsWith("\ufeff") ? 1 : start;
  }

  private addKeys(table: TomlNode, entries: readonly (readonly [Scalar, Value])[]): Splice[] {
    const { form, path } = table.extra;
    const isTable = ([, value]: readonly [Scalar, Value]): boolean => isMap(value) && value.size > 0;
    if (form === "dotted") return [this.addRows(table, entries)];
    const rows = entries.filter((entry) => !isTable(entry));
    const tables = entries.filter(isTable);
    const sections = tables.map(([key, value]) => this.sectionText([...path, String(key)], value));
    const added = sections.length === 0 ? [] : [this.appendSections(table, sections)];
    return rows.length === 0 ? added : [this.addRows(table, rows), ...added];
  }

  private addRows(table: TomlNode, entries: readonly (readonly [Scalar, Value])[]): Splice {
    const { form, path, section, rows } = table.extra;
    if (form === "implicit") return this.openSection(table, entries);
    const ownRows = form === "dotted" ? rows : (section?.rows ?? []);
    const prefix = form === "dotted" ? `${this.dottedPrefix(table)}.` : "";
    const lines = entries.map(([key, value]) => prefix + tomlEntry(key, value));
    const last = ownRows.at(-1) ?? section?.header;
    const indent = this.indentOf(last);
    if (last !== undefined) return this.after(last, lines.map((line) => indent + line).join(this.eol));
    const first = path.length === 0 ? this.firstHeader() : undefined;
    if (first === undefined) return this.atEnd(lines.join(this.eol));
    return { start: first, end: first, text: lines.join(this.eol) + this.eol + this.eol };
  }

  /** The key of a dotted table as its rows write it, relative to their section. */
  private dottedPrefix(table: TomlNode): string {
    let names: string[] = [];
    let node: TomlNode | undefined = table;
    while (node !== undefined && node.extra.form === "dotted") {
      names = [tomlKey(node.extra.path.at(-1) ?? ""), ...names];
      node = node.extra.parent;
    }
    return names.join(".");
  }

  /** A header for a table that only had tables below it so far, in front of the first of them. */
  private openSection(table: TomlNode, entries: readonly (readonly [Scalar, Value])[]): Splice {
    const [first] = sectionsOf(table).toSorted((a, b) => sectionSpan(a).start - sectionSpan(b).start);
    const lines = [`[${tomlPath(table.extra.path)}]`, ...entries.map(([key, value]) => tomlEntry(key, value))];
    const at = this.lineStart(first === undefined ? 0 : sectionSpan(first).start);
    return { start: at, end: at, text: this.indented(lines.join(this.eol), first) + this.eol + this.eol };
  }

  /** The rows and sections of a new table. */
  private sectionText(path: readonly string[], value: Value, brackets: "[]" | "[[]]" = "[]"): string {
    const entries = isMap(value) ? [...value] : [];
    const isTable = (item: Value): boolean => isMap(item) && item.size > 0;
    const rows = entries.filter(([, item]) => !isTable(item)).map(([key, item]) => tomlEntry(key, item));
    const tables = entries.filter(([, item]) => isTable(item));
    const name = tomlPath(path);
    const header = brackets === "[]" ? `[${name}]` : `[[${name}]]`;
    // A table of tables alone needs no header of its own.
    const own = rows.length === 0 && tables.length > 0 && brackets === "[]" ? [] : [[header, ...rows].join(this.eol)];
    const below = tables.map(([key, item]) => this.sectionText([...path, String(key)], item));
    return [...own, ...below].join(this.eol + this.eol);
  }

  private appendSections(table: TomlNode, sections: readonly string[]): Splice {
    const gap = this.eol + this.eol;
    const below = table.extra.path.length === 0 && table.extra.parent === undefined ? [] : sectionsOf(table);
    const last = below.toSorted((a, b) => sectionSpan(a).end - sectionSpan(b).end).at(-1);
    const body = sections.join(gap);
    if (last !== undefined) return this.after(sectionSpan(last), this.eol + this.indented(body, last));
    return this.atEnd(this.source.text.trim() === "" ? body : this.eol + body);
  }

  private addElements(list: TomlNode, change: Extract<Change, { kind: "add-items" }>): Splice[] {
    const { path } = list.extra;
    if (!change.values.every((value) => isMap(value))) {
      const all = this.itemsOf(list)
        .map(plainValue)
        .toSpliced(change.at, 0, ...change.values);
      return this.set(list, all);
    }
    const texts = change.values.map((value) => this.sectionText(path, value, "[[]]"));
    const next = this.itemsOf(list)[change.at];
    if (next === undefined) return [this.appendSections(list, texts)];
    const at = this.lineStart(next.start);
    const gap = this.eol + this.eol;
    return [{ start: at, end: at, text: this.indented(texts.join(gap), next.extra.section) + gap }];
  }

  /** The blanks before a row or header, where these alone stand before it. */
  private indentOf(span: TomlSpan | undefined): string {
    if (span === undefined) return "";
    const before = this.source.text.slice(this.lineStart(span.start), span.start);
    return before.trim() === "" ? before : "";
  }

  /** Headers and rows as far in as those of the section beside them. */
  private indented(text: string, beside: Section | undefined): string {
    const header = this.indentOf(beside?.header);
    const row = beside?.rows.length ? this.indentOf(beside.rows.at(-1)) : header;
    if (header === "" && row === "") return text;
    return text.replace(/^(?=\S)(\[?)/gm, (mark) => (mark === "" ? row : header + mark));
  }

  private after(span: TomlSpan, lines: string): Splice {
    const at = endOfLine(this.source.text, span.end, this.source.text.length);
    return { start: at, end: at, text: this.eol + lines };
  }

  private atEnd(lines: string): Splice {
    const { text } = this.source;
    const needsNewline = text !== "" && text !== "\ufeff" && !text.endsWith("\n");
    return { start: text.length, end: text.length, text: (needsNewline ? this.eol : "") + lines + this.eol };
  }

  private firstHeader(): number | undefined {
    const headers = sectionsOf(this.root).flatMap((section) =>
      section.header === undefined ? [] : [section.header.start],
    );
    return headers.length === 0 ? undefined : this.lineStart(Math.min(...headers));
  }
}

/**
 * An array of tables that gets an item of another kind becomes a plain array, all at once: of the changes in it only the
 * first is made, and the others when the file has been read again.
 */
function oneForEachArray(changes: readonly Change[]): readonly Change[] {
  const arrays = new Set(changes.map(arrayThatTurnsPlain).filter((array) => array !== undefined));
  if (arrays.size === 0) return changes;
  const made = new Set<TomlNode>();
  return changes.filter((change) => {
    const around = arrayAround(holderOf(change), arrays);
    if (around === undefined) return true;
    if (arrayThatTurnsPlain(change) !== around || made.has(around)) return false;
    made.add(around);
    return true;
  });
}

function holderOf(change: Change): TomlNode {
  return (change.kind === "set" ? change.node : "map" in change ? change.map : change.list) as TomlNode;
}

function arrayThatTurnsPlain(change: Change): TomlNode | undefined {
  const holder = holderOf(change);
  if (holder.extra.form === "value") return undefined;
  if (change.kind === "set")
    return holder.extra.parent?.kind === "list" && !isMap(change.value) ? holder.extra.parent : undefined;
  return change.kind === "add-items" && !change.values.every((value) => isMap(value)) ? holder : undefined;
}

/** The outermost of some arrays that a node is or lies in. */
function arrayAround(node: TomlNode, arrays: ReadonlySet<TomlNode>): TomlNode | undefined {
  let found: TomlNode | undefined;
  for (let at: TomlNode | undefined = node; at !== undefined; at = at.extra.parent) if (arrays.has(at)) found = at;
  return found;
}

/** Cuts that touch or overlap (the last rows of a file share a line end) as one. */
function joined(cuts: readonly Splice[]): Splice[] {
  const result: Splice[] = [];
  for (const cut of [...cuts].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || cut.start > last.end) result.push(cut);
    else result[result.length - 1] = { ...last, end: Math.max(last.end, cut.end) };
  }
  return result;
}

function sectionSpan(section: Section): TomlSpan {
  const start = section.header?.start ?? section.rows[0]?.start ?? 0;
  return { start, end: section.rows.at(-1)?.end ?? section.header?.end ?? start };
}

/** The sections of a table and of all below it. */
function sectionsOf(node: TomlNode): Section[] {
  const { form, section } = node.extra;
  const own = form === "section" && section?.header !== undefined ? [section] : [];
  const children =
    node.kind === "map" ? node.entries.map((entry) => entry.node) : node.kind === "list" ? node.items : [];
  if (form === "value") return [];
  return [...own, ...children.flatMap((child) => sectionsOf(child as TomlNode))];
}

/** TOML text to located values. `smol-toml` says what a file means and whether it is valid; `toml-patch` says where things stand. */
import { parseDocument, type TomlDocument } from "@decimalturn/toml-patch";
import { parse, TomlDate } from "smol-toml";
import type { Scalar } from "../../base/value.ts";
import type { LocatedEntry, LocatedNode } from "../text/located.ts";
import { problemAt, type SourceText } from "../text/source-text.ts";
import type { TomlQuote } from "./text.ts";

export interface TomlSpan {
  readonly start: number;
  readonly end: number;
}

/** A header with the rows below it, or the rows before the first header. */
export interface Section {
  /** undefined for the rows before the first header. */
  readonly header: TomlSpan | undefined;
  readonly rows: TomlSpan[];
}

export interface TomlExtra {
  /**
   * value: written after "=". section: has a header of its own. implicit: only tables below it have headers. dotted: made
   * by keys with dots. tables: a list of `[[...]]` sections.
   */
  readonly form: "value" | "section" | "implicit" | "dotted" | "tables";
  /** From the top, list indices left out: what a header says. */
  readonly path: readonly string[];
  readonly parent: TomlNode | undefined;
  /** Where keys of this table are written (section, dotted). */
  readonly section: Section | undefined;
  /** The `key = value` rows that make it (value: one; dotted: all). */
  readonly rows: TomlSpan[];
  /** The quotes of a string, or a date. */
  readonly quote: TomlQuote | "date" | undefined;
}

export type TomlNode = LocatedNode<TomlExtra>;
type TomlMap = Extract<TomlNode, { kind: "map" }> & { readonly entries: LocatedEntry<TomlExtra>[] };
type TomlList = Extract<TomlNode, { kind: "list" }> & { readonly items: TomlNode[] };

type Block = TomlDocument["cst"][number];
type Table = Extract<Block, { key: { item: unknown } }>;
type KeyValue = Exclude<Extract<Block, { key: unknown }>, Table>;
type CstValue = KeyValue["value"];

/** The tree of a text that `smol-toml` has accepted. */
export function locateToml(source: SourceText): TomlNode {
  return new Locator(source).locate();
}

class Locator {
  private readonly lineStarts: number[] = [0];
  /** Where in a table the entry of a name is. */
  private readonly places = new WeakMap<TomlMap, Map<string, number>>();
  private readonly root: TomlMap;

  constructor(private readonly source: SourceText) {
    const text = source.text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.lineStarts.push(at + 1);
    const section: Section = { header: undefined, rows: [] };
    this.root = newMap({ form: "section", path: [], parent: undefined, section, rows: [], quote: undefined }, 0);
  }

  locate(): TomlNode {
    for (const block of this.blocks()) {
      if (isTable(block)) this.table(block);
      else if (isKeyValue(block)) this.row(this.root, block);
    }
    return { ...this.root, end: this.source.text.length };
  }

  private blocks(): Block[] {
    const text = this.source.text.replace(/^\ufeff/, "");
    try {
      return [...parseDocument(text, { integersAsBigInt: true }).cst];
    } catch (error) {
      throw problemAt(this.source, 0, {
        code: "TOML_INVALID",
        what: `cannot be edited: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }

  private span(node: { readonly loc: { start: Position; end: Position } }): TomlSpan {
    return { start: this.offset(node.loc.start), end: this.offset(node.loc.end) };
  }

  private offset({ line, column }: Position): number {
    const mark = line === 1 && this.source.text.startsWith("\ufeff") ? 1 : 0;
    return (this.lineStarts[line - 1] ?? 0) + column + mark;
  }

  private table(block: Table): void {
    const path = block.key.item.value;
    const header = this.span(block.key);
    const isElement = (block.type as string) === "TableArray";
    const above = path.slice(0, -1).reduce<TomlMap>((map, key) => this.descend(map, key, "implicit"), this.root);
    const name = path.at(-1) ?? "";
    const section: Section = { header, rows: [] };
    const map = isElement ? this.newElement(above, { name, section }) : this.ownSection(above, { name, section });
    for (const item of block.items) if (isKeyValue(item)) this.row(map, item);
  }

  /** The table one key down: its last element where the key holds a list of tables. */
  private descend(map: TomlMap, key: string, form: "implicit" | "dotted"): TomlMap {
    const present = this.entryIn(map, key)?.node;
    if (present?.kind === "map") return present as TomlMap;
    if (present?.kind === "list") return present.items.at(-1) as TomlMap;
    const section = form === "dotted" ? map.extra.section : undefined;
    const extra = { form, path: [...map.extra.path, key], parent: map, section, rows: [], quote: undefined };
    return this.addEntry(map, key, newMap(extra, map.start));
  }

  private placesIn(map: TomlMap): Map<string, number> {
    const known = this.places.get(map);
    if (known !== undefined) return known;
    const places = new Map(map.entries.map((entry, index) => [String(entry.key), index]));
    this.places.set(map, places);
    return places;
  }

  private entryIn(map: TomlMap, key: string): LocatedEntry<TomlExtra> | undefined {
    const place = this.placesIn(map).get(key);
    return place === undefined ? undefined : map.entries[place];
  }

  private push(map: TomlMap, entry: LocatedEntry<TomlExtra>): void {
    this.placesIn(map).set(String(entry.key), map.entries.length);
    map.entries.push(entry);
  }

  private addEntry<Node extends TomlNode>(map: TomlMap, key: string, node: Node): Node {
    this.push(map, entryOf(key, node));
    return node;
  }

  private ownSection(above: TomlMap, { name, section }: { name: string; section: Section }): TomlMap {
    const start = section.header?.start ?? 0;
    const path = [...above.extra.path, name];
    const extra: TomlExtra = { form: "section", path, parent: above, section, rows: [], quote: undefined };
    const place = this.placesIn(above).get(name);
    const present = place === undefined ? undefined : above.entries[place]?.node;
    const map = newMap(extra, start);
    if (place === undefined || present?.kind !== "map") return this.addEntry(above, name, map);
    // Tables below it came first: [x.y] before [x].
    for (const entry of present.entries) {
      (entry.node.extra as { parent: TomlNode }).parent = map;
      this.push(map, entry);
    }
    above.entries[place] = entryOf(name, map);
    return map;
  }

  private newElement(above: TomlMap, { name, section }: { name: string; section: Section }): TomlMap {
    const start = section.header?.start ?? 0;
    const path = [...above.extra.path, name];
    const present = this.entryIn(above, name)?.node;
    const common = { path, rows: [], quote: undefined };
    const list: TomlList =
      present?.kind === "list"
        ? (present as TomlList)
        : this.addEntry(above, name, {
            kind: "list",
            items: [],
            start,
            end: start,
            isReference: false,
            extra: { ...common, form: "tables", parent: above, section: undefined },
          });
    const element = newMap({ ...common, form: "section", parent: list, section }, start);
    list.items.push(element);
    return element;
  }

  private row(holder: TomlMap, row: KeyValue): void {
    const keys = row.key.value;
    const whole: TomlSpan = { start: this.span(row.key).start, end: this.span(row.value).end };
    holder.extra.section?.rows.push(whole);
    let map = holder;
    for (const key of keys.slice(0, -1)) {
      map = this.descend(map, key, "dotted");
      map.extra.rows.push(whole);
    }
    const name = keys.at(-1) ?? "";
    const path = [...map.extra.path, name];
    const extra: TomlExtra = { form: "value", path, parent: map, section: undefined, rows: [whole], quote: undefined };
    const node = this.value(row.value, extra);
    this.push(map, { key: name, start: whole.start, keyEnd: this.span(row.key).end, node, origin: "own" });
  }

  private value(value: CstValue, extra: TomlExtra): TomlNode {
    const common = { ...this.span(value), isReference: false } as const;
    const inner: TomlExtra = { ...extra, rows: [] };
    switch (value.type as string) {
      case "InlineArray": {
        const items = (value as unknown as { items: { item: CstValue }[] }).items;
        return { kind: "list", items: items.map(({ item }) => this.value(item, inner)), ...common, extra };
      }
      case "InlineTable": {
        const rows = (value as unknown as { items: { item: KeyValue }[] }).items.map(({ item }) => item);
        // `{ a.b = 1 }` makes a table without a text of its own: such braces are written anew as a whole.
        const isReference = rows.some((row) => row.key.value.length > 1);
        const map: TomlMap = { kind: "map", entries: [], ...common, isReference, extra };
        for (const row of rows) this.inlineRow(map, row);
        return map;
      }
      default:
        return { kind: "scalar", value: scalarOf(value), ...common, extra: { ...extra, quote: this.quoteOf(value) } };
    }
  }

  private inlineRow(map: TomlMap, row: KeyValue): void {
    const extra: TomlExtra = { ...map.extra, rows: [], quote: undefined };
    const { start, end } = this.span(row.key);
    const holder = row.key.value.slice(0, -1).reduce((inner, key) => {
      const present = this.entryIn(inner, key)?.node;
      return present?.kind === "map" ? (present as TomlMap) : this.addEntry(inner, key, newMap(extra, start));
    }, map);
    const node = this.value(row.value, extra);
    this.push(holder, { key: row.key.value.at(-1) ?? "", start, keyEnd: end, node, origin: "own" });
  }

  private quoteOf(value: CstValue): TomlExtra["quote"] {
    if ((value.type as string) === "DateTime") return "date";
    const { start } = this.span(value);
    const opening = /^(?:("""|''')(\r?\n)?|"|')/.exec(this.source.text.slice(start, start + 5));
    if (opening === null) return undefined;
    const [whole, long, lineEnd] = opening;
    return (long === undefined || lineEnd === undefined ? whole : `${long}\n`) as TomlQuote;
  }
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function isTable(block: Block): block is Table {
  return (block.type as string) === "Table" || (block.type as string) === "TableArray";
}

function isKeyValue(block: Block): block is KeyValue {
  return (block.type as string) === "KeyValue";
}

function newMap(extra: TomlExtra, start: number): TomlMap {
  return { kind: "map", entries: [], start, end: start, isReference: false, extra };
}

function entryOf(key: string, node: TomlNode): LocatedEntry<TomlExtra> {
  return { key, start: node.start, keyEnd: node.start, node, origin: "own" };
}

/** A date as text: there is no such value in YAML 1.2 or JSON, and DVC prints it as text, too. */
export function dateText(date: TomlDate): string {
  return date.toISOString().replace(/\.000(?=Z|[-+]|$)/, "");
}

/** From the text: the syntax tree rounds integers beyond 2^53. */
function integerOf(raw: string): bigint {
  const digits = raw.replaceAll("_", "");
  return digits.startsWith("-") ? -BigInt(digits.slice(1)) : BigInt(digits.replace(/^\+/, ""));
}

function scalarOf(value: CstValue): Scalar {
  switch (value.type as string) {
    case "DateTime":
      return dateText(new TomlDate((value as unknown as { raw: string }).raw));
    case "Integer":
      return integerOf((value as unknown as { raw: string }).raw);
    default:
      return withPlainLineEnds(value as unknown as { value: string | number | boolean; raw?: string });
  }
}

/** A text of several lines has plain line ends, whatever the file's: Python's readers translate them. */
function withPlainLineEnds({ value, raw = "" }: { value: string | number | boolean; raw?: string }): Scalar {
  if (typeof value !== "string" || !raw.includes("\r\n")) return value;
  const { text } = parse(`text = ${raw.replaceAll("\r\n", "\n")}`);
  return String(text);
}

/** YAML text to located values: the `yaml` package parses, the meaning of scalars, tags and merges is DVC's (ruamel.yaml). */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from "yaml";
import type { Scalar } from "../../base/value.ts";
import type { LocatedEntry, LocatedMap, LocatedNode, LocatedScalar } from "../text/located.ts";
import { maxDepth, maxNodes, parseFailure, problemAt, type SourceText } from "../text/source-text.ts";
import { hintFor } from "./error-hints.ts";
import { type ScalarRules, yaml12 } from "./scalars.ts";
import { taggedValue } from "./tags.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface YamlExtra {
  readonly style: "plain" | "single" | "double" | "block-scalar" | "block" | "flow" | "alias";
  readonly holder: Holder;
  readonly tag: Span | undefined;
  readonly anchor: Span | undefined;
  /** Of a collection: its entries in the order of the text, each whole (from key or dash on), `<<` included. */
  readonly spans: readonly Span[];
  /** Column of the entries of a block collection. */
  readonly column: number;
  /** Where the value of a merge (`<<: *base`) stands. */
  readonly merge: Span | undefined;
}

/** What a value belongs to. */
export interface Holder {
  readonly kind: "top" | "key" | "item" | "flow";
  /** Right behind the indicator that introduces the value (":" or "-"); undefined at the top, and where there is none. */
  readonly valueFrom: number | undefined;
  /** Column of the key or the dash. */
  readonly column: number;
  /** The tokens before the value: indicator, spaces, anchor, tag. */
  readonly props: readonly CstToken[];
}

export type YamlNode = LocatedNode<YamlExtra>;

export interface AliasUse {
  readonly start: number;
  readonly end: number;
  readonly target: YamlNode;
  readonly holder: Holder;
}

export interface YamlTree {
  readonly root: YamlNode | undefined;
  readonly aliases: readonly AliasUse[];
  /** The values of all `<<`. */
  readonly merges: readonly Span[];
}

/** Values that aliases repeat: far more than a hand-written file has, far less than a YAML bomb. */
const maxRepeatedNodes = 100_000;

// What YAML forbids, and ruamel.yaml refuses: control characters and lone surrogates.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters looked for
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

const tooDeep = `nested more than ${maxDepth} deep`;

/** Reads a text into located values. Throws SweeplineError with line and column. */
export function parseYaml(source: SourceText, rules: ScalarRules = yaml12): YamlTree {
  const bad = unprintable.exec(source.text);
  if (bad !== null)
    throw problemAt(source, bad.index, {
      code: "YAML_INVALID",
      what: `YAML file structure is corrupted: the character U+${bad[0].charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()} is not allowed`,
    });
  refuseMasses(source);
  const document = parseDocument(source.text, {
    schema: "failsafe",
    merge: false,
    uniqueKeys: false,
    keepSourceTokens: true,
    prettyErrors: false,
    // "silent" would also drop the error of a second document.
    logLevel: "error",
  });
  const error = document.errors[0];
  // The parser calls itself for each level, and reports the end of the stack as an error of the text.
  if (error !== undefined && /call stack/.test(error.message))
    throw problemAt(source, error.pos[0], { code: "YAML_TOO_DEEP", what: tooDeep });
  if (error !== undefined)
    throw parseFailure(source, error.pos[0], {
      code: "YAML_INVALID",
      what: `YAML file structure is corrupted: ${whatIsWrong(error)}`,
      ...hintFor(source.text, error),
    });
  return new Locator(source, document, rules).locate();
}

/** The parser takes a kilobyte and more for each value: a file with far too many is refused before it is parsed. */
function refuseMasses(source: SourceText): void {
  if (source.text.length < maxNodes) return;
  const entry = /,|\n[ \t]*[^#\s]/g;
  let count = 0;
  while (entry.exec(source.text) !== null) count += 1;
  if (count > maxNodes) throw problemAt(source, 0, { code: "YAML_TOO_LARGE", what: `more than ${maxNodes} values` });
}

function whatIsWrong(error: YAMLParseError): string {
  return error.code === "MULTIPLE_DOCS"
    ? "a second document begins, and there may be one only"
    : lowerFirst(error.message);
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

interface CstToken {
  readonly type: string;
  readonly offset: number;
  readonly source?: string;
}

const topHolder: Holder = { kind: "top", valueFrom: undefined, column: 0, props: [] };

/** Walks the document once. Anchors are looked up as they are met, so an alias never points forward or to what holds it. */
class Locator {
  private readonly anchors = new Map<string, { node: YamlNode; weight: number } | "open">();
  private readonly aliases: AliasUse[] = [];
  private readonly merges: Span[] = [];
  private direct = 0;
  private repeated = 0;
  private depth = 0;

  constructor(
    private readonly source: SourceText,
    private readonly document: Document,
    private readonly rules: ScalarRules,
  ) {}

  locate(): YamlTree {
    const contents = this.document.contents;
    // An empty document may come as an empty scalar.
    const isEmpty = contents === null || (isScalar(contents) && contents.range?.[0] === contents.range?.[1]);
    const root = isEmpty ? undefined : this.node(contents, topHolder);
    return { root, aliases: this.aliases, merges: this.merges };
  }

  private fail(offset: number, what: string): never {
    throw problemAt(this.source, offset, { code: "YAML_INVALID", what });
  }

  private node(node: unknown, holder: Holder): YamlNode {
    if (isAlias(node)) return this.alias(node, holder);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) throw new TypeError("not a YAML node");
    const anchor = node.anchor;
    const before = this.direct + this.repeated;
    if (anchor !== undefined) this.anchors.set(anchor, "open");
    const content = this.content(node, holder);
    if (anchor === undefined) return content;
    // The nearest one before the value: within brackets no token tells.
    const start = this.source.text.lastIndexOf(`&${anchor}`, content.start);
    const span = { start, end: start + anchor.length + 1 };
    const located = { ...content, extra: { ...content.extra, anchor: span } } as YamlNode;
    this.anchors.set(anchor, { node: located, weight: this.direct + this.repeated - before });
    return located;
  }

  private content(node: unknown, holder: Holder): YamlNode {
    this.direct += 1;
    if (this.direct > maxNodes) this.fail(0, `more than ${maxNodes} values`);
    if (isScalar(node)) return this.scalar(node, holder);
    this.depth += 1;
    if (this.depth > maxDepth) this.fail((node as YAMLMap).range?.[0] ?? 0, tooDeep);
    const located = isMap(node) ? this.map(node, holder) : this.list(node as YAMLSeq, holder);
    this.depth -= 1;
    return located;
  }

  private alias(node: Alias, holder: Holder): YamlNode {
    const [start, end] = node.range ?? [0, 0];
    const anchor = this.anchors.get(node.source);
    if (anchor === undefined) return this.fail(start, `the alias *${node.source} has no anchor before it`);
    if (anchor === "open") return this.fail(start, `the alias *${node.source} stands inside its own anchor`);
    this.repeated += anchor.weight;
    if (this.repeated > maxRepeatedNodes)
      this.fail(start, `aliases repeat more than ${maxRepeatedNodes} values (a "YAML bomb")`);
    this.aliases.push({ start, end, target: anchor.node, holder });
    const extra: YamlExtra = { ...plainExtra(holder), style: "alias" };
    return { ...anchor.node, start, end, isReference: true, extra };
  }

  private scalar(
    node: {
      range?: readonly number[] | null | undefined;
      type?: string | undefined;
      tag?: string | undefined;
      value: unknown;
      anchor?: string | undefined;
    },
    holder: Holder,
  ): LocatedScalar<YamlExtra> {
    const [start = 0, end = 0] = node.range ?? [];
    const style = scalarStyle(node.type);
    const written = typeof node.value === "string" ? node.value : "";
    const text = style === "block-scalar" && this.lacksLineEnd(end) ? written.replace(/\n$/, "") : written;
    const value = this.scalarValue({ text, style, tag: node.tag, start: tagSpan(holder)?.start ?? start });
    const extra: YamlExtra = { ...plainExtra(holder), style };
    return { kind: "scalar", value, start, end, isReference: false, extra };
  }

  /** Python's YAML adds no line end to a block scalar whose last line, the file's last, has none. */
  private lacksLineEnd(end: number): boolean {
    const { text } = this.source;
    return end === text.length && /[^\s][^\n]*$/.test(text.slice(text.lastIndexOf("\n") + 1));
  }

  private scalarValue(scalar: {
    text: string;
    style: YamlExtra["style"];
    tag: string | undefined;
    start: number;
  }): Scalar {
    const { text, style, tag, start } = scalar;
    if (tag === undefined || tag === "!") return style === "plain" ? this.rules.plain(text) : text;
    const resolved = taggedValue(tag, text, this.rules);
    if (resolved === undefined) return this.fail(start, `could not determine a constructor for the tag '${tag}'`);
    return resolved;
  }

  private checkTag(tag: string | undefined, allowed: readonly string[], start: number): void {
    if (tag !== undefined && tag !== "!" && !allowed.includes(tag))
      this.fail(start, `could not determine a constructor for the tag '${tag}'`);
  }

  private map(node: YAMLMap, holder: Holder): LocatedMap<YamlExtra> {
    const [start = 0, rangeEnd = 0] = node.range ?? [];
    this.checkTag(node.tag, ["tag:yaml.org,2002:map", "tag:yaml.org,2002:set"], tagSpan(holder)?.start ?? start);
    const flow = node.flow === true;
    const column = this.columnOf(start);
    const own = new Map<Scalar, LocatedEntry<YamlExtra>>();
    const spans: Span[] = [];
    let merge: YamlNode | undefined;
    for (const pair of node.items) {
      const entry = this.pair(pair, flow ? "flow" : "key");
      spans.push({ start: entry.start, end: Math.max(entry.keyEnd, entry.node.end) });
      if (isMergeKey(pair)) {
        if (merge !== undefined) this.fail(entry.start, 'found duplicate merge key "<<"');
        merge = entry.node;
        this.merges.push({ start: merge.start, end: merge.end });
        continue;
      }
      if (own.has(entry.key)) this.duplicateKey(entry, own);
      own.set(entry.key, entry);
    }
    const mergeSpan = merge === undefined ? undefined : { start: merge.start, end: merge.end };
    const style = flow ? "flow" : "block";
    const extra: YamlExtra = { ...plainExtra(holder), style, column, spans, merge: mergeSpan };
    const entries = merge === undefined ? [...own.values()] : withMerged(this.mergedEntries(merge), own);
    const end = flow ? rangeEnd : (spans.at(-1)?.end ?? start);
    return { kind: "map", entries, start, end, isReference: false, extra };
  }

  private duplicateKey(entry: LocatedEntry, own: ReadonlyMap<Scalar, LocatedEntry>): never {
    const first = own.get(entry.key);
    const line = first === undefined ? 0 : this.source.text.slice(0, first.start).split("\n").length;
    return this.fail(entry.start, `found duplicate key "${String(entry.key)}", first on line ${line}`);
  }

  private columnOf(offset: number): number {
    const lineStart = this.source.text.lastIndexOf("\n", offset - 1) + 1;
    const mark = lineStart === 0 && this.source.text.startsWith("\ufeff") ? 1 : 0;
    return offset - lineStart - mark;
  }

  private pair(pair: Pair, kind: "flow" | "key"): LocatedEntry<YamlExtra> {
    const token = pair.srcToken as { start?: CstToken[]; sep?: CstToken[] } | undefined;
    const sep = token?.sep ?? [];
    const indicator = sep.findLast((part) => part.type === "map-value-ind");
    const keyNode = this.node(pair.key, { ...topHolder, kind });
    const key = this.keyValue(keyNode);
    const before = token?.start?.find((part) => entryBeginnings.has(part.type));
    const start = Math.min(keyNode.start, before?.offset ?? keyNode.start);
    const valueFrom = indicator === undefined ? undefined : indicator.offset + 1;
    const holder: Holder = { kind, valueFrom, column: this.columnOf(start), props: sep };
    const node = isNode(pair.value) ? this.node(pair.value, holder) : missingValue(keyNode.end, holder);
    return { key, start, keyEnd: Math.max(keyNode.end, valueFrom ?? 0), node, origin: "own" };
  }

  private keyValue(node: YamlNode): Scalar {
    if (node.kind === "scalar") return node.value;
    return this.fail(node.start, "a key must be a single value, not a mapping or list");
  }

  private mergedEntries(node: YamlNode): LocatedEntry<YamlExtra>[] {
    if (node.kind === "map") return [...node.entries];
    if (node.kind === "list" && node.items.every((item) => item.kind === "map")) {
      // The first of several wins: read from the last.
      const merged = new Map<Scalar, LocatedEntry<YamlExtra>>();
      for (const item of node.items.toReversed())
        if (item.kind === "map") for (const entry of item.entries) merged.set(entry.key, entry);
      return [...merged.values()];
    }
    return this.fail(node.start, `expected a mapping or list of mappings for merging ("<<")`);
  }

  private list(node: YAMLSeq, holder: Holder): LocatedNode<YamlExtra> {
    const [start = 0, rangeEnd = 0] = node.range ?? [];
    this.checkTag(node.tag, ["tag:yaml.org,2002:seq"], tagSpan(holder)?.start ?? start);
    const flow = node.flow === true;
    const parts = itemTokens(node.srcToken, flow ? "flow" : "block");
    const spans: Span[] = [];
    const items: YamlNode[] = [];
    for (const [index, item] of node.items.entries()) {
      const props = parts[index] ?? [];
      const dash = props.find((part) => part.type === "seq-item-ind")?.offset;
      const first = dash ?? props.find((part) => entryBeginnings.has(part.type))?.offset;
      const valueFrom = dash === undefined ? undefined : dash + 1;
      const column = dash === undefined ? 0 : this.columnOf(dash);
      const located = this.item(item, { kind: flow ? "flow" : "item", valueFrom, column, props });
      spans.push({ start: first ?? located.start, end: Math.max(located.end, valueFrom ?? 0) });
      items.push(located);
    }
    const column = this.columnOf(spans[0]?.start ?? start);
    const extra: YamlExtra = { ...plainExtra(holder), style: flow ? "flow" : "block", column, spans };
    const end = flow ? rangeEnd : (spans.at(-1)?.end ?? start);
    return { kind: "list", items, start, end, isReference: false, extra };
  }

  /** An item; `[a: 1]` holds a mapping without brackets of its own. */
  private item(item: unknown, holder: Holder): YamlNode {
    if (!isPair(item)) return this.node(item, holder);
    const offset = isScalar(item.key) ? (item.key.range?.[0] ?? 0) : 0;
    return this.fail(offset, "a mapping within a list needs its own braces here: [{key: value}]");
  }
}

const entryBeginnings: ReadonlySet<string> = new Set(["explicit-key-ind", "anchor", "tag"]);

/** The tokens before each item of a sequence; parts of a block that hold only comments have no dash. */
function itemTokens(token: unknown, style: "flow" | "block"): CstToken[][] {
  const items = (token as { items?: { start?: CstToken[] }[] } | undefined)?.items ?? [];
  const starts = items.map((item) => item.start ?? []);
  return style === "flow" ? starts : starts.filter((start) => start.some((part) => part.type === "seq-item-ind"));
}

function isNode(value: unknown): boolean {
  return isAlias(value) || isScalar(value) || isMap(value) || isSeq(value);
}

/** `<<` written plain: quoted it is a key like any other. */
function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === "<<" && pair.key.type === "PLAIN";
}

/** As ruamel.yaml: what is merged comes first, and gives way to what the mapping has itself. */
function withMerged(
  merged: readonly LocatedEntry<YamlExtra>[],
  own: ReadonlyMap<Scalar, LocatedEntry<YamlExtra>>,
): LocatedEntry<YamlExtra>[] {
  const inherited = merged.filter((entry) => !own.has(entry.key));
  return [...inherited.map((entry) => ({ ...entry, origin: "merged" as const })), ...own.values()];
}

function plainExtra(holder: Holder): YamlExtra {
  return {
    style: "plain",
    holder,
    tag: tagSpan(holder),
    anchor: undefined,
    spans: [],
    column: 0,
    merge: undefined,
  };
}

function tagSpan(holder: Holder): Span | undefined {
  const token = holder.props.find((part) => part.type === "tag");
  return token === undefined ? undefined : { start: token.offset, end: token.offset + (token.source?.length ?? 0) };
}

/** The null of a key that has no value at all (`{a, b: 1}`, `? a`). */
function missingValue(offset: number, holder: Holder): LocatedScalar<YamlExtra> {
  return { kind: "scalar", value: null, start: offset, end: offset, isReference: false, extra: plainExtra(holder) };
}

function scalarStyle(type: string | undefined): YamlExtra["style"] {
  if (type === "QUOTE_SINGLE") return "single";
  if (type === "QUOTE_DOUBLE") return "double";
  return type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED" ? "block-scalar" : "plain";
}

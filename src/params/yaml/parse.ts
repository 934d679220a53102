/** YAML text to located values: the `yaml` package parses, the meaning of scalars, tags and merges is DVC's (ruamel.yaml). */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from "yaml";
import type { Scalar } from "../../base/value.ts";
import type { LocatedEntry, LocatedMap, LocatedNode, LocatedScalar } from "../text/located.ts";
import { maxDepth, maxNodes, parseFailure, problemAt, type SourceText } from "../text/source-text.ts";
import { parseDocument, tooDeepAt } from "./document.ts";
import { hintFor } from "./error-hints.ts";
import { isMergeKey, mergedEntries, withMerged } from "./merge-keys.ts";
import { type YamlRules, yaml12 } from "./scalars.ts";
import { refusedByOmegaConf, shortTag, taggedList, taggedValue } from "./tags.ts";
import { ruamel11 } from "./yaml11.ts";

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
export function parseYaml(source: SourceText, rules: YamlRules = yaml12): YamlTree {
  const bad = unprintable.exec(source.text);
  if (bad !== null)
    throw problemAt(source, bad.index, {
      code: "YAML_INVALID",
      what: `YAML file structure is corrupted: the character U+${bad[0].charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()} is not allowed`,
    });
  refuseMasses(source);
  const deep = tooDeepAt(source.text);
  if (deep !== undefined) throw problemAt(source, deep, { code: "YAML_TOO_DEEP", what: tooDeep });
  const document = parseDocument(source.text);
  const error = document.errors[0];
  if (error !== undefined)
    throw parseFailure(source, error.pos[0], {
      code: "YAML_INVALID",
      what: `YAML file structure is corrupted: ${whatIsWrong(error)}`,
      ...hintFor(source.text, error),
    });
  return new Locator(source, document, versioned(rules, document)).locate();
}

/** ruamel.yaml heeds `%YAML 1.1`; PyYAML knows no other. */
function versioned(rules: YamlRules, { directives }: Document): YamlRules {
  const isOld = directives?.yaml.explicit === true && directives.yaml.version === "1.1";
  return isOld && rules.reader === "ruamel" ? ruamel11 : rules;
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
    private readonly rules: YamlRules,
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
    const isCut = style === "block-scalar" && this.lacksLineEnd(written, end);
    const text = isCut ? written.replace(/\n$/, "") : written;
    const value = this.scalarValue({ text, style, tag: node.tag, start: tagSpan(holder)?.start ?? start });
    const extra: YamlExtra = { ...plainExtra(holder), style };
    return { kind: "scalar", value, start, end, isReference: false, extra };
  }

  /** Python's YAML adds no line end to a block scalar whose last line, the file's last, has none. */
  private lacksLineEnd(written: string, end: number): boolean {
    const { text } = this.source;
    if (end !== text.length || text.endsWith("\n")) return false;
    // Blanks alone belong to the value where they go beyond its indentation.
    return /[^\s]/.test(text.slice(text.lastIndexOf("\n") + 1)) || /(?:^|\n) +\n$/.test(written);
  }

  private scalarValue(scalar: {
    text: string;
    style: YamlExtra["style"];
    tag: string | undefined;
    start: number;
  }): Scalar {
    const { text, style, tag, start } = scalar;
    if (tag === undefined || tag === "!") return style === "plain" ? this.rules.plain(text) : text;
    this.refuseTag(tag, start);
    const resolved = taggedValue(tag, text, this.rules);
    return resolved === undefined ? this.unknownTag(tag, start) : resolved;
  }

  private refuseTag(tag: string, start: number): void {
    const reason = this.rules.reader === "omegaconf" ? refusedByOmegaConf(tag) : undefined;
    if (reason !== undefined) this.fail(start, reason);
  }

  private unknownTag(tag: string, start: number): never {
    return this.fail(start, `could not determine a constructor for the tag '${tag}'`);
  }

  private checkTag(tag: string | undefined, allowed: readonly string[], start: number): void {
    if (tag === undefined || tag === "!") return;
    this.refuseTag(tag, start);
    if (!allowed.includes(shortTag(tag))) this.unknownTag(tag, start);
  }

  private map(node: YAMLMap, holder: Holder): LocatedMap<YamlExtra> {
    const [start = 0, rangeEnd = 0] = node.range ?? [];
    this.checkTag(node.tag, ["!!map", "!!set"], tagSpan(holder)?.start ?? start);
    const flow = node.flow === true;
    const column = this.columnOf(start);
    const own = new Map<Scalar, LocatedEntry<YamlExtra>>();
    const spans: Span[] = [];
    const merged: LocatedEntry<YamlExtra>[] = [];
    let merge: Span | undefined;
    for (const pair of node.items) {
      const entry = this.pair(pair, flow ? "flow" : "key");
      spans.push({ start: entry.start, end: Math.max(entry.keyEnd, entry.node.end) });
      if (isMergeKey(pair)) {
        merged.push(...this.merged(entry, merge));
        merge = { start: entry.node.start, end: entry.node.end };
        this.merges.push(merge);
        continue;
      }
      if (own.has(entry.key)) this.duplicateKey(entry, own);
      own.set(entry.key, entry);
    }
    const style = flow ? "flow" : "block";
    const extra: YamlExtra = { ...plainExtra(holder), style, column, spans, merge };
    const entries = merge === undefined ? [...own.values()] : withMerged(merged, own);
    // `[a: 1]`: without braces of its own nothing can be put between them.
    const isReference = flow && this.source.text[start] !== "{";
    const end = flow ? rangeEnd : (spans.at(-1)?.end ?? start);
    return { kind: "map", entries, start, end, isReference, extra };
  }

  /** What one `<<` brings. ruamel.yaml takes one in a mapping, PyYAML several. */
  private merged({ start, node }: LocatedEntry<YamlExtra>, before: Span | undefined) {
    if (before !== undefined && this.rules.reader === "ruamel") this.fail(start, 'found duplicate merge key "<<"');
    return mergedEntries(node) ?? this.fail(node.start, `expected a mapping or list of mappings for merging ("<<")`);
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

  private list(node: YAMLSeq, holder: Holder): LocatedNode<YamlExtra> {
    const [start = 0, rangeEnd = 0] = node.range ?? [];
    this.checkTag(node.tag, ["!!seq", "!!omap", "!!pairs"], tagSpan(holder)?.start ?? start);
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
      const located = this.node(item, { kind: flow ? "flow" : "item", valueFrom, column, props });
      spans.push({ start: first ?? located.start, end: Math.max(located.end, valueFrom ?? 0) });
      items.push(located);
    }
    const column = this.columnOf(spans[0]?.start ?? start);
    const extra: YamlExtra = { ...plainExtra(holder), style: flow ? "flow" : "block", column, spans };
    const end = flow ? rangeEnd : (spans.at(-1)?.end ?? start);
    const list = { kind: "list", items, start, end, isReference: false, extra } as const;
    if (node.tag === undefined || /^(?:!|.*:seq)$/.test(node.tag)) return list;
    return (
      taggedList(node.tag, list, this.rules) ??
      this.fail(start, `expected mappings with one key each for '${shortTag(node.tag)}'`)
    );
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

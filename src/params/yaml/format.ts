/** YAML: reading as DVC does, and edits that leave every other byte alone. */
import { isList, isMap, type Scalar, type Value } from "../../base/value.ts";
import { insertIntoBrackets, removeFromBrackets } from "../text/bracketed.ts";
import type { Change } from "../text/changes.ts";
import type { Format, FormatDocument } from "../text/format.ts";
import { type LocatedNode, type LocatedScalar, plainValue, type Splice } from "../text/located.ts";
import { runsOf } from "../text/runs.ts";
import type { SourceText } from "../text/source-text.ts";
import { copyOf, detachedAliases, keptAliases } from "./aliases.ts";
import { blockStyleOf } from "./block-style.ts";
import { type BlockStyle, emitBlock, emitEntries, emitFlow, emitFlowEntry, emitItems, fitsBlock } from "./emit.ts";
import { appendToBlock, insertBeforeItem, removeRuns, skipSpaces, trimmedEnd } from "./lines.ts";
import { parseYaml, type YamlExtra, type YamlNode, type YamlTree } from "./parse.ts";
import { type QuoteStyle, scalarText } from "./scalars.ts";

export const yamlFormat: Format = {
  read(source) {
    const root = parseYaml(source).root;
    return root === undefined ? new Map<Scalar, Value>() : plainValue(root);
  },
  open: (source) => new YamlFile(source, parseYaml(source)),
  create: (path) => yamlFormat.open({ path, text: "" }),
};

class YamlFile implements FormatDocument {
  readonly unreadable = [];
  readonly root: YamlNode | undefined;
  private readonly style: BlockStyle;
  /** The texts of anchored values that some alias repeats: a change there is a change elsewhere, too. */
  private readonly shared: readonly { readonly start: number; readonly end: number }[];

  constructor(
    readonly source: SourceText,
    private readonly tree: YamlTree,
  ) {
    this.root = tree.root;
    this.style = blockStyleOf(source.text, tree.root);
    this.shared = [...new Set(tree.aliases.map((alias) => alias.target))];
  }

  replaceScalar(node: LocatedScalar, value: Scalar): string | undefined {
    const extra = node.extra as YamlExtra;
    if (extra.tag !== undefined || extra.style === "block-scalar") return undefined;
    if (this.shared.some((region) => node.start >= region.start && node.end <= region.end)) return undefined;
    if (node.start === node.end)
      return this.isAfterIndicator(node.start, extra) ? ` ${scalarText(value, "plain")}` : undefined;
    return scalarText(value, quoteStyle(extra));
  }

  /** An empty value directly behind its ":" or "-". */
  private isAfterIndicator(offset: number, extra: YamlExtra): boolean {
    return extra.holder.valueFrom === offset;
  }

  withEntries(value: Value): string {
    const text = this.source.text;
    const entries = emitBlock(value, this.style) + this.style.eol;
    const root = this.root;
    // A document that holds only `null` or the like: its value gives way, comments stay.
    if (root !== undefined) return text.slice(0, root.start) + entries.trimEnd() + text.slice(root.end);
    const needsNewline = text !== "" && text !== "\ufeff" && !text.endsWith("\n");
    return text + (needsNewline ? this.style.eol : "") + entries;
  }

  splices(changes: readonly Change[]): Splice[] {
    const splices = changes.flatMap((change) => this.splicesFor(change));
    const page = { text: this.source.text, eol: this.style.eol };
    const changed = changes.map(changedNode) as YamlNode[];
    const detached = detachedAliases(page, this.tree, splices);
    const kept = keptAliases(page, this.tree, { changed, splices: [...splices, ...detached] });
    return [...splices, ...detached, ...kept];
  }

  private splicesFor(change: Change): Splice[] {
    switch (change.kind) {
      case "set":
        return this.set(change.node as YamlNode, change.value);
      case "add-keys":
        return this.addKeys(change);
      case "remove-keys":
        return this.removeKeys(change);
      case "add-items":
        return this.addItems(change);
      case "remove-items":
        return this.removeSpans(
          change.list as YamlNode,
          runsOf([...Array(change.count).keys()].map((i) => change.from + i)),
        );
    }
  }

  private addKeys({ map, entries }: Extract<Change, { kind: "add-keys" }>): Splice[] {
    const extra = map.extra as YamlExtra;
    if (extra.style === "flow") {
      const additions = entries.map(([key, value]) => emitFlowEntry(key, value));
      return insertIntoBrackets(this.brackets(map), extra.spans.length, additions);
    }
    const lines = emitEntries(new Map(entries), this.style, extra.column);
    return [appendToBlock({ text: this.source.text, eol: this.style.eol }, extra.spans.at(-1)?.end ?? map.end, lines)];
  }

  private addItems({ list, at, values }: Extract<Change, { kind: "add-items" }>): Splice[] {
    const extra = list.extra as YamlExtra;
    if (extra.style === "flow") return insertIntoBrackets(this.brackets(list), at, values.map(emitFlow));
    const page = { text: this.source.text, eol: this.style.eol };
    const lines = emitItems(values, this.style, extra.column);
    const next = extra.spans[at];
    if (next !== undefined) return [insertBeforeItem(page, next.start, { lines, column: extra.column })];
    return [appendToBlock(page, extra.spans.at(-1)?.end ?? list.end, lines)];
  }

  private removeKeys({ map, entries }: Extract<Change, { kind: "remove-keys" }>): Splice[] {
    const extra = map.extra as YamlExtra;
    const own = entries.filter((entry) => entry.origin === "own");
    const indices = own.map((entry) => extra.spans.findIndex((span) => span.start === entry.start));
    const splices = own.length === 0 ? [] : this.removeSpans(map as YamlNode, runsOf(indices));
    if (own.length === entries.length || extra.merge === undefined) return splices;
    // A key that a merge brings cannot be left out of it: what the merge still brings is written out.
    const gone = new Set(entries.map((entry) => entry.key));
    const kept = map.entries.filter((entry) => entry.origin === "merged" && !gone.has(entry.key));
    const merged = new Map(kept.map((entry) => [entry.key, plainValue(entry.node)]));
    const end = trimmedEnd(this.source.text, extra.merge.start, extra.merge.end);
    return [...splices, { start: extra.merge.start, end, text: emitFlow(merged) }];
  }

  private removeSpans(node: YamlNode, runs: readonly (readonly [first: number, last: number])[]): Splice[] {
    const { spans, style } = node.extra;
    if (style === "flow")
      return runs.flatMap(([first, last]) => removeFromBrackets(this.brackets(node), first, last - first + 1));
    return removeRuns(this.source.text, spans, runs);
  }

  private brackets(node: LocatedNode) {
    return { text: this.source.text, open: node.start, close: node.end - 1, spans: (node.extra as YamlExtra).spans };
  }

  private set(node: YamlNode, value: Value): Splice[] {
    const { style, tag } = node.extra;
    const copy = style === "alias" ? this.copied(node, value) : undefined;
    if (copy !== undefined) return [copy];
    const untagged = tag === undefined ? [] : [this.cutTag(tag)];
    if (style === "block") return [this.setBlock(node, value)];
    const end = style === "block-scalar" ? trimmedEnd(this.source.text, node.start, node.end) : node.end;
    const chomped = style === "block-scalar" ? this.chomped(node, value) : undefined;
    if (chomped !== undefined) return [chomped];
    const isCollection = (isMap(value) && value.size > 0) || (isList(value) && value.length > 0);
    if (isCollection && style !== "flow" && this.mayBecomeBlock(node, end)) {
      const start = skipSpacesBack(this.source.text, node.start);
      return [
        ...untagged.filter((cut) => cut.end <= start),
        { start, end: skipSpaces(this.source.text, end), text: this.blockText(node, value) },
      ];
    }
    const start = node.start;
    const text = this.inlineText(node, value);
    return [...untagged, { start, end, text: this.leadIn(node) + text }];
  }

  /** An alias of a collection becomes a copy of it first; what differs in the copy is changed in the next round. */
  private copied(node: YamlNode, value: Value): Splice | undefined {
    const alias = this.tree.aliases.find(({ start }) => start === node.start);
    const isAlike = (isMap(value) && node.kind === "map") || (isList(value) && node.kind === "list");
    if (alias === undefined || !isAlike) return undefined;
    return copyOf({ text: this.source.text, eol: this.style.eol }, alias, "alone");
  }

  /**
   * A block scalar that ends its file without a line end lacks one in its value, too: what comes behind it, or goes from
   * there, must leave the value as it is.
   */
  private chomped(node: YamlNode, value: Value): Splice | undefined {
    if (node.kind !== "scalar" || typeof node.value !== "string") return undefined;
    const { text } = this.source;
    const header = /^[|>]\d?/.exec(text.slice(node.start, node.start + 2))?.[0].length ?? 0;
    const at = node.start + header;
    if (node.value === `${String(value)}\n` && !String(value).endsWith("\n"))
      return { start: at, end: at + (text[at] === "+" ? 1 : 0), text: "-" };
    if (value !== `${node.value}\n` || node.end !== text.length) return undefined;
    return { start: node.end, end: node.end, text: this.style.eol };
  }

  private cutTag(tag: { readonly start: number; readonly end: number }): Splice {
    const hasSpace = this.source.text[tag.end] === " ";
    return { start: tag.start, end: tag.end + (hasSpace ? 1 : 0), text: "" };
  }

  /** What an empty value needs before it: a space, or the ":" that `{a, b}` leaves out. */
  private leadIn(node: YamlNode): string {
    if (node.start !== node.end) return "";
    const { kind, valueFrom, column } = node.extra.holder;
    if (kind === "key" && valueFrom === undefined) return `${this.style.eol}${" ".repeat(column)}: `;
    if (kind === "flow" && valueFrom === undefined) return ": ";
    return /[ \t]/.test(this.source.text[node.start - 1] ?? "") ? "" : " ";
  }

  private inlineText(node: YamlNode, value: Value): string {
    if (isMap(value) || isList(value)) return emitFlow(value);
    const { style, holder } = node.extra;
    if (style !== "block-scalar" || typeof value !== "string" || !fitsBlock(value))
      return scalarText(value as Scalar, quoteStyle(node.extra));
    const written = this.source.text.slice(node.start, node.end);
    const [, mark = "|", rest = ""] = /^([|>])[\d+-]*([^\r\n]*)/.exec(written) ?? [];
    const body = /\n( *)[^\s]/.exec(written);
    const indent = " ".repeat(body?.[1]?.length ?? holder.column + this.style.indent);
    const text = value.replace(/\n$/, "");
    // Folded: one line end would be a blank.
    const lines = (mark === ">" ? text.replace(/\n+/g, "$&\n") : text).split("\n");
    const shown = lines.map((line) => (line === "" ? "" : indent + line)).join(this.style.eol);
    return `${mark}${value.endsWith("\n") ? "" : "-"}${rest.trimEnd()}${this.style.eol}${shown}`;
  }

  /** Only where nothing but the value stands on its line, so that no comment has to move. */
  private mayBecomeBlock(node: YamlNode, end: number): boolean {
    const { kind, valueFrom } = node.extra.holder;
    const rest = /[^\n]*/.exec(this.source.text.slice(end))?.[0] ?? "";
    // Behind a dash and an anchor a collection would have to begin on the next line.
    if (kind === "item" && node.extra.anchor !== undefined) return false;
    return (kind === "key" || kind === "item") && valueFrom !== undefined && rest.trim() === "";
  }

  private setBlock(node: YamlNode, value: Value): Splice {
    const { kind, valueFrom } = node.extra.holder;
    const end = trimmedEnd(this.source.text, node.start, node.end);
    const isCollection = (isMap(value) && value.size > 0) || (isList(value) && value.length > 0);
    if (kind === "top" || valueFrom === undefined) {
      const text = isCollection ? emitBlock(value, this.style) : this.inlineOf(value);
      return { start: node.start, end, text };
    }
    return { start: valueFrom, end, text: isCollection ? this.blockText(node, value) : ` ${this.inlineOf(value)}` };
  }

  private inlineOf(value: Value): string {
    return isMap(value) || isList(value) ? emitFlow(value) : scalarText(value as Scalar, "plain");
  }

  /** A collection below its key, or behind its dash. */
  private blockText(node: YamlNode, value: Value): string {
    const { kind, column } = node.extra.holder;
    const emit = (at: number): string =>
      isMap(value) ? emitEntries(value, this.style, at) : emitItems(value as readonly Value[], this.style, at);
    if (kind === "item") return ` ${emit(column + 2).trimStart()}`;
    return this.style.eol + emit(column + (isList(value) ? this.style.listIndent : this.style.indent));
  }
}

function changedNode(change: Change): LocatedNode {
  if (change.kind === "set") return change.node;
  return "map" in change ? change.map : change.list;
}

function quoteStyle(extra: YamlExtra): QuoteStyle {
  return extra.style === "single" || extra.style === "double" ? extra.style : "plain";
}

function skipSpacesBack(text: string, offset: number): number {
  let at = offset;
  while (text[at - 1] === " " || text[at - 1] === "\t") at--;
  return at;
}

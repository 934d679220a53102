import type { CallArgument, DictEntry, ElementNode, KeyNode, OverrideNode, Quote, ValueNode } from "./ast.ts";

/** An override as text, without blanks that mean nothing: it reads back as the same tree, offsets aside. */
export function printOverride(node: OverrideNode): string {
  const key = `${node.prefix}${printKey(node.key)}`;
  return node.value === null ? key : `${key}=${printValue(node.value)}`;
}

export function printKey(key: KeyNode): string {
  return key.package === null ? key.text : `${key.text}@${key.package}`;
}

function printValue(node: ValueNode): string {
  if (node.kind === "empty") return "";
  if (node.kind === "choices") return node.items.map(printElement).join(",");
  return printElement(node);
}

function printElement(node: ElementNode): string {
  switch (node.kind) {
    case "quoted":
      return quote(node.text, node.quote);
    case "list":
      return `[${node.items.map(printElement).join(",")}]`;
    case "dict":
      return `{${node.entries.map(printEntry).join(",")}}`;
    case "call":
      return `${node.name}(${node.args.map(printArgument).join(",")})`;
    default:
      return node.source;
  }
}

function printEntry({ key, value }: DictEntry): string {
  return `${key.source}:${printElement(value)}`;
}

function printArgument({ name, value }: CallArgument): string {
  return name === null ? printElement(value) : `${name}=${printElement(value)}`;
}

/** A text in quotes: backslashes right before such a quote, or at the end, are doubled, and the quote is escaped. */
export function quote(text: string, mark: Quote): string {
  if (!text.includes(mark) && !text.endsWith("\\")) return mark + text + mark;
  const parts = `${text}${mark}`.split(mark);
  const doubled = parts.slice(0, -1).map((part) => part + "\\".repeat(trailingBackslashes(part)));
  return mark + doubled.join(`\\${mark}`) + mark;
}

function trailingBackslashes(text: string): number {
  let count = 0;
  while (count < text.length && text.charCodeAt(text.length - 1 - count) === 92) count++;
  return count;
}

/** Unquoted text: a backslash before each of `\ ( ) [ ] { } : = ,` blank and tab, as Hydra writes it. */
export function escapeWord(text: string): string {
  return text.replace(/[\\()[\]{}:=, \t]/g, "\\$&");
}

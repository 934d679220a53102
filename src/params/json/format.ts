/** JSON: read as Python's json does, edited in place. */
import { pythonJson } from "../../base/python.ts";
import { isList, isMap, type Scalar, type Value } from "../../base/value.ts";
import { bracketSplices, type Dialect } from "../text/bracketed-edits.ts";
import type { Format, FormatDocument } from "../text/format.ts";
import { type LocatedNode, type LocatedScalar, plainValue } from "../text/located.ts";
import { problemAt, type SourceText } from "../text/source-text.ts";
import { type JsonExtra, scanJson } from "./scan.ts";

export const jsonFormat: Format = {
  read: (source) => plainValue(scanJson(source)),
  open: (source) => jsonDocument(source, uniqueRoot(source)),
  create: (path) => jsonDocument({ path, text: "" }, undefined),
};

function uniqueRoot(source: SourceText): LocatedNode<JsonExtra> {
  const root = scanJson(source);
  const { duplicate } = root.extra;
  if (duplicate === undefined) return root;
  throw problemAt(source, duplicate.offset, {
    code: "JSON_DUPLICATE_KEY",
    what: `found duplicate key "${duplicate.key}"`,
    hint: "Keep one of them: which of the two to edit cannot be told.",
  });
}

function jsonDocument(source: SourceText, root: LocatedNode | undefined): FormatDocument {
  const dialect = dialectOf(source.text, root);
  return {
    source,
    root,
    unreadable: [],
    replaceScalar: (_node: LocatedScalar, value: Scalar) => scalarText(value, dialect),
    splices: (changes) => changes.flatMap((change) => bracketSplices(source.text, change, dialect)),
    // A file of `null` or `[]` alone counts as an empty one, too.
    withEntries: (value) => `${pretty(value, "")}\n`,
  };
}

interface JsonDialect extends Dialect {
  readonly ascii: boolean;
}

function dialectOf(text: string, root: LocatedNode | undefined): JsonDialect {
  // A file without any other character was probably written by a tool that escapes them.
  const ascii = /\\u[0-9a-fA-F]{4}/.test(text);
  const inline = (value: Value): string => inlineText(value, { ascii, colon });
  const colon = root?.kind === "map" ? colonOf(text, root) : ": ";
  return {
    ascii,
    value: inline,
    entry: (key, value) => `${scalarText(String(key), { ascii })}${colon}${inline(value)}`,
  };
}

/** What stands between the first key and its value: `: ` or `:`. */
function colonOf(text: string, root: Extract<LocatedNode, { kind: "map" }>): string {
  const first = root.entries[0];
  return first === undefined ? ": " : text.slice(first.keyEnd, first.node.start);
}

function scalarText(value: Scalar, { ascii }: Pick<JsonDialect, "ascii">): string {
  return ascii || typeof value !== "string" ? pythonJson(value) : JSON.stringify(value);
}

function inlineText(value: Value, style: { readonly ascii: boolean; readonly colon: string }): string {
  if (isList(value)) return `[${value.map((item) => inlineText(item, style)).join(", ")}]`;
  if (!isMap(value)) return scalarText(value as Scalar, style);
  const entries = [...value].map(
    ([key, item]) => scalarText(keyText(key), style) + style.colon + inlineText(item, style),
  );
  return `{${entries.join(", ")}}`;
}

/** As json.dumps: keys of other types become text. */
function keyText(key: Scalar): string {
  return typeof key === "string" ? key : pythonJson(key);
}

/** A new file: two spaces, lists on one line. */
function pretty(value: Value, indent: string): string {
  if (!isMap(value) || value.size === 0) return inlineText(value, { ascii: false, colon: ": " });
  const inner = `${indent}  `;
  const lines = [...value].map(([key, item]) => `${inner}${JSON.stringify(keyText(key))}: ${pretty(item, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

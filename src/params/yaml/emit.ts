/** YAML text for new values: the `yaml` package lays them out, with our rules for numbers and for which strings need quotes. */
import { Document, type ScalarTag, type Scalar as YamlScalar } from "yaml";
import { stringifyString } from "yaml/util";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { scalarText } from "./scalars.ts";

export interface BlockStyle {
  /** Spaces of one level. */
  readonly indent: number;
  /** Whether the dashes of a list below a key are indented, too. */
  readonly lists: "indented" | "flush";
  /** How far the dashes of a list that takes the place of a value are indented. */
  readonly listIndent: number;
  readonly eol: string;
}

/** The types of values that the package's own tags do not tell apart, each with its text. */
const valueTags: ScalarTag[] = [
  tagFor("null", (value) => value === null, scalarNodeText),
  tagFor("bool", (value) => typeof value === "boolean", scalarNodeText),
  tagFor("int", (value) => typeof value === "bigint", scalarNodeText),
  tagFor("float", (value) => typeof value === "number", scalarNodeText),
  tagFor(
    "str",
    (value) => typeof value === "string",
    (node, context, onComment, onChompKeep) =>
      !context.inFlow && !context.implicitKey && isPlainBlock(String(node.value))
        ? stringifyString(
            { ...node, value: String(node.value), type: "BLOCK_LITERAL" },
            context,
            onComment,
            onChompKeep,
          )
        : scalarNodeText(node),
  ),
];

function tagFor(
  name: string,
  identify: (value: unknown) => boolean,
  stringify: NonNullable<ScalarTag["stringify"]>,
): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, identify, resolve: (text) => text, stringify };
}

function scalarNodeText(node: YamlScalar): string {
  return scalarText(node.value as Scalar, "plain");
}

/** Lines of a block collection at column 0, without a final line end. An empty collection is `{}` or `[]`. */
export function emitBlock(value: Value, style: Omit<BlockStyle, "listIndent">): string {
  const document = new Document(value, {
    schema: "failsafe",
    customTags: (tags) => [
      ...tags.filter((tag) => typeof tag !== "object" || tag.collection !== undefined),
      ...valueTags,
    ],
    aliasDuplicateObjects: false,
    merge: false,
  });
  const text = document.toString({
    indent: style.indent,
    indentSeq: style.lists === "indented",
    lineWidth: 0,
    flowCollectionPadding: false,
    nullStr: "null",
  });
  const lines = text.replace(/\n$/, "");
  return style.eol === "\n" ? lines : lines.replaceAll("\n", style.eol);
}

/** Several lines of text that fit for `|`. */
function isPlainBlock(text: string): boolean {
  return text.includes("\n") && fitsBlock(text);
}

/** Printable text whose lines begin with no space: fit for `|` and `>`. */
export function fitsBlock(text: string): boolean {
  return /^[^\s][^\n]*(?:\n+[^\s][^\n]*)*\n?$/.test(text) && /^[\x20-\x7e\n\u00a1-\u1fff]*$/.test(text);
}

/** A value on one line: `{a: 1, b: [x, y]}`. */
export function emitFlow(value: Value): string {
  if (isList(value)) return `[${value.map(emitFlow).join(", ")}]`;
  if (isMap(value)) return `{${[...value].map(([key, item]) => emitFlowEntry(key, item)).join(", ")}}`;
  return scalarText(value as Scalar, "plain");
}

/** `key: value` on one line. */
export function emitFlowEntry(key: Scalar, value: Value): string {
  return `${scalarText(key, "plain")}: ${emitFlow(value)}`;
}

/** The lines of `key: value` for each entry, indented to a column. */
export function emitEntries(entries: ValueMap, style: BlockStyle, column: number): string {
  return indentLines(emitBlock(entries, style), column);
}

/** The lines of `- item` for each item, indented to a column. */
export function emitItems(items: readonly Value[], style: BlockStyle, column: number): string {
  return indentLines(emitBlock(items, style), column);
}

function indentLines(text: string, column: number): string {
  const prefix = " ".repeat(column);
  return text
    .split("\n")
    .map((line) => (line === "" || line === "\r" ? line : prefix + line))
    .join("\n");
}

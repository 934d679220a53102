/** YAML in block style as ruamel.yaml dumps it with DVC's settings: dvc.lock, .dvc files, run-cache entries, dvc.yaml. */

import { isList, isMap, type Scalar, type Value, type ValueMap } from "../base/value.ts";
import { foldPlain, formatKeyString, formatOther, formatString } from "./ruamel-scalar.ts";

/**
 * One difference on purpose: ruamel folds a plain key of more than 80 characters, and nobody can read that file again;
 * here a key stays on its line.
 */

/** Keys from this length on (their tag counted) are written in the long form, `? key`. */
const longKey = 128;

function tagLength(key: Scalar): number {
  if (typeof key === "string" || typeof key === "bigint") return "!!str".length;
  return typeof key === "number" ? "!!float".length : "!!null".length;
}

function keyText(key: Scalar): string {
  return typeof key === "string" ? formatKeyString(key) : key === null ? "null" : formatOther(key);
}

function isLongKey(key: Scalar): boolean {
  if (typeof key === "string" && /[\n\u0085\u2028\u2029]/.test(key)) return true;
  const length = typeof key === "string" ? Array.from(key).length : keyText(key).length;
  return length + tagLength(key) >= longKey;
}

type Collection = ValueMap | readonly Value[];

/** Mappings and lists that occur more than once, by identity: the first place gets `&id001`, later ones `*id001`. */
interface Anchors {
  readonly names: ReadonlyMap<Collection, string>;
  readonly written: Set<Collection>;
}

function isCollection(value: Value): value is Collection {
  return isMap(value) || isList(value);
}

/** Names are given in the order in which a second occurrence is met. */
function findAnchors(root: Value): Anchors {
  const seen = new Set<Collection>();
  const names = new Map<Collection, string>();
  const visit = (value: Value): void => {
    if (!isCollection(value)) return;
    if (seen.has(value)) {
      if (!names.has(value)) names.set(value, `id${String(names.size + 1).padStart(3, "0")}`);
      return;
    }
    seen.add(value);
    for (const item of value.values()) visit(item);
  };
  visit(root);
  return { names, written: new Set() };
}

class Writer {
  constructor(private readonly anchors: Anchors) {}

  /** What goes before a collection, ` &id001`, or instead of it, ` *id001`. */
  private mark(value: Value): { readonly text: string; readonly isAlias: boolean } {
    const name = isCollection(value) ? this.anchors.names.get(value) : undefined;
    if (name === undefined || !isCollection(value)) return { text: "", isAlias: false };
    if (this.anchors.written.has(value)) return { text: ` *${name}`, isAlias: true };
    this.anchors.written.add(value);
    return { text: ` &${name}`, isAlias: false };
  }

  /** The rest of the line after `-` or `:`, and the block below it; a block's first line stands on the same line. */
  private afterDash(value: Value, indent: number, anchoredListIndent = indent): string {
    const { text, isAlias } = this.mark(value);
    if (isAlias) return `${text}\n`;
    const firstLine = text === "" ? "started" : "fresh";
    const start = text === "" ? " " : `${text}\n`;
    if (isMap(value) && value.size > 0) return start + this.mapping(value, indent, firstLine);
    if (isList(value) && value.length > 0)
      return start + this.sequence(value, text === "" ? indent : anchoredListIndent, firstLine);
    return `${text} ${inline(value, indent, indent)}\n`;
  }

  private longEntry(key: Scalar, value: Value, indent: number): string {
    const place = { column: indent + 2, indent: indent + 2 };
    const name = typeof key === "string" ? formatString(key, place) : keyText(key);
    const rest = value === null ? "\n" : this.afterDash(value, indent + 2, indent);
    return `? ${name}\n${" ".repeat(indent)}:${rest}`;
  }

  private entry(key: Scalar, value: Value, indent: number): string {
    if (isLongKey(key)) return this.longEntry(key, value, indent);
    const name = `${keyText(key)}:`;
    if (value === null) return `${name}\n`;
    const { text, isAlias } = this.mark(value);
    if (isAlias) return `${name}${text}\n`;
    if (isMap(value) && value.size > 0) return `${name}${text}\n${this.mapping(value, indent + 2, "fresh")}`;
    // A list in a mapping is not indented.
    if (isList(value) && value.length > 0) return `${name}${text}\n${this.sequence(value, indent, "fresh")}`;
    const column = indent + Array.from(name).length + 1;
    return `${name}${text} ${inline(value, column, indent + 2)}\n`;
  }

  mapping(map: ValueMap, indent: number, firstLine: FirstLine): string {
    const pad = " ".repeat(indent);
    let result = "";
    let prefix = firstLine === "started" ? "" : pad;
    for (const [key, value] of map) {
      result += prefix + this.entry(key, value, indent);
      prefix = pad;
    }
    return result;
  }

  sequence(list: readonly Value[], indent: number, firstLine: FirstLine): string {
    const pad = " ".repeat(indent);
    let result = "";
    let prefix = firstLine === "started" ? "" : pad;
    for (const value of list) {
      result += `${prefix}-${this.afterDash(value, indent + 2)}`;
      prefix = pad;
    }
    return result;
  }
}

/** A scalar or an empty collection that begins at `column`. */
function inline(value: Value, column: number, indent: number): string {
  if (isList(value)) return "[]";
  if (isMap(value)) return "{}";
  return typeof value === "string"
    ? formatString(value, { column, indent })
    : foldPlain(formatOther(value), { column, indent });
}

/** Whether the first line's indentation is already written. */
type FirstLine = "fresh" | "started";

/**
 * A value as a document. A mapping or list that is the same object in two places is written once and referred to, as
 * ruamel does: DVC's lock of `params: [train, train.layers]` has such.
 */
export function dumpYaml(value: Value): string {
  const writer = new Writer(findAnchors(value));
  if (isMap(value) && value.size > 0) return writer.mapping(value, 0, "fresh");
  if (isList(value) && value.length > 0) return writer.sequence(value, 0, "fresh");
  return `${inline(value, 0, 0)}\n`;
}

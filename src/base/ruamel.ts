/** YAML in block style as ruamel.yaml dumps it with DVC's settings: dvc.lock, .dvc files, run-cache entries, dvc.yaml. */
import { foldPlain, formatKeyString, formatOther, formatString } from "./ruamel-scalar.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "./value.ts";

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

/** A scalar or an empty collection that begins at `column`. */
function inline(value: Value, column: number, indent: number): string {
  if (isList(value)) return "[]";
  if (isMap(value)) return "{}";
  return typeof value === "string"
    ? formatString(value, { column, indent })
    : foldPlain(formatOther(value), { column, indent });
}

/** What follows `- ` or `: `: the block's own first line stands on the same line. */
function afterDash(value: Value, indent: number): string {
  if (isMap(value) && value.size > 0) return mappingLines(value, indent, "started");
  if (isList(value) && value.length > 0) return sequenceLines(value, indent, "started");
  return `${inline(value, indent, indent)}\n`;
}

/** Whether the first line's indentation is already written. */
type FirstLine = "fresh" | "started";

function longEntry(key: Scalar, value: Value, indent: number): string {
  const pad = " ".repeat(indent);
  const name = typeof key === "string" ? formatString(key, { column: indent + 2, indent: indent + 2 }) : keyText(key);
  const rest = value === null ? "\n" : ` ${afterDash(value, indent + 2)}`;
  return `? ${name}\n${pad}:${rest}`;
}

function entryLines(key: Scalar, value: Value, indent: number): string {
  if (isLongKey(key)) return longEntry(key, value, indent);
  const name = `${keyText(key)}:`;
  if (isMap(value) && value.size > 0) return `${name}\n${mappingLines(value, indent + 2, "fresh")}`;
  // A list in a mapping is not indented.
  if (isList(value) && value.length > 0) return `${name}\n${sequenceLines(value, indent, "fresh")}`;
  if (value === null) return `${name}\n`;
  const column = indent + Array.from(name).length + 1;
  return `${name} ${inline(value, column, indent + 2)}\n`;
}

function mappingLines(map: ValueMap, indent: number, firstLine: FirstLine): string {
  const pad = " ".repeat(indent);
  let result = "";
  let prefix = firstLine === "started" ? "" : pad;
  for (const [key, value] of map) {
    result += prefix + entryLines(key, value, indent);
    prefix = pad;
  }
  return result;
}

function sequenceLines(list: readonly Value[], indent: number, firstLine: FirstLine): string {
  const pad = " ".repeat(indent);
  let result = "";
  let prefix = firstLine === "started" ? "" : pad;
  for (const value of list) {
    result += `${prefix}- ${afterDash(value, indent + 2)}`;
    prefix = pad;
  }
  return result;
}

/** A value as a document. */
export function dumpYaml(value: Value): string {
  if (isMap(value) && value.size > 0) return mappingLines(value, 0, "fresh");
  if (isList(value) && value.length > 0) return sequenceLines(value, 0, "fresh");
  return `${inline(value, 0, 0)}\n`;
}

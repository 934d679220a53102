/**
 * A stage written into the text of a dvc.yaml: as DVC would dump it, at the place where it belongs. What the file says
 * elsewhere keeps its bytes, and of a stage that is replaced each key that says the same.
 */

import { sameValue, type Value, type ValueMap } from "../../base/value.ts";
import {
  applySplices,
  type LocatedEntry,
  type LocatedMap,
  plainValue,
  type Splice,
} from "../../params/text/located.ts";
import { parseYaml } from "../../params/yaml/parse.ts";
import { dumpYaml } from "../../yaml/ruamel.ts";

/** The lines of `key: value` with the key at a column, a line feed at the end. */
function entryText(key: string, value: Value, column: number): string {
  // As deep as it will be: long texts are folded by column.
  const depth = Math.floor(column / 2);
  let whole: ValueMap = new Map([[key, value]]);
  for (let level = 0; level < depth; level++) whole = new Map([["s", whole]]);
  const lines = dumpYaml(whole).slice(0, -1).split("\n").slice(depth);
  return `${lines.map((line) => (column % 2 === 0 || line === "" ? line : ` ${line}`)).join("\n")}\n`;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

/** The offset after the line on which something ends. */
function afterLine(text: string, end: number): number {
  if (end > 0 && text[end - 1] === "\n") return end;
  const newline = text.indexOf("\n", end);
  return newline < 0 ? text.length : newline + 1;
}

/** A splice at a line's start, also where the last line has no end. */
function insertion(text: string, at: number, lines: string): Splice {
  const isUnended = at === text.length && text !== "" && !text.endsWith("\n");
  return { start: at, end: at, text: isUnended ? `\n${lines}` : lines };
}

function isBlock(text: string, node: LocatedEntry["node"]): node is LocatedMap {
  return node.kind === "map" && !node.isReference && node.entries.length > 0 && text[node.start] !== "{";
}

type Named<V extends Value = Value> = readonly [name: string, value: V];

function replaced(text: string, entry: LocatedEntry, [key, value]: Named): Splice {
  const { end } = entry.node;
  const lines = entryText(key, value, columnOf(text, entry.start)).trimStart();
  return { start: entry.start, end, text: text[end - 1] === "\n" ? lines : lines.slice(0, -1) };
}

/** Key by key: those that changed are written anew, those that went away are cut out, new ones follow the last. */
function changedKeys(text: string, node: LocatedMap, definition: ValueMap): Splice[] {
  const old = new Set(node.entries.map((entry) => entry.key));
  const splices = node.entries.flatMap((entry): Splice[] => {
    const value = definition.get(entry.key);
    if (value === undefined) {
      const start = entry.start - columnOf(text, entry.start);
      return [{ start, end: afterLine(text, entry.node.end), text: "" }];
    }
    return sameValue(plainValue(entry.node), value) ? [] : [replaced(text, entry, [String(entry.key), value])];
  });
  const added = [...definition].filter(([key]) => !old.has(key));
  const column = columnOf(text, node.entries[0]?.start ?? 0);
  const lines = added.map(([key, value]) => entryText(String(key), value, column)).join("");
  return lines === "" ? splices : [...splices, insertion(text, afterLine(text, node.end), lines)];
}

function intoStages(text: string, stages: LocatedEntry, [name, definition]: Named<ValueMap>): Splice[] {
  const { node } = stages;
  if (!isBlock(text, node)) {
    const whole = new Map([...asMap(plainValue(node)), [name, definition] as const]);
    return [replaced(text, stages, ["stages", whole])];
  }
  const column = columnOf(text, node.entries[0]?.start ?? 0);
  const before = node.entries.find((entry) => entry.key === name);
  if (before === undefined) return [insertion(text, afterLine(text, node.end), entryText(name, definition, column))];
  return isBlock(text, before.node)
    ? changedKeys(text, before.node, definition)
    : [replaced(text, before, [name, definition])];
}

/** With the line ends of the file. */
function splice(text: string, splices: readonly Splice[]): string {
  if (!text.includes("\r\n")) return applySplices(text, splices);
  return applySplices(
    text,
    splices.map((each) => ({ ...each, text: each.text.replaceAll("\n", "\r\n") })),
  );
}

function asMap(value: Value): ValueMap {
  return value instanceof Map ? value : new Map();
}

export interface StageInFile {
  readonly file: string;
  readonly text: string;
  readonly name: string;
  readonly definition: ValueMap;
}

/** The text of a dvc.yaml with this stage in it, added or replaced. Errors: those of the YAML reader. */
export function withStage({ file, text, name, definition }: StageInFile): string {
  const { root } = parseYaml({ path: file, text });
  const stages = root?.kind === "map" ? root.entries.find((entry) => entry.key === "stages") : undefined;
  if (stages !== undefined) return splice(text, intoStages(text, stages, [name, definition]));
  const lines = dumpYaml(new Map([["stages", new Map([[name, definition]])]]));
  if (root?.kind === "map" && root.entries.length > 0 && text[root.start] === "{")
    return dumpYaml(new Map([...asMap(plainValue(root)), ["stages", new Map([[name, definition]])] as const]));
  if (root?.kind === "map" && root.entries.length > 0)
    return splice(text, [insertion(text, afterLine(text, root.end), lines)]);
  // Nothing, comments, or an empty mapping.
  if (root?.kind === "map") return splice(text, [{ start: root.start, end: root.end, text: lines }]);
  return splice(text, [insertion(text, text.length, lines)]);
}

/**
 * The text of a dvc.yaml without a stage; undefined where nothing but an empty `stages` is left. Errors: those of the YAML
 * reader.
 */
export function withoutStage({ file, text, name }: Omit<StageInFile, "definition">): string | undefined {
  const { root } = parseYaml({ path: file, text });
  const entries = root?.kind === "map" ? root.entries : [];
  const stages = entries.find((entry) => entry.key === "stages");
  const entry = stages?.node.kind === "map" ? stages.node.entries.find(({ key }) => key === name) : undefined;
  if (stages?.node.kind !== "map" || entry === undefined) return text;
  const isLast = stages.node.entries.length === 1;
  if (isLast && entries.length === 1) return undefined;
  if (isLast || !isBlock(text, stages.node)) {
    const left = new Map([...asMap(plainValue(stages.node))].filter(([key]) => key !== name));
    const whole = { start: stages.start, end: afterLine(text, stages.node.end), text: "" };
    return splice(text, [isLast ? whole : replaced(text, stages, ["stages", left])]);
  }
  const start = entry.start - columnOf(text, entry.start);
  return splice(text, [{ start, end: afterLine(text, entry.node.end), text: "" }]);
}

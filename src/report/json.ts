import { floatRepr, pythonJson } from "../base/python.ts";
import { visibleJson } from "../base/text/visible.ts";
import { isList, isMap, toPlain, type Value, type ValueMap } from "../base/value.ts";

/** On one line, byte for byte as DVC prints it; or indented, for people at a terminal. */
export type JsonLayout = "line" | "indented";

export function jsonText(value: Value, layout: JsonLayout): string {
  return `${bareJson(value, layout)}\n`;
}

function bareJson(value: Value, layout: JsonLayout): string {
  if (layout === "line") return pythonJson(value, { specials: "text" });
  return visibleJson(JSON.stringify(toPlain(withoutSpecials(value)), null, 2));
}

/** An item of a list that is written piece by piece: a value, or a mapping whose last value is a list of its own. */
export type JsonItem = Value | { readonly fields: ValueMap; readonly lastKey: string; readonly items: Iterable<Value> };

/**
 * The same text of a list as jsonText gives, in pieces of an item each: all of it need not fit into one string, nor into
 * memory beside what it is made of.
 */
export function* jsonPieces(items: Iterable<JsonItem>, layout: JsonLayout): Generator<string> {
  yield* listPieces(items, { layout, depth: 0 });
  yield "\n";
}

interface Place {
  readonly layout: JsonLayout;
  /** Of brackets around it. */
  readonly depth: number;
}

function* listPieces(items: Iterable<JsonItem>, { layout, depth }: Place): Generator<string> {
  const lineOf = (level: number) => (layout === "line" ? "" : `\n${"  ".repeat(level)}`);
  let before = `[${lineOf(depth + 1)}`;
  for (const item of items) {
    yield before;
    yield* itemPieces(item, { layout, depth: depth + 1 });
    before = layout === "line" ? ", " : `,${lineOf(depth + 1)}`;
  }
  yield before.startsWith("[") ? "[]" : `${lineOf(depth)}]`;
}

function* itemPieces(item: JsonItem, { layout, depth }: Place): Generator<string> {
  // No text in JSON holds a line break: those that are there are the layout's.
  const textOf = (value: Value) =>
    layout === "line" ? bareJson(value, layout) : bareJson(value, layout).replaceAll("\n", `\n${"  ".repeat(depth)}`);
  if (item === null || typeof item !== "object" || !("fields" in item)) {
    yield textOf(item);
    return;
  }
  const { fields, lastKey, items } = item;
  const around = textOf(new Map([...fields, [lastKey, null]]));
  const at = around.lastIndexOf("null");
  yield around.slice(0, at);
  yield* listPieces(items, { layout, depth: depth + 1 });
  yield around.slice(at + "null".length);
}

/** JSON has neither infinity nor NaN, which DVC writes all the same: they become strings, here as on one line. */
function withoutSpecials(value: Value): Value {
  if (typeof value === "number") return Number.isFinite(value) ? value : floatRepr(value);
  if (isList(value)) return value.map(withoutSpecials);
  return isMap(value) ? new Map([...value].map(([key, item]) => [key, withoutSpecials(item)])) : value;
}

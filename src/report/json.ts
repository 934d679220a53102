import { floatRepr, pythonJson } from "../base/python.ts";
import { visibleJson } from "../base/text/visible.ts";
import { isList, isMap, toPlain, type Value } from "../base/value.ts";

/** On one line, byte for byte as DVC prints it; or indented, for people at a terminal. */
export type JsonLayout = "line" | "indented";

export function jsonText(value: Value, layout: JsonLayout): string {
  const valid = withoutSpecials(value);
  return `${layout === "line" ? pythonJson(valid) : visibleJson(JSON.stringify(toPlain(valid), null, 2))}\n`;
}

/** JSON has neither infinity nor NaN, which DVC writes all the same: they become strings. */
function withoutSpecials(value: Value): Value {
  if (typeof value === "number") return Number.isFinite(value) ? value : floatRepr(value);
  if (isList(value)) return value.map(withoutSpecials);
  return isMap(value) ? new Map([...value].map(([key, item]) => [key, withoutSpecials(item)])) : value;
}

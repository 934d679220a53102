/** Values as JSON that loses nothing: `["int", "1"]`, `["map", [[key, value], ...]]`. */

import { floatRepr } from "../../src/base/python.ts";
import { isList, isMap, type Value } from "../../src/base/value.ts";

export type Typed = readonly [kind: string, content: unknown];

export function typed(value: Value): Typed {
  if (value === null) return ["null", null];
  if (isMap(value)) return ["map", [...value].map(([key, item]) => [typed(key), typed(item)])];
  if (isList(value)) return ["list", value.map(typed)];
  if (typeof value === "bigint") return ["int", String(value)];
  if (typeof value === "number") return ["float", floatRepr(value)];
  return [typeof value === "string" ? "str" : "bool", value];
}

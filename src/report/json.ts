import { pythonJson } from "../base/python.ts";
import { toPlain, type Value } from "../base/value.ts";

/** On one line, byte for byte as DVC prints it; or indented, for people at a terminal. */
export type JsonLayout = "line" | "indented";

export function jsonText(value: Value, layout: JsonLayout): string {
  return `${layout === "line" ? pythonJson(value) : JSON.stringify(toPlain(value), null, 2)}\n`;
}

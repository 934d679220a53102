/** A mapping in a command, `python train.py ${train}`, becomes arguments: `--lr 0.1 --flag --layers 16 32`. */

import { floatRepr } from "../../base/python.ts";
import { shellWord } from "../../base/text/shell-word.ts";
import { isList, isMap, type Value, type ValueMap } from "../../base/value.ts";
import type { ArgumentStyle } from "../../project/project.ts";
import { TemplateProblem } from "./context.ts";
import { asText } from "./stage.ts";

export const defaultArgumentStyle: ArgumentStyle = { bool: "store_true", list: "nargs" };

/** str() of Python: True and not true. */
function pythonText(value: Value): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? floatRepr(value) : asText(value);
}

function* flatten(map: ValueMap, prefix: string): Generator<readonly [string, Value]> {
  for (const [key, value] of map) {
    const name = prefix === "" ? String(key) : `${prefix}.${String(key)}`;
    if (isMap(value)) yield* flatten(value, name);
    else yield [name, value];
  }
}

function listArguments(name: string, items: readonly Value[], style: ArgumentStyle): string[] {
  const words = items.map((item) => {
    if (isList(item) || isMap(item)) throw new TemplateProblem(`Cannot interpolate nested iterable in '${name}'`);
    return typeof item === "string" ? shellWord(item) : pythonText(item);
  });
  if (style.list === "append") return words.map((word) => `--${name} ${word}`);
  return words.length === 0 ? [] : [`--${name} ${words.join(" ")}`];
}

function argumentsOf(name: string, value: Value, style: ArgumentStyle): string[] {
  if (value === true) return [`--${name}`];
  if (value === false) return style.bool === "boolean_optional" ? [`--no-${name}`] : [];
  if (isList(value)) return listArguments(name, value, style);
  return [`--${name} ${typeof value === "string" ? shellWord(value) : pythonText(value)}`];
}

/** The arguments of a mapping, as DVC writes them. Throws TemplateProblem for lists inside lists. */
export function argumentText(map: ValueMap, style: ArgumentStyle): string {
  return [...flatten(map, "")].flatMap(([name, value]) => argumentsOf(name, value, style)).join(" ");
}

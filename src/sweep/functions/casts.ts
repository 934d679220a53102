/** int(), float(), str(), bool() and json_str(): of one value, and of all values inside a list, dict or sweep. */
import { floatRepr, pythonJson } from "../../base/python.ts";
import type { Value } from "../../base/value.ts";
import { type ChoiceSweep, dictOf, type Element, isElementList, kindOf, kindWords } from "./elements.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { castToFloat, castToInt } from "./numbers.ts";

export type CastName = "int" | "float" | "str" | "bool" | "json_str";

/** @throws EvaluationError where the value, or one inside it, has no such form */
export function cast(name: CastName, element: Element): Element {
  if (typeof element !== "object" || element === null) return castScalar(name, element);
  if (isElementList(element)) return castWhole(name, element, () => element.map((item) => cast(name, item)));
  switch (element.kind) {
    case "quoted":
      return cast(name, element.text);
    case "dict":
      return castWhole(name, element, () => dictOf(element.entries.map(([key, value]) => [key, cast(name, value)])));
    case "choice":
      return castChoice(name, element);
    case "range":
      if (name !== "int" && name !== "float") throw refused(name, element, "A range takes int() or float() only.");
      return { ...element, casts: [...element.casts, name] };
    case "interval":
      return castInterval(name, element);
    default:
      if (name === "bool") return true;
      throw refused(name, element);
  }
}

/** json_str() turns a list or dict into one text; the other casts go into it. */
function castWhole(name: CastName, element: Element, castItems: () => Element): Element {
  return name === "json_str" ? pythonJson(elementValue(element)) : castItems();
}

function castChoice(name: CastName, sweep: ChoiceSweep): ChoiceSweep {
  const items = sweep.items.map((item) => cast(name, item));
  const nested = items.find((item) => ["choice", "range", "interval", "glob"].includes(kindOf(item)));
  if (nested !== undefined) throw refused(name, nested, "A choice holds no other sweep.");
  return { ...sweep, items };
}

function castInterval(name: CastName, element: Extract<Element, { readonly kind: "interval" }>): Element {
  if (name !== "int" && name !== "float") throw refused(name, element);
  const convert = name === "int" ? castToInt : castToFloat;
  return { ...element, start: convert(element.start), end: convert(element.end) };
}

function castScalar(name: CastName, element: null | boolean | bigint | number | string): Element {
  if (name === "json_str") return pythonJson(element);
  if (name === "bool") return castToBool(element);
  if (element === null) throw refused(name, element);
  if (name === "int") return castToInt(element);
  if (name === "float") return castToFloat(element);
  return typeof element === "number" ? floatRepr(element) : String(element);
}

function castToBool(element: null | boolean | bigint | number | string): boolean {
  if (typeof element !== "string") return typeof element === "number" ? element !== 0 : Boolean(element);
  const word = element.toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  throw new EvaluationError("CAST_FAILED", `bool() cannot read '${element}'.`, "A text is true or false; a number is.");
}

function refused(name: CastName, element: Element, hint?: string): EvaluationError {
  return new EvaluationError("CAST_FAILED", `${name}() cannot take ${kindWords[kindOf(element)]}.`, hint);
}

/**
 * An element as a parameter's value: quotes gone, dicts as Maps.
 * @throws EvaluationError for a sweep inside
 */
export function elementValue(element: Element): Value {
  if (typeof element !== "object" || element === null) return element;
  if (isElementList(element)) return element.map(elementValue);
  if (element.kind === "quoted") return element.text;
  if (element.kind === "dict") return new Map(element.entries.map(([key, value]) => [key, elementValue(value)]));
  throw new EvaluationError("NESTED_SWEEP", `A value cannot hold ${kindWords[kindOf(element)]}.`);
}

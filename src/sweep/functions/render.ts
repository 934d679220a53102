/** Values as text, as Hydra writes them into the overrides of a job. */
import { escapeWord, quote } from "../../../grammar/override/printer.ts";
import { floatRepr } from "../../base/python.ts";
import type { Scalar } from "../../base/value.ts";
import { type Element, isElementList } from "./elements.ts";
import { EvaluationError } from "./evaluation-error.ts";

/**
 * A value as Hydra's basic sweeper renders it: true is `True`, blanks and brackets are escaped, quotes stay.
 * Not always the way back: the text of choice('1') is a bare 1.
 * @throws EvaluationError for a sweep inside a value
 */
export function renderElement(element: Element): string {
  if (typeof element !== "object" || element === null) return renderScalar(element);
  if (isElementList(element)) return `[${element.map(renderElement).join(",")}]`;
  switch (element.kind) {
    case "quoted":
      return quote(element.text, element.quote);
    case "dict":
      return `{${element.entries.map(([key, value]) => `${renderScalar(key)}:${renderElement(value)}`).join(",")}}`;
    case "extension":
      return `{values:${renderElement(element.items)}}`;
    case "glob":
      return `{include:${renderElement(element.include)},exclude:${renderElement(element.exclude)}}`;
    default:
      throw new EvaluationError(
        "NESTED_SWEEP",
        "A sweep cannot stand inside another value.",
        "Sweep over whole values: key=choice([1],[2]).",
      );
  }
}

function renderScalar(value: Scalar): string {
  if (typeof value === "string") return escapeWord(value);
  if (typeof value === "number") return floatRepr(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

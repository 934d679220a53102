/** Values as JSON that keeps Python's types apart: {"t":"int","v":"12"}, {"t":"float","v":"1.0"}, {"t":"str","v":"a"}. */
import { floatRepr } from "../base/python.ts";
import { decimalText } from "./functions/decimal.ts";
import {
  type DictValue,
  type Element,
  type GlobSweep,
  isElementList,
  type ListExtension,
  type QuotedText,
  type RangeBound,
  type Sweep,
} from "./functions/elements.ts";

export type TypedJson = Readonly<Record<string, unknown>>;

export function typedElement(element: Element): TypedJson {
  if (element === null) return { t: "null" };
  switch (typeof element) {
    case "boolean":
      return { t: "bool", v: element };
    case "bigint":
      return { t: "int", v: String(element) };
    case "number":
      return { t: "float", v: floatRepr(element) };
    case "string":
      return { t: "str", v: element };
    default:
      return isElementList(element) ? { t: "list", v: element.map(typedElement) } : typedRecord(element);
  }
}

function typedRecord(element: QuotedText | DictValue | ListExtension | Sweep | GlobSweep): TypedJson {
  switch (element.kind) {
    case "quoted":
      return { t: "qstr", v: element.text, q: element.quote };
    case "dict":
      return { t: "dict", v: element.entries.map(([key, value]) => [typedElement(key), typedElement(value)]) };
    case "extension":
      return { t: "list_extension", v: element.items.map(typedElement) };
    default: {
      const { kind, ...fields } = typedSweep(element);
      return { t: kind, ...fields };
    }
  }
}

/** A sweep's own fields, its kind by Hydra's name. Tags are a set: sorted. */
export function typedSweep(sweep: Sweep | GlobSweep): TypedJson & { readonly kind: string } {
  switch (sweep.kind) {
    case "choice":
      return {
        kind: "choice_sweep",
        list: sweep.items.map(typedElement),
        simple: sweep.form === "simple",
        shuffle: sweep.order === "shuffled",
        tags: [...sweep.tags].sort(),
      };
    case "range":
      return {
        kind: "range_sweep",
        start: typedBound(sweep.start),
        stop: typedBound(sweep.stop),
        step: typedBound(sweep.step),
        shuffle: sweep.order === "shuffled",
        tags: [...sweep.tags].sort(),
      };
    case "interval":
      return {
        kind: "interval_sweep",
        start: typedElement(sweep.start),
        end: typedElement(sweep.end),
        tags: [...sweep.tags].sort(),
      };
    case "glob":
      return { kind: "glob", include: sweep.include.map(typedElement), exclude: sweep.exclude.map(typedElement) };
  }
}

function typedBound(bound: RangeBound): TypedJson {
  return typeof bound === "object" ? { t: "decimal", v: decimalText(bound) } : typedElement(bound);
}

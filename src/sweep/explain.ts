/** How an override is read, in words for people. */

import { someLines } from "../base/text/listing.ts";
import { elementsOf, renderSwept } from "./enumerate.ts";
import { type EvaluatedOverride, type OverrideType, sweepOf } from "./evaluate.ts";
import type { EvaluationContext } from "./functions/chance.ts";
import { type Element, isElementList, kindOf } from "./functions/elements.ts";
import { renderElement } from "./functions/render.ts";

/** Values of a sweep that are listed; the rest is counted. */
const shownValues = 20;

const actions: Readonly<Record<OverrideType, string>> = {
  CHANGE: "sets",
  ADD: "adds",
  FORCE_ADD: "sets or adds",
  DEL: "deletes",
  EXTEND_LIST: "appends to",
};

const conditions: Readonly<Record<OverrideType, string>> = {
  CHANGE: "; the key must exist",
  ADD: "; the key must not exist yet",
  FORCE_ADD: "",
  DEL: "",
  EXTEND_LIST: "; the key must hold a list",
};

const typeWords = {
  bool: "boolean",
  int: "integer",
  float: "float",
  text: "text",
  list: "list",
  dict: "dict",
} as const;

/**
 * Lines: what the override does, then the values of a sweep.
 * @throws EvaluationError where the override reads well but cannot be used, such as a sweep inside a list
 */
export function explainOverride(file: string, override: EvaluatedOverride, context: EvaluationContext): string[] {
  const { type, value, valueType } = override;
  const target = `${targetWords(override)} in ${file}`;
  const sweep = sweepOf(override);
  if (sweep === undefined) {
    if (valueType === null) return [`deletes ${target}`];
    const end = type === "DEL" ? `, where its value is ${valueWords(value)}` : wordsBefore(type) + valueWords(value);
    return [`${actions[type]} ${target}${end}${conditions[type]}`];
  }
  if (sweep.kind === "interval")
    return [
      `sweeps ${target} from ${sweep.start} to ${sweep.end}, continuously: a grid cannot list that, --sample draws from it`,
    ];
  if (sweep.kind === "glob" && context.globOptions === undefined)
    return [
      `sweeps ${target} over the options of a config group that match ${sweep.include.map(patternWords).join(", ")}`,
    ];
  const values = Array.from(
    elementsOf(sweep, context),
    (element) => [renderSwept(sweep, element), typeOf(element)] as const,
  );
  const order = "order" in sweep && sweep.order === "shuffled" ? ", shuffled" : "";
  const tags = "tags" in sweep && sweep.tags.length > 0 ? `, tagged ${sweep.tags.join(", ")}` : "";
  return [`sweeps ${target} over ${counted(values.length)}${order}${tags}`, ...valueLines(values)];
}

function targetWords({ key, package: packageName, tree }: EvaluatedOverride): string {
  const name = key === "" ? "the empty key" : key;
  const group = tree.key.form === "group" ? `${name} (a config group)` : name;
  return packageName === null ? group : `${group} at package '${packageName}'`;
}

const wordsBefore = (type: OverrideType): string => (type === "EXTEND_LIST" ? ": " : " to ");
const counted = (count: number): string => `${count} ${count === 1 ? "value" : "values"}`;

function valueWords(value: Element): string {
  const text = value === "" ? "''" : renderElement(value);
  const type = typeOf(value);
  return type === "" ? text : `${text} (${type})`;
}

function patternWords(pattern: Element): string {
  return typeof pattern === "string" ? pattern : renderElement(pattern);
}

function typeOf(element: Element): string {
  const kind = kindOf(element);
  if (kind === "quoted") return "text";
  return isElementList(element) || kind in typeWords ? typeWords[kind as keyof typeof typeWords] : "";
}

function valueLines(values: readonly (readonly [string, string])[]): string[] {
  const shown = values.slice(0, shownValues);
  const width = Math.max(0, ...shown.map(([text]) => text.length));
  const lines = shown.map(([text, type]) => `${text.padEnd(width)}  ${type}`.trimEnd());
  return someLines(lines, shownValues, values.length).map((line) => `  ${line}`);
}

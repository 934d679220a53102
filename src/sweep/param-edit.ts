/** From an override to the change of a parameter file that it asks for. */
import { SweeplineError } from "../base/errors.ts";
import type { ParamEdit } from "../params/types.ts";
import { type EvaluatedOverride, evaluateOverride, sweepOf } from "./evaluate.ts";
import { elementValue } from "./functions/casts.ts";
import { type Element, isElementList } from "./functions/elements.ts";
import { EvaluationError } from "./functions/evaluation-error.ts";

const editKinds = {
  CHANGE: "change",
  ADD: "add",
  FORCE_ADD: "force-add",
  DEL: "delete",
  EXTEND_LIST: "extend-list",
} as const;

export interface OverrideChange {
  readonly override: EvaluatedOverride;
  /** The chosen value, where the override is a sweep. */
  readonly value: Element;
  readonly text: string;
  /** A composed config takes groups and packages too; its own code reads them from the text. */
  readonly target: "file" | "config";
}

/**
 * The edit that sets one value of an override.
 * @throws SweeplineError for a key that no parameter file can have: a group, a package, an empty key
 * @throws EvaluationError for a sweep inside the value
 */
export function paramEdit(change: OverrideChange): ParamEdit {
  const { override, value, text } = change;
  if (change.target === "file") checkKey(override);
  refuseGlob(value);
  // Hydra compares only a value that is not null: ~key=null is the same as ~key.
  const isBareDelete = override.type === "DEL" && value === null;
  return {
    kind: editKinds[override.type],
    path: override.keyPath,
    value: isBareDelete ? undefined : elementValue(value),
    text,
  };
}

/** Files of people are a dozen deep; each level is a call of a function in who writes and reads them. */
const deepestKey = 400;

function checkKey({ text, tree, key, keyPath, package: packageName }: EvaluatedOverride): void {
  const place = { name: "override", text, offset: tree.key.offset, length: Math.max(1, tree.key.length) };
  if (keyPath.length > deepestKey)
    throw new SweeplineError({
      code: "PARAMS_TOO_DEEP",
      message: `The key of an override has ${keyPath.length} parts: values are nested too deep.`,
      hint: `Up to ${deepestKey} are read.`,
    });
  if (packageName !== null || tree.key.form === "group") {
    const what = packageName === null ? "a config group" : "a package";
    throw new SweeplineError({
      code: "GROUP_IN_PARAMS",
      message: `Cannot override '${text}': ${what} belongs to a composed config, and a parameter file has none.`,
      hint: "Name a key of the file with dots: train.lr=0.1. Composition is switched on with hydra.enabled.",
      place,
    });
  }
  if (key !== "") return;
  throw new SweeplineError({
    code: "KEY_EMPTY",
    message: `The override '${text}' names no key.`,
    hint: "Write KEY=VALUE without blanks around '='.",
    place,
  });
}

/**
 * What a job's text says when it is read again, as DVC does: the text of choice('1') is a bare 1, and sets an integer.
 * A text that does not read back (a quote in an unquoted word) keeps the value it was made from.
 */
export function rereadElement(text: string, element: Element): Element {
  if (element === null || ["boolean", "bigint", "number"].includes(typeof element)) return element;
  refuseGlob(element);
  const again = evaluateOverride(text);
  return again.ok && sweepOf(again.override) === undefined ? again.override.value : element;
}

/** A glob inside another value, of which Hydra makes a dict of its patterns. @throws EvaluationError */
function refuseGlob(element: Element): void {
  if (typeof element !== "object" || element === null) return;
  if (isElementList(element)) for (const item of element) refuseGlob(item);
  else if (element.kind === "dict") for (const [, item] of element.entries) refuseGlob(item);
  else if (element.kind === "glob")
    throw new EvaluationError(
      "NESTED_SWEEP",
      "glob() cannot stand among other values, nor inside one.",
      "It takes several patterns, and names: key=glob([a*,b]).",
    );
}

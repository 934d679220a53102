import type { Value } from "../base/value.ts";

/** One change of a parameter file, already parsed and evaluated: what `-S train.lr=0.1` asks for. */
export interface ParamEdit {
  /** change: must exist; add: must not; force-add: either; delete; extend-list: append to a list. */
  readonly kind: "change" | "add" | "force-add" | "delete" | "extend-list";
  /** Key segments from the top; a list index is its digits ("0"). */
  readonly path: readonly string[];
  /** undefined only for a bare delete (`~key`); a delete with a value removes only where the value is equal. */
  readonly value: Value | undefined;
  /** The override as typed, for messages: `+train.lr=0.1`. */
  readonly text: string;
}

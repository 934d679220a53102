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

/** A parameter file parsed once and edited many times, each time from the original. */
export interface ParamFile {
  readonly path: string;
  /** What the file holds, as `readDataFile` gives it; an empty Map where there is no file. */
  readonly value: Value;
  /** What the file holds after the edits. Throws SweeplineError as `edit`. */
  apply(edits: readonly ParamEdit[]): Value;
  /**
   * The file's text with the edits made, in order, and not a byte changed beside them. (A byte order mark stays: write
   * the text as UTF-8.) Throws SweeplineError where an edit does not fit the file; nothing is remembered between calls.
   */
  edit(edits: readonly ParamEdit[]): string;
}

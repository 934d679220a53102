/** Values of a parameter file that a lock file can't hold: who reads the file for a stage has to know of them. */
import type { Value } from "../../base/value.ts";

export interface Unstorable {
  readonly path: readonly string[];
  /** `p.py, line 3`. */
  readonly place: string;
}

const known = new WeakMap<object, readonly Unstorable[]>();

/** Remembers what a file has beside the values that were read of it. */
export function noteUnstorable(values: object, unstorable: readonly Unstorable[]): void {
  if (unstorable.length > 0) known.set(values, unstorable);
}

/** What the file has beside these values, as they were read. */
export function unstorableIn(values: Value): readonly Unstorable[] {
  return typeof values === "object" && values !== null ? (known.get(values) ?? []) : [];
}

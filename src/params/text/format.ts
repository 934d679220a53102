import type { Scalar, Value } from "../../base/value.ts";
import type { Change } from "./changes.ts";
import type { LocatedNode, LocatedScalar, Splice } from "./located.ts";
import type { SourceText } from "./source-text.ts";

/** Something that has a name in the file and is no value to read: a call, a name without a value. */
export interface Unreadable {
  readonly path: readonly string[];
  readonly offset: number;
  readonly what: string;
  /** additions: it is only declared, and a value may be added. */
  readonly accepts: "nothing" | "additions";
  /** Bytes or a complex number: a value for Python, and for nobody else. */
  readonly isSpecial?: boolean;
}

/** A text of one format, parsed with the places of its values. */
export interface FormatDocument {
  readonly source: SourceText;
  /** undefined where the text holds no value at all: an empty file, or one of comments. */
  readonly root: LocatedNode | undefined;
  /** Only Python has any. */
  readonly unreadable: readonly Unreadable[];
  /**
   * The text that puts `value` into the place of a single value, or undefined where that needs more than exchanging its
   * characters. Must be fast: a sweep asks once a value and point.
   */
  replaceScalar(node: LocatedScalar, value: Scalar): string | undefined;
  /** The splices that make the changes. Throws SweeplineError where the format cannot hold a value. */
  splices(changes: readonly Change[]): Splice[];
  /** The text for a document without any value yet (`root` undefined). */
  withEntries(value: Value): string;
}

/** One file format: YAML, JSON, TOML or Python. */
export interface Format {
  /** Only the values: may take a faster way than `open`. */
  read(source: SourceText): Value;
  /** The values as people see them, where these are more than `read` gives. */
  show?(source: SourceText): Value;
  open(source: SourceText): FormatDocument;
  /** A document for a file that does not exist yet. */
  create(path: string): FormatDocument;
}

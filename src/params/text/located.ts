/** A file's values with the place of each in the text: what all four formats are read into for editing. */
import type { Scalar, Value } from "../../base/value.ts";

interface LocatedBase {
  /** The value's own text: text.slice(start, end). */
  readonly start: number;
  readonly end: number;
  /** The text is only a reference (a YAML alias): the content below is written elsewhere and must not be edited here. */
  readonly isReference: boolean;
}

export interface LocatedScalar<Extra = unknown> extends LocatedBase {
  readonly kind: "scalar";
  readonly value: Scalar;
  readonly extra: Extra;
}

export interface LocatedEntry<Extra = unknown> {
  readonly key: Scalar;
  /** Where the whole entry begins (its key, with what stands before it). */
  readonly start: number;
  readonly keyEnd: number;
  readonly node: LocatedNode<Extra>;
  /** own: written in this mapping; merged: it comes from elsewhere (YAML's `<<`) and has no text here. */
  readonly origin: "own" | "merged";
}

export interface LocatedMap<Extra = unknown> extends LocatedBase {
  readonly kind: "map";
  readonly entries: readonly LocatedEntry<Extra>[];
  readonly extra: Extra;
}

export interface LocatedList<Extra = unknown> extends LocatedBase {
  readonly kind: "list";
  readonly items: readonly LocatedNode<Extra>[];
  readonly extra: Extra;
}

export type LocatedNode<Extra = unknown> = LocatedScalar<Extra> | LocatedMap<Extra> | LocatedList<Extra>;

/** text[start, end) becomes `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Makes all splices at once; they must not overlap. Equal places keep their order. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const only = splices.length === 1 ? splices[0] : undefined;
  if (only !== undefined) return text.slice(0, only.start) + only.text + text.slice(only.end);
  let result = "";
  let done = 0;
  for (const splice of [...splices].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (splice.start < done) throw new RangeError(`splices overlap at ${splice.start}`);
    result += text.slice(done, splice.start) + splice.text;
    done = splice.end;
  }
  return result + text.slice(done);
}

/** The entry that a key segment of an override names: the string key first, then the integer, boolean or null written so. */
export function keyFor(segment: string, has: (key: Scalar) => boolean): Scalar | undefined {
  if (has(segment)) return segment;
  if (/^(?:0|-?[1-9]\d*)$/.test(segment) && has(BigInt(segment))) return BigInt(segment);
  if (segment === "true" && has(true)) return true;
  if (segment === "false" && has(false)) return false;
  return undefined;
}

/** The plain value of a node. */
export function plainValue(node: LocatedNode): Value {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plainValue);
  const map = new Map<Scalar, Value>();
  for (const entry of node.entries) map.set(entry.key, plainValue(entry.node));
  return map;
}

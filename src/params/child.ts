/** One step down into a value by a segment of an override's key. */
import { isList, isMap, type Value } from "../base/value.ts";
import { keyFor } from "./text/located.ts";

/** The index that a segment names in a list of that length (negative ones count from the end), or undefined. */
export function listIndex(segment: string, length: number): number | undefined {
  if (!/^-?\d{1,9}$/.test(segment)) return undefined;
  const index = Number(segment);
  const fromStart = index < 0 ? length + index : index;
  return fromStart >= 0 && fromStart < length ? fromStart : undefined;
}

/** The value one segment down, or undefined where nothing is. */
export function childAt(value: Value | undefined, segment: string): Value | undefined {
  if (isMap(value)) {
    const key = keyFor(segment, (candidate) => value.has(candidate));
    return key === undefined ? undefined : value.get(key);
  }
  if (!isList(value)) return undefined;
  const index = listIndex(segment, value.length);
  return index === undefined ? undefined : value[index];
}

/** The value at a path of segments, or undefined. */
export function valueAtPath(root: Value, path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>(childAt, root);
}

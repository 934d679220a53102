/** Which values of a file a stage tracks: single keys, groups, or all of it. */
import { isMap, type Value, type ValueMap, valueAt } from "../base/value.ts";

/**
 * The tracked values as dvc.lock keeps them: the dotted key stays flat (`train.lr`), a group is its mapping. `keys: null`
 * (a whole file) gives the file's top keys. A key that is not in the file has the value undefined.
 */
export function selectParams(value: Value, keys: readonly string[] | null): ReadonlyMap<string, Value | undefined> {
  if (keys === null) return new Map([...topEntries(value)].map(([key, item]) => [String(key), item]));
  return new Map(keys.map((key) => [key, valueAt(value, key)]));
}

function topEntries(value: Value): ValueMap {
  return isMap(value) ? value : new Map();
}

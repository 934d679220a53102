/** Which values of a file a stage tracks: single keys, groups, patterns, or all of it. */
import { SweeplineError } from "../base/errors.ts";
import { globMatcher } from "../base/text/glob-match.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap, valueAt } from "../base/value.ts";

export interface FoundParam {
  /** The keys on the way, as the file has them. */
  readonly path: readonly Scalar[];
  readonly value: Value;
}

function entriesOf(value: Value): Iterable<readonly [Scalar, Value]> {
  if (isMap(value)) return value;
  return isList(value) ? value.map((item, index) => [BigInt(index), item] as const) : [];
}

function* search(value: Value, parts: readonly string[], path: readonly Scalar[]): Generator<FoundParam> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    yield { path, value };
    return;
  }
  if (part === "**") yield* search(value, rest, path);
  const matches = globMatcher(part === "**" ? "*" : part);
  for (const [key, item] of entriesOf(value))
    if (matches(String(key))) yield* search(item, part === "**" ? parts : rest, [...path, key]);
}

/** Whether a tracked key is a pattern, where the file has no key of that very name. */
export function isKeyPattern(value: Value, key: string): boolean {
  return /[*?[]/.test(key) && valueAt(value, key) === undefined;
}

/** What a pattern stands for: each part between dots matches names of one level, `**` any number of levels (dpath, as DVC uses it). */
export function paramsMatching(value: Value, pattern: string): FoundParam[] {
  const parts = pattern.split(".");
  // As dpath: more than one would take time by the power of the depth.
  return parts.filter((part) => part === "**").length > 1 ? [] : [...search(value, parts, [])];
}

/**
 * The value that a stage tracks under a key, which may be a pattern that matches one key; undefined where nothing is.
 * Throws PARAM_AMBIGUOUS where it matches several.
 */
export function trackedValue(value: Value, key: string): Value | undefined {
  if (!isKeyPattern(value, key)) return valueAt(value, key);
  const [first, ...others] = paramsMatching(value, key);
  if (others.length === 0) return first?.value;
  const names = [first, ...others].flatMap((found) => (found === undefined ? [] : [found.path.join(".")]));
  const listed = names.length > 5 ? `${names.slice(0, 5).join(", ")}, ...` : names.join(", ");
  throw new SweeplineError({
    code: "PARAM_AMBIGUOUS",
    message: `the parameter '${key}' stands for several: ${listed}`,
    hint: "Name each of them in `params:`.",
  });
}

/**
 * The tracked values as dvc.lock keeps them: the dotted key stays flat (`train.lr`), a group is its mapping. `keys: null`
 * (a whole file) gives the file's top keys. A key that is not in the file has the value undefined.
 */
export function selectParams(value: Value, keys: readonly string[] | null): ReadonlyMap<string, Value | undefined> {
  if (keys === null) return new Map([...topEntries(value)].map(([key, item]) => [String(key), item]));
  return new Map(keys.map((key) => [key, trackedValue(value, key)]));
}

function topEntries(value: Value): ValueMap {
  return isMap(value) ? value : new Map();
}

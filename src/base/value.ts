/**
 * Values of parameters, metrics and lock files, with the types that Python keeps apart:
 * an integer is a bigint, a float is a number, so that 1 and 1.0 stay different from file to lock file.
 * Mappings are Maps: order is kept, also for keys such as "1", and keys may be integers or booleans.
 */
export type Scalar = null | boolean | bigint | number | string;
export type Value = Scalar | readonly Value[] | ValueMap;
export type ValueMap = ReadonlyMap<Scalar, Value>;

export function isMap(value: Value | undefined): value is ValueMap {
  return value instanceof Map;
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/**
 * The value at a dotted key: `train.optimizer.lr`, `layers.0`.
 * A key that exists whole ("a.b" as one key) wins over its parts. Returns undefined where nothing is.
 */
export function valueAt(value: Value, dottedKey: string): Value | undefined {
  if (isMap(value) && value.has(dottedKey)) return value.get(dottedKey);
  let current: Value | undefined = value;
  for (const part of dottedKey.split(".")) {
    if (isMap(current))
      current = current.has(part) ? current.get(part) : /^\d+$/.test(part) ? current.get(BigInt(part)) : undefined;
    else if (isList(current) && /^\d+$/.test(part)) current = current[Number(part)];
    else return undefined;
  }
  return current;
}

/** An integer or a float as a number to calculate with; undefined for anything else, and for what is not finite. */
export function finiteNumber(value: Value | undefined): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Deep equality with types kept apart (1 is not 1.0); the order of keys does not count. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a === "number" && typeof b === "number") return Object.is(a, b);
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  if (isMap(a) && isMap(b)) {
    if (a.size !== b.size) return false;
    for (const [key, item] of a) if (!b.has(key) || !sameValue(item, b.get(key))) return false;
    return true;
  }
  return false;
}

/** Plain JSON data for `--json` outputs: bigint to number (to a string above 2^53), Maps to objects. */
export function toPlain(value: Value): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (isList(value)) return value.map(toPlain);
  if (isMap(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), toPlain(item)]));
  return value;
}

/**
 * Values as JSON that says which kind they are, for what is remembered of commits: integers beyond 2^53, keys that are no
 * texts, NaN. Reading it takes half the time of V8's own form.
 */
import { floatRepr } from "../../base/python.ts";
import { isList, isMap, type Scalar, type Value } from "../../base/value.ts";

type Packed = null | boolean | number | string | readonly unknown[];

const listTag = 0;
const mapTag = 1;
const specials: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["-0.0", -0],
]);

/** What JSON.stringify takes: texts begin with `s`, integers with `i`, floats that JSON lacks with `f`. */
export function packValue(value: Value): Packed {
  if (typeof value === "string") return `s${value}`;
  if (typeof value === "bigint") return `i${value}`;
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0) ? value : `f${floatRepr(value)}`;
  if (isMap(value)) return [mapTag, ...[...value].flat().map(packValue)];
  return isList(value) ? [listTag, ...value.map(packValue)] : value;
}

function unpackText(text: string): Scalar {
  const rest = text.slice(1);
  if (text.startsWith("s")) return rest;
  // Throws SyntaxError where that is no integer.
  if (text.startsWith("i")) return BigInt(rest);
  const special = text.startsWith("f") ? specials.get(rest) : undefined;
  if (special === undefined) throw new SyntaxError("not a packed value");
  return special;
}

function unpackKey(packed: unknown): Scalar {
  const key = unpackValue(packed);
  if (isMap(key) || isList(key)) throw new SyntaxError("not a packed key");
  return key;
}

/** What packValue was given. Throws SyntaxError for what it does not give. */
export function unpackValue(packed: unknown): Value {
  if (typeof packed === "string") return unpackText(packed);
  if (packed === null || typeof packed === "number" || typeof packed === "boolean") return packed;
  if (!Array.isArray(packed) || (packed[0] !== mapTag && packed[0] !== listTag))
    throw new SyntaxError("not a packed value");
  if (packed[0] === listTag) return packed.slice(1).map(unpackValue);
  const map = new Map<Scalar, Value>();
  for (let at = 1; at + 1 < packed.length; at += 2) map.set(unpackKey(packed[at]), unpackValue(packed[at + 1]));
  return map;
}

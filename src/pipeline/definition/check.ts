/**
 * Small checks for data that came out of YAML. A check reports every problem with the path to it, so that a file's errors
 * are shown all at once; positions are looked up afterwards, only where something is wrong.
 */
import { nearest } from "../../base/text/nearest.ts";
import { isList, isMap, type Scalar, type Value } from "../../base/value.ts";

export type ValuePath = readonly Scalar[];

export interface SchemaProblem {
  readonly path: ValuePath;
  readonly message: string;
}

export type Check = (value: Value, path: ValuePath, report: (problem: SchemaProblem) => void) => void;

/** What a value is, in the words of the messages. */
export function valueWords(value: Value): string {
  if (value === null) return "nothing";
  if (isList(value)) return "a list";
  if (isMap(value)) return "a mapping";
  if (typeof value === "string") return "a string";
  if (typeof value === "boolean") return "a boolean";
  return "a number";
}

function expected(what: string, accepts: (value: Value) => boolean): Check {
  return (value, path, report) => {
    if (!accepts(value)) report({ path, message: `expected ${what}, found ${valueWords(value)}` });
  };
}

export const text: Check = expected("a string", (value) => typeof value === "string");
export const flag: Check = expected("true or false", (value) => typeof value === "boolean");
export const anything: Check = () => undefined;
export const nothing: Check = expected("nothing", (value) => value === null);

export function listCheck(item: Check, what = "a list"): Check {
  const isExpected = expected(what, isList);
  return (value, path, report) => {
    if (!isList(value)) return isExpected(value, path, report);
    for (const [index, entry] of value.entries()) item(entry, [...path, BigInt(index)], report);
  };
}

export function mapOf(item: Check, what = "a mapping"): Check {
  const isExpected = expected(what, isMap);
  return (value, path, report) => {
    if (!isMap(value)) return isExpected(value, path, report);
    for (const [key, entry] of value) {
      if (typeof key !== "string") report({ path: [...path, key], message: `the key ${String(key)} is not a string` });
      item(entry, [...path, key], report);
    }
  };
}

/** By kind: the check for a string, a list or a mapping; a value of a kind without a check is a problem. */
export function byKind(what: string, checks: { text?: Check; list?: Check; map?: Check; none?: Check }): Check {
  const wrong = expected(what, () => false);
  return (value, path, report) => {
    const check =
      value === null
        ? checks.none
        : typeof value === "string"
          ? checks.text
          : isList(value)
            ? checks.list
            : isMap(value)
              ? checks.map
              : undefined;
    (check ?? wrong)(value, path, report);
  };
}

function suggestion(key: string, known: readonly string[]): string {
  const [near] = nearest(key, known);
  return near === undefined ? "" : `, did you mean '${near}'?`;
}

export interface RecordShape {
  readonly required?: readonly string[];
  readonly fields: Readonly<Record<string, Check>>;
}

/** A mapping with known keys. */
export function record(shape: RecordShape): Check {
  const known = Object.keys(shape.fields);
  return (value, path, report) => {
    if (!isMap(value)) return report({ path, message: `expected a mapping, found ${valueWords(value)}` });
    for (const key of shape.required ?? [])
      if (!value.has(key)) report({ path, message: `the key '${key}' is missing` });
    for (const [key, entry] of value) {
      const check = typeof key === "string" && Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
      if (check === undefined)
        report({ path: [...path, key], message: `unknown key '${String(key)}'${suggestion(String(key), known)}` });
      else check(entry, [...path, key], report);
    }
  };
}

/** Differences between the parameters or metrics of two revisions (DVC 3.67.1, utils/diff.py). */
import { pythonRepr } from "../../base/python.ts";
import { isList, isMap, sameValue, type Value } from "../../base/value.ts";
import type { FileResult } from "../reading/types.ts";
import { flattenMap } from "./flatten.ts";

export interface ValueChange {
  readonly old: Value;
  readonly new: Value;
  /** new minus old, where both are numbers; booleans count as 0 and 1. */
  readonly difference: Value | undefined;
}

/** File to (dotted name to change). Files and names without a change are left out unless all are asked for. */
export type FilesDiff = ReadonlyMap<string, ReadonlyMap<string, ValueChange>>;

/** Lists are compared, and shown, as the text that Python prints. */
function comparable(value: Value): Value {
  return isList(value) ? pythonRepr(value) : value;
}

/** Leaves by name; a file that holds a single value has the name "". */
function leavesOf(result: FileResult | undefined): ReadonlyMap<string, Value> {
  if (result === undefined || result.kind === "error") return new Map();
  if (!isMap(result.data)) return new Map([["", comparable(result.data)]]);
  return new Map([...flattenMap(result.data)].map(([name, value]) => [name, comparable(value)]));
}

function isNumber(value: Value): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

function subtract(a: number | bigint | boolean, b: number | bigint | boolean): Value {
  if (typeof a === "number" || typeof b === "number") return Number(a) - Number(b);
  return BigInt(a) - BigInt(b);
}

/** Python's ==: 1, 1.0 and True are equal, NaN is not equal to itself. */
function isEqual(a: Value, b: Value): boolean {
  return isNumber(a) && isNumber(b) ? Number(a) === Number(b) : sameValue(a, b);
}

function changeOf(old: Value, current: Value): ValueChange {
  return { old, new: current, difference: isNumber(old) && isNumber(current) ? subtract(current, old) : undefined };
}

function diffLeaves(
  old: ReadonlyMap<string, Value>,
  current: ReadonlyMap<string, Value>,
  which: "changed" | "all",
): ReadonlyMap<string, ValueChange> {
  const changes = new Map<string, ValueChange>();
  for (const name of new Set([...old.keys(), ...current.keys()])) {
    const before = old.get(name) ?? null;
    const after = current.get(name) ?? null;
    if (which === "all" || !isEqual(before, after)) changes.set(name, changeOf(before, after));
  }
  return changes;
}

/** What changed from the old files to the new ones. What can't be read counts as empty. */
export function diffFiles(
  old: ReadonlyMap<string, FileResult>,
  current: ReadonlyMap<string, FileResult>,
  which: "changed" | "all",
): FilesDiff {
  const diff = new Map<string, ReadonlyMap<string, ValueChange>>();
  for (const file of new Set([...old.keys(), ...current.keys()])) {
    const changes = diffLeaves(leavesOf(old.get(file)), leavesOf(current.get(file)), which);
    if (changes.size > 0) diff.set(file, changes);
  }
  return diff;
}

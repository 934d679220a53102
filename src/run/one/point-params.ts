/** The parameter files of a point in its copy: a stage that writes them (`git stash`) gets a result of another point. */

import path from "node:path";
import { isExpected, SweeplineError } from "../../base/errors.ts";
import { readIfExists } from "../../base/files.ts";
import { pythonJson } from "../../base/python.ts";
import { type Value, valueAt } from "../../base/value.ts";
import type { OverrideText } from "../../experiments/record.ts";
import { readDataFile } from "../../params/data-file.ts";

/** By the name that the overrides have for the file. */
export type PointFiles = ReadonlyMap<string, Buffer>;

/** @param folder where the names start, in the copy */
export function readPointFiles(folder: string, overrides: readonly OverrideText[]): PointFiles {
  const names = new Set(overrides.map((override) => override.file));
  return new Map([...names].flatMap((name) => contentOf(folder, name)));
}

function contentOf(folder: string, name: string): [string, Buffer][] {
  try {
    const bytes = readIfExists(path.resolve(folder, name));
    return bytes === undefined ? [] : [[name, bytes]];
  } catch (error) {
    if (!isExpected(error)) throw error;
    // No file any more: what it held is gone.
    return [];
  }
}

/** What differs from what the point says, in words: `params.yaml: seed is 0, not 9`; undefined where nothing does. */
export async function changedParams(
  folder: string,
  overrides: readonly OverrideText[],
  before: PointFiles,
): Promise<string | undefined> {
  const after = readPointFiles(folder, overrides);
  const changed: string[] = [];
  for (const [name, bytes] of before) {
    const now = after.get(name);
    if (now?.equals(bytes)) continue;
    const [was, is] = [await valuesOf(name, bytes), await valuesOf(name, now)];
    const keys = new Set(overrides.filter((override) => override.file === name).map((override) => override.key));
    const differences = [...keys].flatMap((key) => differenceAt(key, was, is));
    if (differences.length > 0) changed.push(`${name}: ${differences.join(", ")}`);
  }
  return changed.length === 0 ? undefined : `the stages changed ${changed.join("; ")}`;
}

async function valuesOf(name: string, bytes: Buffer | undefined): Promise<Value> {
  try {
    return bytes === undefined ? null : await readDataFile({ path: name, bytes });
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    return null;
  }
}

function differenceAt(key: string, was: Value, is: Value): string[] {
  const [before, after] = [valueText(valueAt(was, key)), valueText(valueAt(is, key))];
  return before === after ? [] : [`${key} is ${after}, not ${before}`];
}

function valueText(value: Value | undefined): string {
  return value === undefined ? "gone" : pythonJson(value);
}

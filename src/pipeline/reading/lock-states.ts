/** What a dvc.lock and a .dvc file say about data: hash, size, number of files. Only that is read here. */
import { isList, isMap, type Value } from "../../base/value.ts";
import { scanYaml } from "../../yaml/scan.ts";

/** What is recorded of data; null: nothing is known. */
export interface DependencyState {
  readonly hash: string | null;
  readonly size: number | null;
  readonly nfiles: number | null;
}

export interface OutputState extends DependencyState {
  readonly useCache: boolean;
  /** The output of a .dvc file. */
  readonly isDataSource: boolean;
}

/** Data by path as the file names it, relative to the stage's working folder. */
export type DataStates = ReadonlyMap<string, DependencyState>;

interface LockedStage {
  readonly deps: DataStates;
  readonly outs: DataStates;
  /** Outputs whose entries are of DVC 2; absent where there are none. */
  readonly legacyOuts?: ReadonlySet<string>;
}

export type LockedStages = ReadonlyMap<string, LockedStage>;

export const noStages: LockedStages = new Map();

export const unknownData: DependencyState = { hash: null, size: null, nfiles: null };

/** A size or a count; a fraction, or more than any disk holds, is none. */
function numberOf(value: Value | undefined): number | null {
  const number = typeof value === "bigint" || typeof value === "number" ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) ? number : null;
}

/** The hash of local data, or the version of data elsewhere. */
function hashOf(item: ReadonlyMap<Value, Value>): string | null {
  for (const key of ["md5", "etag", "checksum"]) {
    const value = item.get(key);
    if (value !== undefined && value !== null) return String(value);
  }
  return null;
}

/** The items of a `deps` or `outs` list. */
export function dataStates(list: Value | undefined): DataStates {
  const states = new Map<string, DependencyState>();
  for (const item of isList(list) ? list : []) {
    if (!isMap(item)) continue;
    const path = item.get("path");
    if (typeof path !== "string") continue;
    states.set(path, { hash: hashOf(item), size: numberOf(item.get("size")), nfiles: numberOf(item.get("nfiles")) });
  }
  return states;
}

/** The paths of entries of DVC 2, which have no `hash: md5`. */
export function legacyPaths(list: Value | undefined): ReadonlySet<string> {
  const items = isList(list) ? list.filter(isMap) : [];
  const legacy = items.filter((item) => item.has("md5") && !item.has("hash"));
  return new Set(legacy.map((item) => String(item.get("path"))));
}

/** The stages of a parsed dvc.lock, of either schema. */
function lockedStages(data: Value): LockedStages {
  const stages = new Map<string, LockedStage>();
  if (!isMap(data)) return stages;
  const named = data.has("schema") ? data.get("stages") : data;
  for (const [name, stage] of isMap(named) ? named : [])
    if (isMap(stage)) {
      const legacyOuts = legacyPaths(stage.get("outs"));
      stages.set(String(name), {
        deps: dataStates(stage.get("deps")),
        outs: dataStates(stage.get("outs")),
        ...(legacyOuts.size === 0 ? {} : { legacyOuts }),
      });
    }
  return stages;
}

/** A stage's command and its parameters, as DVC and we write them. */
const passedOver = { indent: 4, keys: new Set(["cmd", "params"]) };

/**
 * The stages of a dvc.lock's text. One as DVC and we write it is scanned, 50 times faster than a YAML parser reads it: each
 * experiment has one of its own.
 * @param parse for any other text
 */
export function readLockStates(text: string, parse: () => Value): LockedStages {
  return lockedStages(scanYaml(text, passedOver) ?? parse());
}

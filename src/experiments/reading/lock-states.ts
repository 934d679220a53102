/**
 * What a dvc.lock and a .dvc file say about data: hash, size, number of files. Only that is read here, and a lock file
 * as DVC and we write it is read line by line, 50 times faster than by a YAML parser: each experiment has one of its own.
 */
import { isList, isMap, type Value } from "../../base/value.ts";
import type { DependencyState } from "./types.ts";

/** Data by path as the file names it, relative to the stage's working folder. */
export type DataStates = ReadonlyMap<string, DependencyState>;

export interface LockedStage {
  readonly deps: DataStates;
  readonly outs: DataStates;
}

export type LockedStages = ReadonlyMap<string, LockedStage>;

export const unknownData: DependencyState = { hash: null, size: null, nfiles: null };

function numberOf(value: Value | undefined): number | null {
  return typeof value === "bigint" || typeof value === "number" ? Number(value) : null;
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

/** The stages of a parsed dvc.lock, of either schema. */
export function lockedStages(data: Value): LockedStages {
  const stages = new Map<string, LockedStage>();
  if (!isMap(data)) return stages;
  const named = data.has("schema") ? data.get("stages") : data;
  for (const [name, stage] of isMap(named) ? named : [])
    if (isMap(stage))
      stages.set(String(name), { deps: dataStates(stage.get("deps")), outs: dataStates(stage.get("outs")) });
  return stages;
}

interface Item {
  path: string;
  hash: string | null;
  size: number | null;
  nfiles: number | null;
}

const stageLine = /^ {2}([\w@][\w@./-]*):$/;
const sectionLine = /^ {4}(cmd|deps|params|outs):(.*)$/;
const itemLine = /^ {4}(?:- | {2})(path|hash|md5|size|nfiles|isexec): (.+)$/;
/** Text that YAML reads as itself whatever its type: no quotes, no comment, no nested mapping. */
const plainText = /^[\w/.@+~-][\w/.@+~ =-]*$/;

/** Sets a field; false where the value has to be left to the YAML parser. */
function setField(item: Item, key: string, text: string): boolean {
  if (key === "path") {
    item.path = text;
    return plainText.test(text) && !text.endsWith(" ");
  }
  if (key === "md5") {
    item.hash = text;
    return /^[0-9a-f]{32}(?:\.dir)?$/.test(text) && /[a-f.]/.test(text);
  }
  if (key !== "size" && key !== "nfiles") return true;
  item[key] = Number(text);
  return /^(?:0|[1-9]\d{0,14})$/.test(text);
}

/** The stages of a dvc.lock in the usual layout; undefined where a YAML parser has to look. */
export function skimLock(text: string): LockedStages | undefined {
  const stages = new Map<string, { deps: Map<string, Item>; outs: Map<string, Item> }>();
  let stage: { deps: Map<string, Item>; outs: Map<string, Item> } | undefined;
  let section = "";
  let item: Item | undefined;
  const lines = text.split("\n");
  if (lines[0] !== "schema: '2.0'" || lines[1] !== "stages:") return undefined;
  for (let index = 2; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const isData = section === "deps" || section === "outs";
    if (line === "") continue;
    const stageName = stageLine.exec(line)?.[1];
    const found = stageName === undefined ? sectionLine.exec(line) : null;
    if (stageName !== undefined) {
      stage = { deps: new Map(), outs: new Map() };
      if (stages.has(stageName)) return undefined;
      stages.set(stageName, stage);
      section = "";
    } else if (found !== null) {
      section = found[1] ?? "";
      if (stage === undefined || ((section === "deps" || section === "outs") && found[2] !== "")) return undefined;
    } else if (isData && stage !== undefined) {
      const field = itemLine.exec(line);
      if (field === null) return undefined;
      const starts = line.startsWith("    - ");
      if (starts) item = { path: "", hash: null, size: null, nfiles: null };
      if (item === undefined || !setField(item, field[1] ?? "", field[2] ?? "")) return undefined;
      if (starts) {
        if (field[1] !== "path") return undefined;
        stage[section as "deps" | "outs"].set(item.path, item);
      }
    } else if (!/^ {6}| {4}- /.test(line) || section === "") return undefined;
  }
  return stages;
}

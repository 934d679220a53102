/** A stage's lock entry as plain data: to the mapping that is written and hashed, and back. */

import { compareCodePoints } from "../../base/python.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { defaultParamsFile } from "../../params/default-file.ts";
import type { LockEntry, LockItem } from "../types.ts";

function itemValue(item: LockItem): ValueMap {
  const map = new Map<Scalar, Value>([["path", item.path]]);
  if (item.hash !== undefined) map.set("hash", item.hash);
  if (item.checksum !== undefined) map.set("checksum", item.checksum);
  else if (item.etag !== undefined) map.set("etag", item.etag);
  else map.set("md5", item.md5);
  if (item.checksum === undefined || item.size > 0) map.set("size", BigInt(item.size));
  if (item.nfiles !== undefined) map.set("nfiles", BigInt(item.nfiles));
  if (item.isexec === true) map.set("isexec", true);
  return map;
}

function byPath(a: LockItem, b: LockItem): number {
  return compareCodePoints(a.path, b.path);
}

function sortedKeys(params: ValueMap): ValueMap {
  return new Map([...params].sort(([a], [b]) => compareCodePoints(String(a), String(b))));
}

/** params.yaml first, other files by name; keys of a file sorted, what is below them as it is. */
function paramsValue(params: LockEntry["params"]): ValueMap {
  const files = [...params.keys()].sort((a, b) =>
    a === b ? 0 : a === defaultParamsFile ? -1 : b === defaultParamsFile ? 1 : compareCodePoints(a, b),
  );
  return new Map(files.map((file) => [file, sortedKeys(params.get(file) ?? new Map())]));
}

/** The mapping that goes into dvc.lock: keys and items in DVC's order, empty parts left out. */
export function entryToValue(entry: LockEntry): ValueMap {
  const map = new Map<Scalar, Value>([["cmd", entry.cmd]]);
  if (entry.deps.length > 0) map.set("deps", [...entry.deps].sort(byPath).map(itemValue));
  if (entry.params.size > 0) map.set("params", paramsValue(entry.params));
  if (entry.outs.length > 0) map.set("outs", [...entry.outs].sort(byPath).map(itemValue));
  return map;
}

function isCount(value: Value | undefined): value is bigint {
  return typeof value === "bigint" && value >= 0n;
}

/** An item that DVC may have written; without an md5 (cloud versions, data sets) it never matches a file. */
function toItem(value: Value): LockItem | undefined {
  if (!isMap(value)) return undefined;
  const file = value.get("path");
  const md5 = value.get("md5");
  const size = value.get("size");
  const nfiles = value.get("nfiles");
  const checksum = value.get("checksum");
  const etag = value.get("etag");
  if (typeof file !== "string") return undefined;
  return {
    path: file,
    ...(value.get("hash") === "md5" ? { hash: "md5" as const } : {}),
    md5: typeof md5 === "string" ? md5 : "",
    ...(md5 === undefined && typeof checksum === "string" ? { checksum } : {}),
    ...(md5 === undefined && typeof etag === "string" ? { etag } : {}),
    size: isCount(size) ? Number(size) : 0,
    ...(isCount(nfiles) ? { nfiles: Number(nfiles) } : {}),
    ...(value.get("isexec") === true ? { isexec: true as const } : {}),
  };
}

function toItems(value: Value | undefined): LockItem[] | undefined {
  if (value === undefined || value === null) return [];
  if (!isList(value)) return undefined;
  const items = value.map(toItem).filter((item) => item !== undefined);
  return items.length === value.length ? items : undefined;
}

function toParams(value: Value | undefined): LockEntry["params"] | undefined {
  const params = new Map<string, ValueMap>();
  if (value === undefined || value === null) return params;
  if (!isMap(value)) return undefined;
  for (const [file, keys] of value) {
    if (!isMap(keys) && keys !== null) return undefined;
    params.set(String(file), keys ?? new Map());
  }
  return params;
}

function toCommand(value: Value | undefined): LockEntry["cmd"] | undefined {
  if (typeof value === "string") return value;
  if (!isList(value)) return undefined;
  const commands = value.filter((each) => typeof each === "string");
  return commands.length === value.length ? commands : undefined;
}

/** The entry that a mapping of a lock file or of the run-cache stands for; undefined where it is none. */
export function valueToEntry(value: Value | undefined): LockEntry | undefined {
  if (!isMap(value)) return undefined;
  const cmd = toCommand(value.get("cmd"));
  const deps = toItems(value.get("deps"));
  const params = toParams(value.get("params"));
  const outs = toItems(value.get("outs"));
  if (cmd === undefined || deps === undefined || params === undefined || outs === undefined) return undefined;
  return { cmd, deps, params, outs };
}

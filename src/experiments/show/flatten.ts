/** Nested values as rows: `nested.acc`. */
import { isMap, type Value, type ValueMap } from "../../base/value.ts";
import type { FileResult } from "../reading/types.ts";

function collect(map: ValueMap, prefix: string, into: Map<string, Value>): void {
  for (const [key, value] of map) {
    const name = prefix === "" ? String(key) : `${prefix}.${String(key)}`;
    if (isMap(value)) collect(value, name, into);
    else into.set(name, value);
  }
}

/** Dotted keys to leaves, in order; lists are leaves, empty mappings vanish (as DVC's tables have it). */
export function flattenMap(map: ValueMap): ReadonlyMap<string, Value> {
  const flat = new Map<string, Value>();
  collect(map, "", flat);
  return flat;
}

/** The leaves of a file; a file that holds a single value has one row, named after the file. */
export function flattenFile(file: string, result: FileResult): ReadonlyMap<string, Value> {
  if (result.kind === "error") return new Map();
  return isMap(result.data) ? flattenMap(result.data) : new Map([[file, result.data]]);
}

/** Metrics of all files as one flat view: `acc`, and `metrics.json:acc` where a name occurs in several files. */
export function flattenMetrics(files: ReadonlyMap<string, FileResult>): ReadonlyMap<string, Value> {
  const flat = [...files].map(([file, result]) => ({ file, rows: flattenFile(file, result) }));
  const times = new Map<string, number>();
  for (const { rows } of flat) for (const name of rows.keys()) times.set(name, (times.get(name) ?? 0) + 1);
  const view = new Map<string, Value>();
  for (const { file, rows } of flat)
    for (const [name, value] of rows) view.set((times.get(name) ?? 0) > 1 ? `${file}:${name}` : name, value);
  return view;
}

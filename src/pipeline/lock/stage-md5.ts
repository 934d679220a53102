/** The `md5` at the top of a .dvc file of an import: of what it says, but for sizes and notes (dvc/stage/utils.py: compute_md5). */
import { pythonJson } from "../../base/python.ts";
import { isList, isMap, type Value, type ValueMap } from "../../base/value.ts";
import { hashBytes } from "../../store/hash.ts";

const topKeys = new Set(["md5", "meta", "desc"]);
const keysAnywhere = new Set([
  ...["desc", "type", "labels", "meta", "locked", "frozen", "metric", "persist", "isexec", "size", "nfiles"],
]);

function counted(value: Value): Value {
  if (isList(value)) return value.map(counted);
  if (!isMap(value)) return value;
  return new Map(
    [...value].filter(([key]) => !keysAnywhere.has(String(key))).map(([key, item]) => [key, counted(item)]),
  );
}

export function stageMd5(file: ValueMap): string {
  const isCounted = (key: unknown, value: Value) => !topKeys.has(String(key)) && !(key === "wdir" && value === ".");
  const kept = new Map([...file].filter(([key, value]) => isCounted(key, value)));
  return hashBytes(pythonJson(counted(kept), { order: "sorted" }));
}

/** Names that are hashes of lock entries: of run-cache entries, and of an experiment. */
import { createHash } from "node:crypto";
import { compareCodePoints, pythonJson } from "../../base/python.ts";
import { isList, isMap, type Scalar, type Value } from "../../base/value.ts";
import type { LockEntry, StageAddress } from "../types.ts";
import { entryToValue } from "./entry.ts";

function sha256OfJson(value: Value): string {
  return createHash("sha256")
    .update(pythonJson(value, { order: "sorted" }))
    .digest("hex");
}

/** DVC leaves out every key of these names, however deep: a parameter called `size` too. */
function withoutSizes(value: Value): Value {
  if (isList(value)) return value.map(withoutSizes);
  if (!isMap(value)) return value;
  const kept = [...value].filter(([key]) => key !== "size" && key !== "nfiles");
  return new Map(kept.map(([key, item]) => [key, withoutSizes(item)]));
}

/** What a run is made of: command, dependencies, parameters and the names of its outputs. */
export function runCacheKey(entry: LockEntry): string {
  const value = new Map<Scalar, Value>(entryToValue(entry));
  value.set("outs", [...entry.outs.map((out) => out.path)].sort(compareCodePoints));
  return sha256OfJson(withoutSizes(value));
}

/** What a run is made of and what came out. */
export function runCacheValue(entry: LockEntry): string {
  return sha256OfJson(withoutSizes(entryToValue(entry)));
}

/** A stage's name without its file: `sub/dvc.yaml:train` is `train`. */
function stageName(address: StageAddress): string {
  const match = /^.*?\.ya?ml:(.*)$/s.exec(address);
  return match?.[1] ?? address;
}

/**
 * The hash in an experiment's commit message: of the lock entries of the pipeline stages that were run or restored (those
 * skipped as unchanged do not count). A name that occurs in two files counts once, the later.
 */
export function experimentHash(entries: ReadonlyMap<StageAddress, LockEntry>): string {
  const stages = new Map<Scalar, Value>();
  for (const [address, entry] of entries) stages.set(stageName(address), entryToValue(entry));
  return sha256OfJson(stages);
}

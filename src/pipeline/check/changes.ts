/** What has changed at a stage since its lock entry was written: DVC's rules (dvc/stage/__init__.py, output.py, param.py). */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { quotedList } from "../../base/text/listing.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { trackedValue } from "../../params/select.ts";
import { unstorableIn } from "../../params/text/unstorable.ts";
import { hashData, hasSoundData } from "../../store/data.ts";
import type { DataHash } from "../../store/hash.ts";
import { hashLegacyData } from "../../store/legacy.ts";
import { bucketVersion, isBucketAddress, lookInBucket } from "../../store/remotes/bucket-data.ts";
import { lookAtWebFile } from "../../store/web-file.ts";
import { isUrl, isWebUrl } from "../paths.ts";
import type { LockEntry, LockItem, ParamsSpec, Stage } from "../types.ts";
import { shownItem, stageSubject, type Work } from "./work.ts";

export type ItemStatus = "modified" | "deleted" | "new" | "not in cache";

/** One changed dependency, output or parameter file. */
export interface ItemChange {
  /** As in the stage: relative to its working folder. */
  readonly path: string;
  /** As messages name it. */
  readonly shown: string;
  readonly status: ItemStatus | ReadonlyMap<string, ItemStatus>;
}

/** A stage without dependencies and outputs always runs. */
export function isCallback(stage: Stage): boolean {
  return stage.cmd !== null && stage.deps.length === 0 && stage.params.length === 0 && stage.outs.length === 0;
}

export function alwaysRuns(stage: Stage): boolean {
  return isCallback(stage) || stage.alwaysChanged;
}

function numeric(value: Value): number | undefined {
  return typeof value === "bigint" || typeof value === "number" ? Number(value) : undefined;
}

/** Equality as DVC sees it: Python's, in which 1 equals 1.0. A NaN equals itself, or its stage would run for ever. */
function sameParameter(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === "bigint" && typeof b === "bigint") return false;
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) return left === right || (Number.isNaN(left) && Number.isNaN(right));
  if (isList(a) && isList(b))
    return a.length === b.length && a.every((item, index) => sameParameter(item, b[index] ?? null));
  return isMap(a) && isMap(b) && sameMap(a, b);
}

function sameMap(a: ValueMap, b: ValueMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !sameParameter(value, other)) return false;
  }
  return true;
}

export function commandChanged(stage: Stage, recorded: LockEntry | undefined): boolean {
  if (recorded === undefined || stage.cmd === null) return false;
  if (typeof stage.cmd === "string" || typeof recorded.cmd === "string") return stage.cmd !== recorded.cmd;
  return stage.cmd.join("\0") !== recorded.cmd.join("\0");
}

/** Bytes and complex numbers, which DVC fails on too when it writes its lock file. */
function refuseUnstorable({ keys }: ParamsSpec, values: Value): void {
  const isTracked = (key: string): boolean =>
    keys === null || keys.some((name) => name === key || name.startsWith(`${key}.`) || key.startsWith(`${name}.`));
  const found = unstorableIn(values).find(({ path: names }) => isTracked(names.join(".")));
  if (found === undefined) return;
  throw new SweeplineError({
    code: "PARAMS_NOT_STORABLE",
    message: `${found.place}: '${found.path.join(".")}' holds bytes or a complex number, which a lock file can't`,
    hint: "Track the file's other keys by name in dvc.yaml, or write the value as a string.",
  });
}

/**
 * The parameters of one file that a stage names, as they are now. A key that the file lacks is left out.
 * Throws PARAMS_NOT_STORABLE for a value that is no JSON, PARAM_AMBIGUOUS for a pattern that matches several keys.
 */
export function currentParams(params: ParamsSpec, values: Value): ValueMap {
  refuseUnstorable(params, values);
  if (params.keys === null) return isMap(values) ? values : new Map();
  const found = new Map<Scalar, Value>();
  for (const key of params.keys) {
    const value = trackedValue(values, key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

function keyStatus(now: Value | undefined, before: Value | undefined): ItemStatus | undefined {
  if (now === undefined) return "deleted";
  if (before === undefined) return "new";
  return sameParameter(now, before) ? undefined : "modified";
}

function paramsChange(work: Work, stage: Stage, spec: ParamsSpec): ItemChange["status"] | undefined {
  const values = work.readParams(path.resolve(stage.workingFolder, spec.file));
  if (values === undefined) return "deleted";
  const before = work.recorded(stage)?.params.get(spec.file);
  if (before === undefined) return "new";
  const now = currentParams(spec, values);
  const keys = spec.keys ?? new Set([...now.keys(), ...before.keys()].map(String));
  const changes = new Map<string, ItemStatus>();
  for (const key of keys) {
    const status = keyStatus(now.get(key), before.get(key));
    if (status !== undefined) changes.set(key, status);
  }
  return changes.size > 0 ? changes : undefined;
}

const itemsByPath = new WeakMap<readonly LockItem[], ReadonlyMap<string, LockItem>>();

export function recordedItem(items: readonly LockItem[] | undefined, name: string): LockItem | undefined {
  if (items === undefined) return undefined;
  const byPath = itemsByPath.get(items) ?? new Map(items.map((item) => [item.path, item]));
  itemsByPath.set(items, byPath);
  return byPath.get(name);
}

/** The hash of data now, taken as the record's was: an entry of DVC 2 has none of `hash: md5`, and text there is without CR. */
export async function hashLike(
  cache: Work["cache"],
  absolute: string,
  recorded: LockItem | undefined,
): Promise<DataHash | undefined> {
  const now = await hashData(cache, absolute);
  if (now === undefined || recorded === undefined || recorded.hash !== undefined) return now;
  // Most files have no CR, and then both hashes are one.
  return now.md5 === recorded.md5 ? now : hashLegacyData(cache, absolute);
}

/** Whether it can be told if data elsewhere has changed. */
export function isSeen(project: Work["project"], address: string): boolean {
  return isWebUrl(address) || isBucketAddress(project, address);
}

/** What can't be looked at counts as unchanged once it is on record. */
async function urlChange(
  { project }: Work,
  address: string,
  before: LockItem | undefined,
): Promise<ItemStatus | undefined> {
  if (!isSeen(project, address)) return before === undefined ? "new" : undefined;
  if (!isWebUrl(address)) {
    const facts = await lookInBucket(project, address);
    if (facts === undefined) return "deleted";
    return bucketVersion(facts) === (before?.etag ?? before?.md5) ? undefined : "modified";
  }
  const { file } = await lookAtWebFile(address);
  if (file === undefined) return "deleted";
  return file.checksum === before?.checksum ? undefined : "modified";
}

async function dependencyChange(work: Work, stage: Stage, dependency: string): Promise<ItemStatus | undefined> {
  const before = recordedItem(work.recorded(stage)?.deps, dependency);
  if (isUrl(dependency)) return stage.cmd === null ? undefined : urlChange(work, dependency, before);
  const now = await hashLike(work.cache, path.resolve(stage.workingFolder, dependency), before);
  if (now === undefined) return "deleted";
  return now.md5 === before?.md5 ? undefined : "modified";
}

/** Dependencies that count as unchanged because nobody here can look at them, in words; undefined where there are none. */
export function unseenWords(work: Work, stage: Stage): string | undefined {
  const unseen =
    stage.cmd === null || stage.frozen ? [] : stage.deps.filter((dep) => isUrl(dep) && !isSeen(work.project, dep));
  if (unseen.length === 0) return undefined;
  const names = quotedList(unseen.map(withoutCredentials));
  const what = `whether ${names} ${unseen.length === 1 ? "has" : "have"} changed is not known`;
  return `${stageSubject(work, stage)}: ${what}: sweepline asks only web servers and buckets of S3. \`dvc status\` and \`dvc repro\` look.`;
}

/** Changed dependencies, then changed parameters, in the order of the stage's definition. */
export async function changedDependencies(work: Work, stage: Stage): Promise<ItemChange[]> {
  const changes: ItemChange[] = [];
  const add = (name: string, status: ItemChange["status"] | undefined) => {
    if (status !== undefined) changes.push({ path: name, shown: shownItem(work, stage, name), status });
  };
  for (const dependency of stage.deps) add(dependency, await dependencyChange(work, stage, dependency));
  for (const spec of stage.params) add(spec.file, paramsChange(work, stage, spec));
  return changes;
}

/** What differs from the record in the workspace, whatever the cache holds. */
async function workspaceChange(
  work: Work,
  absolute: string,
  item: LockItem | undefined,
): Promise<ItemStatus | undefined> {
  const now = await hashLike(work.cache, absolute, item);
  if (now === undefined) return "deleted";
  return now.md5 === item?.md5 ? undefined : "modified";
}

type OutputChange = (
  absolute: string,
  recorded: { item: LockItem | undefined; isCached: boolean },
) => Promise<ItemStatus | undefined>;

async function outputsThat(change: OutputChange, work: Work, stage: Stage): Promise<ItemChange[]> {
  const changes: ItemChange[] = [];
  const recorded = work.recorded(stage)?.outs;
  for (const output of stage.outs) {
    const absolute = path.resolve(stage.workingFolder, output.path);
    const status = await change(absolute, { item: recordedItem(recorded, output.path), isCached: output.cache });
    if (status !== undefined) changes.push({ path: output.path, shown: shownItem(work, stage, output.path), status });
  }
  return changes;
}

/** Outputs that are not as recorded, or whose data the cache lacks. A record without a hash names no data (DVC: output.py: status). */
export function changedOutputs(work: Work, stage: Stage): Promise<ItemChange[]> {
  return outputsThat(
    async (absolute, { item, isCached }) =>
      item !== undefined && item.md5 !== "" && isCached && !(await hasSoundData(work.cache, item.md5))
        ? "not in cache"
        : await workspaceChange(work, absolute, item),
    work,
    stage,
  );
}

/** Outputs that are not as recorded; those that only the cache lacks are what `commit` is for, as in DVC. */
export function changedInWorkspace(work: Work, stage: Stage): Promise<ItemChange[]> {
  return outputsThat((absolute, { item }) => workspaceChange(work, absolute, item), work, stage);
}

/** A stage's lock entry, made from what is in the workspace now. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import type { ValueMap } from "../../base/value.ts";
import { hashData } from "../../store/data.ts";
import type { DataHash } from "../../store/hash.ts";
import { isBucketAddress, lookInBucket } from "../../store/remotes/bucket-data.ts";
import { lookAtWebFile } from "../../store/web-file.ts";
import { currentParams, hashLike, recordedItem } from "../check/changes.ts";
import { shownItem, type Work } from "../check/work.ts";
import { isUrl, isWebUrl } from "../paths.ts";
import type { LockEntry, LockItem, ParamsSpec, Stage } from "../types.ts";

/** What a stage reads: the part of the entry that is known before it runs. */
export type StageInputs = Pick<LockEntry, "deps" | "params">;

export function lockItem(name: string, hash: DataHash): LockItem {
  return { path: name, hash: "md5", ...hash };
}

function missingDependency(shown: string, file: string): SweeplineError {
  const message = `dependency '${shown}' does not exist`;
  return new SweeplineError({ code: "DEPENDENCY_MISSING", message, missing: [file] });
}

async function webItem(address: string): Promise<LockItem> {
  const answer = await lookAtWebFile(address);
  if (answer.file !== undefined)
    return { path: address, hash: "md5", md5: "", checksum: answer.file.checksum, size: answer.file.size ?? 0 };
  const message = `dependency '${withoutCredentials(address)}' does not exist: ${answer.why}`;
  throw new SweeplineError({ code: "DEPENDENCY_MISSING", message });
}

/** Data in a bucket, as DVC records it: a file by its ETag, a folder by the hash of theirs. */
async function bucketItem(work: Work, address: string): Promise<LockItem> {
  const facts = await lookInBucket(work.project, address);
  if (facts !== undefined) return { path: address, hash: "md5", md5: "", ...facts };
  const message = `dependency '${withoutCredentials(address)}' does not exist`;
  throw new SweeplineError({ code: "DEPENDENCY_MISSING", message });
}

async function hashDependency(work: Work, stage: Stage, name: string): Promise<LockItem> {
  const shown = shownItem(work, stage, name);
  if (isWebUrl(name)) return webItem(name);
  if (isUrl(name) && isBucketAddress(work.project, name)) return bucketItem(work, name);
  if (isUrl(name))
    throw new SweeplineError({
      code: "DEPENDENCY_REMOTE",
      message: `dependency '${shown}' is not a local file`,
      hint: "Files here, of web servers and in buckets of S3 are supported: download it in a stage of its own, or use `dvc repro`.",
    });
  const target = path.resolve(stage.workingFolder, name);
  const recorded = recordedItem(work.recorded(stage)?.deps, name);
  const hash = await hashLike(work.cache, target, recorded);
  if (hash === undefined) throw missingDependency(shown, target);
  if (recorded === undefined || recorded.hash !== undefined) return lockItem(name, hash);
  // As DVC: an entry of DVC 2 stays one until the data changes.
  if (recorded.md5 === hash.md5) return recorded;
  return lockItem(name, (await hashData(work.cache, target)) ?? hash);
}

/** Throws PARAMS_MISSING where the file lacks one that the stage names. */
function readStageParams(work: Work, stage: Stage, spec: ParamsSpec): ValueMap {
  const shown = shownItem(work, stage, spec.file);
  const file = path.resolve(stage.workingFolder, spec.file);
  const values = work.readParams(file);
  if (values === undefined) throw missingDependency(shown, file);
  const found = currentParams(spec, values);
  const missing = (spec.keys ?? []).filter((key) => !found.has(key));
  if (missing.length > 0)
    throw new SweeplineError({
      code: "PARAMS_MISSING",
      message: `Parameters '${missing.join(", ")}' are missing from '${shown}'.`,
    });
  return found;
}

/**
 * Hashes of dependencies and values of parameters, in the order of the stage: `entryToValue` knows that of lock files. Errors: DEPENDENCY_MISSING, PARAMS_MISSING, those of a
 * broken file.
 */
export async function readInputs(work: Work, stage: Stage): Promise<StageInputs> {
  const deps: LockItem[] = [];
  for (const name of stage.deps) deps.push(await hashDependency(work, stage, name));
  const params = stage.params.map((spec) => [spec.file, readStageParams(work, stage, spec)] as const);
  return { deps, params: new Map(params) };
}

/** Data that .dvc files track, as it lies in the workspace now: what a queued experiment starts from. */
import path from "node:path";
import { lstatIfExists, readPlainFile } from "../../base/files.ts";
import { type Cache, hasData } from "../../store/cache.ts";
import { addToCache, hashData } from "../../store/data.ts";
import { replaceHash } from "../../store/dvc-file.ts";
import { isDangling, isLinkToObject, listAllFiles } from "../../store/walk.ts";
import type { DataStage } from "../reading/data-stage.ts";
import type { ProjectStages } from "../reading/project-stages.ts";

export interface ChangedDataFile {
  /** The .dvc file, relative to the project's root. */
  readonly file: string;
  /** What it has to say. */
  readonly text: string;
}

/**
 * Puts data that was changed since `add`, and data that the cache lacks, into the cache, and answers the .dvc files that
 * would name it. The workspace is not touched. Data that is missing, frozen or imported is passed over. (DVC commits the
 * data before it queues an experiment.)
 */
export async function commitChangedData(stages: ProjectStages, cache: Cache): Promise<readonly ChangedDataFile[]> {
  const changed: ChangedDataFile[] = [];
  for (const data of stages.dataStages.values()) {
    const file = await changedFile(stages.project.root, data, cache);
    if (file !== undefined) changed.push(file);
  }
  return changed;
}

function leadsNowhere(cache: Cache, target: string): boolean {
  if (lstatIfExists(target)?.isDirectory() !== true) return false;
  return listAllFiles(target, cache.rules).some(({ file }) => isDangling(file) && isLinkToObject(file));
}

async function changedFile(
  root: string,
  { stage, recorded }: DataStage,
  cache: Cache,
): Promise<ChangedDataFile | undefined> {
  const [output, ...others] = stage.outs;
  if (output === undefined || others.length > 0 || !output.cache || stage.frozen || stage.deps.length > 0)
    return undefined;
  const target = path.resolve(stage.workingFolder, output.path);
  // Links to a cache that was moved: the data is elsewhere, not changed.
  if (leadsNowhere(cache, target)) return undefined;
  const now = await hashData(cache, target);
  if (now === undefined) return undefined;
  const isRecorded = recorded.outs.some((item) => item.path === output.path && item.md5 === now.md5);
  if (!isRecorded || !hasData(cache, now.md5)) await addToCache(cache, target);
  if (isRecorded) return undefined;
  const text = replaceHash(readPlainFile(path.join(root, stage.file)).toString(), now);
  return text === undefined ? undefined : { file: stage.file, text };
}

/** Before a run in a copy of the workspace: the outputs that lock files and .dvc files name are brought from the cache. */
import path from "node:path";
import { removeTree } from "../../base/files.ts";
import { type Cache, hasData, isDataLost, openCache } from "../../store/cache.ts";
import { checkoutData } from "../../store/checkout.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import type { ProjectStages } from "../reading/project-stages.ts";
import type { LockEntry, LockItem, Stage } from "../types.ts";
import { openLockBook } from "./lock-book.ts";

type Passed = (output: string, problem: string) => void;

/** A broken object, which is removed now, is as good as none; but data that no stage makes is needed. */
async function restoreOutput(cache: Cache, { stage, item }: { stage: Stage; item: LockItem }, passed: Passed) {
  try {
    await checkoutData(cache, item, path.resolve(stage.workingFolder, item.path));
  } catch (error) {
    if (stage.cmd === null || !isDataLost(error)) throw error;
    removeTree(path.resolve(stage.workingFolder, item.path));
    passed(item.path, error.message);
  }
}

async function restoreStage(
  cache: Cache,
  { stage, entry }: { stage: Stage; entry: LockEntry | undefined },
  passed: Passed,
): Promise<void> {
  const recorded = new Map(entry?.outs.map((item) => [item.path, item]));
  for (const output of stage.outs) {
    const item = recorded.get(output.path);
    if (!output.cache || item === undefined || !hasData(cache, item.md5)) continue;
    await restoreOutput(cache, { stage, item }, passed);
  }
}

/**
 * Makes every cached output of the project what its lock file or .dvc file says. Data that the cache lacks is passed over: the
 * stage that makes it will run. `passed` is told of what turned out to be broken. What lies at an output's path is replaced, so this is for copies, not for the user's workspace.
 */
export async function restoreProject(
  stages: ProjectStages,
  passed: Passed,
  cache: Cache = openCache(stages.project),
): Promise<void> {
  const { project } = stages;
  checkBoundaries(project.root, stages.stages);
  const locks = await openLockBook(project.root, stages.stages, []);
  for (const stage of stages.stages) {
    const entry = stage.cmd === null ? stages.dataStages.get(stage.address)?.recorded : locks.entry(stage);
    await restoreStage(cache, { stage, entry }, passed);
  }
}

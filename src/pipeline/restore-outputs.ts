/** Before a run in a copy of the workspace: the outputs that lock files and .dvc files name are brought from the cache. */
import path from "node:path";
import { type Cache, hasData, openCache } from "../store/cache.ts";
import { checkoutData } from "../store/checkout.ts";
import { checkBoundaries } from "./boundaries.ts";
import type { ProjectStages } from "./project-stages.ts";
import { openLockBook } from "./run/lock-book.ts";
import type { LockEntry, Stage } from "./types.ts";

async function restoreStage(cache: Cache, stage: Stage, entry: LockEntry | undefined): Promise<void> {
  const recorded = new Map(entry?.outs.map((item) => [item.path, item]));
  for (const output of stage.outs) {
    const item = recorded.get(output.path);
    if (!output.cache || item === undefined || !hasData(cache, item.md5)) continue;
    await checkoutData(cache, item, path.resolve(stage.workingFolder, output.path));
  }
}

/**
 * Makes every cached output of the project what its lock file or .dvc file says. Data that the cache lacks is passed over: the
 * stage that makes it will run. What lies at an output's path is replaced, so this is for copies, not for the user's workspace.
 */
export async function restoreOutputs(stages: ProjectStages, cache: Cache = openCache(stages.project)): Promise<void> {
  const { project } = stages;
  checkBoundaries(project.root, stages.stages);
  const locks = await openLockBook(project.root, stages.stages, []);
  for (const stage of stages.stages) {
    const entry = stage.cmd === null ? stages.dataStages.get(stage.address)?.recorded : locks.entry(stage);
    await restoreStage(cache, stage, entry);
  }
}

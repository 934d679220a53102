/** Before a run in a copy of the workspace: the outputs that lock files and .dvc files name are brought from the cache. */
import path from "node:path";
import { lstatIfExists, removeTree } from "../../base/files.ts";
import { type Cache, hasData, isDataLost, openCache } from "../../store/cache.ts";
import { checkoutData } from "../../store/checkout.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import type { ProjectStages } from "../reading/project-stages.ts";
import type { LockItem, Stage } from "../types.ts";
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

async function restoreStages(
  stages: ProjectStages,
  chosen: readonly Stage[],
  { cache, passed, isWanted }: { cache: Cache; passed: Passed; isWanted(file: string): boolean },
): Promise<void> {
  checkBoundaries(stages.project.root, chosen);
  const locks = await openLockBook(stages.project.root, chosen, []);
  for (const stage of chosen) {
    const entry = stage.cmd === null ? stages.dataStages.get(stage.address)?.recorded : locks.entry(stage);
    const recorded = new Map(entry?.outs.map((item) => [item.path, item]));
    for (const output of stage.outs) {
      const item = recorded.get(output.path);
      const file = path.resolve(stage.workingFolder, output.path);
      if (!output.cache || item === undefined || !hasData(cache, item.md5) || !isWanted(file)) continue;
      await restoreOutput(cache, { stage, item }, passed);
    }
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
  await restoreStages(stages, stages.stages, { cache, passed, isWanted: () => true });
}

/**
 * Brings outputs of these stages that are not in the workspace at all and that the cache has, as DVC does before an experiment
 * runs there. What lies there stays.
 */
export function restoreAbsent(
  stages: ProjectStages,
  steps: readonly Stage[],
  { cache, passed }: { cache: Cache; passed: Passed },
): Promise<void> {
  const isWanted = (file: string) => lstatIfExists(file) === undefined;
  const lacking = steps.filter((stage) =>
    stage.outs.some((output) => output.cache && isWanted(path.resolve(stage.workingFolder, output.path))),
  );
  return restoreStages(stages, lacking, { cache, passed, isWanted });
}

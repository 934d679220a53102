/** `destroy`: a project is none any more. Data that lies in the workspace stays, as files of one's own. */
import path from "node:path";
import { removeFile, removeTree } from "../../base/files.ts";
import type { Project } from "../../project/project.ts";
import { openCache } from "../../store/cache.ts";
import { unprotectData } from "../../store/unprotect.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import type { WorkspaceLock } from "../locks/workspace-lock.ts";
import { lockFileOf } from "../paths.ts";
import { loadProjectStages } from "../reading/project-stages.ts";

/** Removes pipeline files and lock files; what links into the cache becomes a copy first. Errors: LOCKED, those of broken files. */
export async function removePipelines(project: Project, lock: WorkspaceLock): Promise<void> {
  lock.refuseBusy("anything");
  const stages = await loadProjectStages(project);
  checkBoundaries(project.root, stages.stages);
  const cache = openCache(project);
  for (const stage of stages.stages)
    for (const output of stage.outs) unprotectData(cache, path.resolve(stage.workingFolder, output.path));
  for (const { file, kind } of stages.files) {
    const absolute = path.join(project.root, file);
    if (kind === "pipeline") removeFile(lockFileOf(absolute));
    removeFile(absolute);
  }
}

/** Last: without it nothing else would be found again. A cache elsewhere may be somebody else's too, and stays. */
export function removeProjectFolder({ root, dvcDir }: Project): void {
  removeFile(path.join(root, ".dvcignore"));
  removeTree(dvcDir);
}

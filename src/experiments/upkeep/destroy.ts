/** `destroy`: a project is none any more. */
import { SweeplineError } from "../../base/errors.ts";
import { removePipelines, removeProjectFolder } from "../../pipeline/edit/destroy.ts";
import type { WorkspaceLock } from "../../pipeline/locks/workspace-lock.ts";
import type { Project } from "../../project/project.ts";
import { runningSequences } from "../queue/entries.ts";
import { openExperiments } from "../repository.ts";

/** Does work with the workspace's lock held. */
export type WithLock = (work: (lock: WorkspaceLock) => Promise<void>) => Promise<void>;

function refuseRunning(project: Project): void {
  const running = project.gitRoot === null ? 0 : runningSequences(openExperiments(project)).size;
  if (running > 0)
    throw new SweeplineError({
      code: "LOCKED",
      message: `${running} experiments are running here`,
      hint: "`sweepline queue stop --kill` ends those in the background.",
    });
}

/**
 * Removes pipeline files, lock files, settings and the cache, which holds the lock too: it goes last. Errors: LOCKED where
 * experiments run or another process is at work, those of broken files.
 */
export async function destroyProject(project: Project, withLock: WithLock): Promise<void> {
  refuseRunning(project);
  await withLock((lock) => removePipelines(project, lock));
  removeProjectFolder(project);
}

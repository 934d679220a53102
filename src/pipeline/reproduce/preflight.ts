/** What can be told before anything of a run is written: for whoever queues it, or edits parameters for it. */
import path from "node:path";
import { checkBoundaries } from "../check/boundaries.ts";
import { missingInputs } from "../check/missing-inputs.ts";
import { loadLock } from "../lock/file.ts";
import { lockFileOf } from "../paths.ts";
import type { ProjectStages } from "../reading/project-stages.ts";
import { reproductionError } from "./failure-words.ts";
import type { ReproduceOptions } from "./options.ts";
import { type PlanOptions, stepsOfRun } from "./plan.ts";

export type PreflightOptions = PlanOptions & Pick<ReproduceOptions, "onError" | "allowMissing">;

/**
 * Refuses what `reproduce` would refuse before its first stage: targets that name nothing, outputs outside the project
 * (OUTSIDE_PROJECT), lock files that can't be read (LOCK_BROKEN, LOCK_CONFLICTED, LOCK_NEWER), and missing dependencies
 * and working folders (DEPENDENCY_MISSING). Not parameters: they may be about to be set.
 * @param folder the folder of the command, absolute
 */
export async function preflight(stages: ProjectStages, options: PreflightOptions, folder: string): Promise<void> {
  const { project } = stages;
  const steps = stepsOfRun(stages, options, folder);
  checkBoundaries(project.root, steps);
  for (const file of new Set(steps.filter((step) => step.cmd !== null).map((step) => lockFileOf(step.file))))
    await loadLock(path.join(project.root, file), file);
  if (options.onError !== "stop" || options.allowMissing) return;
  const failures = missingInputs(stages, steps, { project, folder, kinds: "files" });
  if (failures.length > 0) throw reproductionError(failures, options.onError);
}

/** The next command after a crash, whatever it is, ends the stages of dead runs. */
import path from "node:path";
import { isExpected } from "../base/errors.ts";
import { stateLayout } from "../experiments/layout.ts";
import { leavesTraces } from "../experiments/recovery/dead-run-traces.ts";
import { findDvcDir } from "../project/upwards.ts";

/**
 * @param folder of the command
 * A repository that can't be written to, or not be opened, is the command's own business. */
export async function endDeadRuns(folder: string): Promise<void> {
  try {
    const dvcDir = findDvcDir(folder);
    if (dvcDir === null) return;
    const state = stateLayout({ tmpDir: path.join(dvcDir, "tmp") });
    if (!leavesTraces(state)) return;
    const [{ hasDeadStages, hasLostCheckpoint }, { endDeadStages }] = await Promise.all([
      import("../experiments/recovery/dead-runs.ts"),
      import("../experiments/recovery/stage-tables.ts"),
    ]);
    await endDeadStages(state);
    if (!hasDeadStages(state) && !hasLostCheckpoint(state)) return;
    const [{ openExperiments }, { recoverDeadRuns }, { openProject }] = await Promise.all([
      import("../experiments/repository.ts"),
      import("../experiments/recovery/recovery.ts"),
      import("../project/open.ts"),
    ]);
    await recoverDeadRuns(openExperiments(openProject(folder)));
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

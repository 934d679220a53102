/** The next command after a crash, whatever it is, ends the stages of dead runs. */
import path from "node:path";
import { SweeplineError, systemErrorCode } from "../base/errors.ts";
import { hasDeadStages } from "../experiments/dead-runs.ts";
import { stateLayout } from "../experiments/layout.ts";
import { endDeadStages } from "../experiments/stage-tables.ts";
import { findDvcDir, openProject } from "../store/open.ts";

/** A repository that can't be written to, or not be opened, is the command's own business. */
export async function endDeadRuns(): Promise<void> {
  try {
    const dvcDir = findDvcDir(process.cwd());
    if (dvcDir === null) return;
    const state = stateLayout({ tmpDir: path.join(dvcDir, "tmp") });
    await endDeadStages(state);
    if (!hasDeadStages(state)) return;
    const [{ openExperiments }, { recoverDeadRuns }] = await Promise.all([
      import("../experiments/repository.ts"),
      import("../experiments/recovery.ts"),
    ]);
    await recoverDeadRuns(openExperiments(openProject(process.cwd())));
  } catch (error) {
    if (!(error instanceof SweeplineError) && systemErrorCode(error) === undefined) throw error;
  }
}

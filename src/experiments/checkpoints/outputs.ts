/** The outputs of checkpoints, by the lock files that lie in a work tree. */
import { SweeplineError } from "../../base/errors.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";
import { openLockBook } from "../../pipeline/reproduce/lock-book.ts";
import { hasCheckpoints } from "../../pipeline/reproduce/outputs.ts";
import type { LockItem, Stage } from "../../pipeline/types.ts";
import { openCache } from "../../store/cache.ts";
import { hasSoundData } from "../../store/data.ts";

export interface StageCheckpoint {
  readonly stage: Stage;
  readonly outs: readonly LockItem[];
}

/** What the lock files say of the stages that make checkpoints. */
async function recordedCheckpoints({ project, stages }: ProjectStages): Promise<readonly StageCheckpoint[]> {
  const chosen = stages.filter(hasCheckpoints);
  const locks = await openLockBook(project.root, chosen, []);
  return chosen.map((stage) => ({ stage, outs: locks.entry(stage)?.outs ?? [] }));
}

/** A training that went on without its model would be another one. Throws CHECKPOINT_LOST. */
export async function refuseLostOutputs(stages: ProjectStages): Promise<void> {
  const cache = openCache(stages.project);
  for (const { stage, outs } of await recordedCheckpoints(stages)) {
    const paths = new Set(stage.outs.filter((output) => output.checkpoint).map((output) => output.path));
    for (const item of outs)
      if (paths.has(item.path) && !(await hasSoundData(cache, item.md5)))
        throw new SweeplineError({
          code: "CHECKPOINT_LOST",
          message: `the cache does not hold '${item.path}' of the checkpoint to go on from`,
          hint: "`sweepline pull` may fetch it; `--reset` starts over.",
        });
  }
}

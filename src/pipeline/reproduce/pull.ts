/** `--pull`: what the cache lacks is fetched from the storage remotes before a stage is run. DVC: stage.reproduce, run_stage. */
import path from "node:path";
import { existsSync } from "../../base/files.ts";
import { hasData, isDataLost } from "../../store/cache.ts";
import { changedOutputs } from "../check/changes.ts";
import { stageSubject } from "../check/work.ts";
import { isUrl } from "../paths.ts";
import type { Stage } from "../types.ts";
import { checkoutStageOutputs } from "./outputs.ts";
import type { Puller, StageRun } from "./stage-run.ts";

/** Brings the recorded outputs of a stage into the workspace, those that are to be had. */
async function pullOutputs(run: StageRun, puller: Puller, stage: Stage): Promise<void> {
  const { work } = run;
  const recorded = work.recorded(stage)?.outs.filter((item) => item.md5 !== "") ?? [];
  await puller.fetch(stage, recorded);
  await checkoutStageOutputs(
    work,
    stage,
    recorded.filter((item) => hasData(work.cache, item.md5)),
  );
}

/** For a stage of which nothing but data is missing: answers whether it is all there now. */
export async function pullStage(run: StageRun, puller: Puller): Promise<"whole" | "incomplete"> {
  const { work, stage, events, options } = run;
  events.message(`Pulling data for ${stageSubject(work, stage)}`);
  if (options.dry) return "whole";
  await pullOutputs(run, puller, stage).catch((error: unknown) => {
    if (!isDataLost(error)) throw error;
    events.warning(error.message);
  });
  if ((await changedOutputs(work, stage)).length === 0) {
    events.stage({ address: stage.address, action: "checked-out", commands: [] });
    return "whole";
  }
  events.message(`Unable to pull data for ${stageSubject(work, stage)}`);
  return "incomplete";
}

/** Before a stage runs: dependencies that are not there and that other stages have recorded. */
export async function pullDependencies(run: StageRun, puller: Puller): Promise<void> {
  const files = run.stage.deps.filter((dep) => !isUrl(dep)).map((dep) => path.resolve(run.stage.workingFolder, dep));
  const producers = new Set(files.filter((file) => !existsSync(file)).flatMap(run.producersOf));
  for (const producer of producers) await pullOutputs(run, puller, producer);
}

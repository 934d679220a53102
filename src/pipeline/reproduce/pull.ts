/** `--pull`: what the cache lacks is fetched from the storage remotes before a stage is run. DVC: stage.reproduce, run_stage. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import type { Project } from "../../project/project.ts";
import { type Cache, hasData, isDataLost } from "../../store/cache.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import { pullRuns } from "../../store/remotes/run-cache.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";
import { changedOutputs } from "../check/changes.ts";
import { stageSubject } from "../check/work.ts";
import { isUrl } from "../paths.ts";
import type { LockItem, Stage } from "../types.ts";
import { checkoutStageOutputs } from "./outputs.ts";
import type { Puller, StageRun } from "./stage-run.ts";

const remoteProblems: readonly string[] = ["REMOTE_UNKNOWN", "REMOTE_UNSUPPORTED"];
const jobs = 4 * availableParallelism();

export function openPuller(project: Project, cache: Cache, warning: (text: string) => void): Puller {
  const told = new Set<string>();
  /** A remote that can't be used is no reason not to run: it is told once. */
  const open = (name: string | undefined, subject: string): StorageRemote | undefined => {
    try {
      return openRemote(project, name);
    } catch (error) {
      if (!(error instanceof SweeplineError) || !remoteProblems.includes(error.code)) throw error;
      if (!told.has(error.message)) warning(`Failed to pull ${subject}: ${error.message}`);
      told.add(error.message);
      return undefined;
    }
  };
  return {
    async runs() {
      const remote = open(undefined, "run cache");
      if (remote !== undefined) await pullRuns(cache, remote, { jobs });
    },
    async fetch(stage, items) {
      for (const [name, hashes] of missingByRemote(cache, stage, items)) {
        const remote = open(name, "data");
        if (remote === undefined) continue;
        const [failure] = (await pullObjects(cache, remote, { jobs, hashes })).failed;
        if (failure !== undefined) throw new SweeplineError({ code: "TRANSFER_FAILED", message: failure.message });
      }
    },
  };
}

/** The hashes that the cache lacks, by the remote that their output names. */
function missingByRemote(
  cache: Cache,
  stage: Stage,
  items: readonly LockItem[],
): ReadonlyMap<string | undefined, readonly string[]> {
  const remotes = new Map(stage.outs.map((output) => [output.path, output.remote]));
  const missing = items.filter((item) => item.md5 !== "" && !hasData(cache, item.md5));
  const groups = new Map<string | undefined, string[]>();
  for (const item of missing) {
    const remote = remotes.get(item.path);
    groups.set(remote, [...(groups.get(remote) ?? []), item.md5]);
  }
  return groups;
}

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

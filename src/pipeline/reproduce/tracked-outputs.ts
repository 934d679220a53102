/** What an experiment's commit must hold besides the files that Git tracks. */
import path from "node:path";
import { existsSync } from "../../base/files.ts";
import { insideFolder, relativePosix } from "../../base/paths.ts";
import type { PipelineFile } from "../definition/load.ts";
import { topPlots } from "../definition/plots.ts";
import { isUrl, lockFileOf } from "../paths.ts";
import type { ProjectStages } from "../reading/project-stages.ts";
import type { Stage, StageAddress } from "../types.ts";
import type { ReproduceFacts } from "./result.ts";

/** What a dvc.yaml lists at its top. */
function topLevelFiles(pipeline: PipelineFile): string[] {
  const listed = [...pipeline.params, ...pipeline.metrics, ...topPlots(pipeline).map(({ file }) => file)];
  return listed.map((name) => path.resolve(pipeline.folder, name));
}

function stageFiles(root: string, stage: Stage): string[] {
  const own = stage.cmd === null ? [stage.file] : [stage.file, lockFileOf(stage.file)];
  const outputs = stage.outs.filter((output) => !output.cache).map((output) => output.path);
  const inputs = [...stage.deps, ...stage.params.map(({ file }) => file)].filter((name) => !isUrl(name));
  return [
    ...own.map((name) => path.join(root, name)),
    ...[...outputs, ...inputs].map((name) => path.resolve(stage.workingFolder, name)),
  ];
}

/** Whether a path lies in an output that the cache holds: Git must not get it. */
function isCached(stages: ProjectStages, absolute: string): boolean {
  const inside = insideFolder(stages.project.root, absolute) ?? "";
  let node: ProjectStages["outputs"]["top"] | undefined = stages.outputs.top;
  for (const segment of inside.split("/")) {
    node = node.children?.get(segment);
    if (node === undefined) return false;
    if (node.owner !== undefined) return node.owner.output.cache;
  }
  return false;
}

/**
 * Files and folders that a commit of an experiment must include even if Git does not track them: what dvc.yaml files list at their
 * top, and for each stage of the plan (run or skipped) its dvc.yaml, dvc.lock, dependencies, parameter files and the outputs that
 * are not in the cache. Those that exist, relative to the project's root, sorted. (The rules of DVC's executor.)
 * @param steps the stages of the plan; default: all
 */
export function trackedOutputs(stages: ProjectStages, steps?: readonly StageAddress[]): string[] {
  const { project } = stages;
  const files = new Set<string>();
  for (const pipeline of stages.pipelines) for (const file of topLevelFiles(pipeline)) files.add(file);
  const chosen =
    steps === undefined ? stages.stages : steps.flatMap((address) => stages.graph.stages.get(address) ?? []);
  for (const stage of chosen) for (const file of stageFiles(project.root, stage)) files.add(file);
  return [...files]
    .filter((file) => insideFolder(project.root, file) !== undefined && !isCached(stages, file) && existsSync(file))
    .map((file) => relativePosix(project.root, file))
    .sort();
}

/** What the commit of a run must include: trackedOutputs() of its stages; with core.autostage all that the run wrote for Git. */
export function filesToCommit(
  stages: ProjectStages,
  { steps, writtenFiles }: Pick<ReproduceFacts, "steps" | "writtenFiles">,
): string[] {
  const staged = stages.project.config.autostage ? writtenFiles : [];
  return [...new Set([...trackedOutputs(stages, steps), ...staged])];
}

import path from "node:path";
import { relativePosix } from "../../base/paths.ts";
import { defaultParamsFile } from "../../params/default-file.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { Stage } from "../../pipeline/types.ts";
import type { IdentityScope } from "./identity.ts";
import type { WholeRunStage } from "./ran-whole.ts";

/**
 * Which paths of the work tree are results of runs, and which are parameter files: what the identity of a point
 * leaves out and reads. All paths from the top of the Git work tree, "/" as separator.
 * @param edited parameter files that overrides name, tracked by a stage or not
 */
export function identityScope({ project, pipelines }: ProjectStages, edited: readonly string[]): IdentityScope {
  const top = project.gitRoot ?? project.root;
  const inGit = (absolute: string) => relativePosix(top, absolute);
  const stages = pipelines.flatMap((pipeline) => pipeline.stages);
  const wholeRunStage = ({ name, params, workingFolder }: Stage): WholeRunStage => {
    const resolve = (file: string) => inGit(path.resolve(workingFolder, file));
    return { name, params: params.map(({ file, keys }) => ({ file, keys, inGit: resolve(file) })), inGit: resolve };
  };
  const fromStages = (paths: (stage: Stage) => readonly string[]) =>
    stages.flatMap((stage) => paths(stage).map((name) => inGit(path.resolve(stage.workingFolder, name))));
  const metrics = pipelines.flatMap((pipeline) =>
    pipeline.metrics.map((name) => inGit(path.resolve(pipeline.folder, name))),
  );
  return {
    written: new Set([...fromStages((stage) => stage.outs.map((output) => output.path)), ...metrics]),
    paramFiles: new Set([
      inGit(path.join(project.root, defaultParamsFile)),
      ...fromStages((stage) => stage.params.map((params) => params.file)),
      ...edited,
    ]),
    wholeRun: {
      lockFile: inGit(path.join(project.root, "dvc.lock")),
      stages: stages
        .filter(({ file, cmd, frozen }) => file === "dvc.yaml" && cmd !== null && !frozen)
        .map(wholeRunStage),
    },
  };
}

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
export function identityScope(
  { project, pipelines, tracked }: ProjectStages,
  edited: readonly string[],
): IdentityScope {
  const top = project.gitRoot ?? project.root;
  const inGit = (absolute: string) => relativePosix(top, absolute);
  const stages = pipelines.flatMap((pipeline) => pipeline.stages);
  const wholeRunStage = ({ name, params, workingFolder }: Stage): WholeRunStage => {
    const resolve = (file: string) => inGit(path.resolve(workingFolder, file));
    return { name, params: params.map(({ file, keys }) => ({ file, keys, inGit: resolve(file) })), inGit: resolve };
  };
  const outputs = stages.flatMap((stage) =>
    stage.outs.map((output) => inGit(path.resolve(stage.workingFolder, output.path))),
  );
  const fromRoot = (names: readonly string[]) => names.map((name) => inGit(path.resolve(project.root, name)));
  return {
    written: new Set([...outputs, ...fromRoot(tracked.metrics)]),
    paramFiles: new Set([...fromRoot([defaultParamsFile, ...tracked.stageParams.map(({ file }) => file)]), ...edited]),
    wholeRun: {
      lockFile: inGit(path.join(project.root, "dvc.lock")),
      stages: stages
        .filter(({ file, cmd, frozen }) => file === "dvc.yaml" && cmd !== null && !frozen)
        .map(wholeRunStage),
    },
  };
}

/** The pipeline files of each system. */
import type { System } from "../limits.ts";
import { checkPackage } from "../package-spec.ts";
import { initAzure } from "./azure.ts";
import { initBuildkite } from "./buildkite.ts";
import { initCircleci } from "./circleci.ts";
import { initGithub } from "./github.ts";
import { initGitlab } from "./gitlab.ts";
import { initJenkins } from "./jenkins.ts";
import { initTekton } from "./tekton.ts";
import { checkFolder, type PipelineTexts, type Place, type WritePipeline } from "./types.ts";

/** Systems whose pipelines are files of the repository. Slurm and Kubernetes are given what `emit` prints. */
const writers = {
  github: initGithub,
  gitlab: initGitlab,
  circleci: initCircleci,
  azure: initAzure,
  buildkite: initBuildkite,
  jenkins: initJenkins,
  tekton: initTekton,
} as const satisfies Partial<Record<System, WritePipeline>>;

export type InitSystem = keyof typeof writers;
export const initSystems = Object.keys(writers) as readonly InitSystem[];

/** A system's files for a project. Throws FOLDER_UNSUPPORTED, BAD_PACKAGE. */
export function pipelineFiles(system: InitSystem, place: Place): PipelineTexts {
  checkFolder(place.folder);
  checkPackage(place.packageSpec);
  return writers[system](place);
}

/** sweep.txt as `plan` reads it. */
export function sweepText(overrides: readonly string[]): string {
  const head = "# The sweep: one override a line, as for `sweepline sweep`. All combinations are run.\n";
  if (overrides.length > 0) return `${head}${overrides.join("\n")}\n`;
  return `${head}# train.lr=0.1,0.01\n# seed=range(5)\n`;
}

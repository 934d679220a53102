/** The pipeline files of each system. */
import type { System } from "../limits.ts";
import { initGithub } from "./github.ts";
import { initGitlab } from "./gitlab.ts";
import { initAzure, initBuildkite, initCircleci, initJenkins, initTekton } from "./others.ts";
import type { PipelineFiles } from "./types.ts";

/** Systems whose pipelines are files of the repository. Slurm and Kubernetes are given what `emit` prints. */
export const initSystems = [
  "github",
  "gitlab",
  "circleci",
  "azure",
  "buildkite",
  "jenkins",
  "tekton",
] as const satisfies readonly System[];
export type InitSystem = (typeof initSystems)[number];

export const pipelineFiles: Readonly<Record<InitSystem, PipelineFiles>> = {
  github: initGithub,
  gitlab: initGitlab,
  circleci: initCircleci,
  azure: initAzure,
  buildkite: initBuildkite,
  jenkins: initJenkins,
  tekton: initTekton,
};

/** sweep.txt as `plan` reads it. */
export function sweepText(overrides: readonly string[]): string {
  const head = "# The sweep: one override a line, as for `sweepline sweep`. All combinations are run.\n";
  if (overrides.length > 0) return `${head}${overrides.join("\n")}\n`;
  return `${head}# train.lr=0.1,0.01\n# seed=range(5)\n`;
}

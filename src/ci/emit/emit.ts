/** A plan in the form of a CI system. */
import { SweeplineError } from "../../base/errors.ts";
import { matrixExitCodes } from "../exit-codes.ts";
import { jobLimits, type System } from "../limits.ts";
import { checkPackage } from "../package-spec.ts";
import { planDigest, type SweepPlan } from "../plan.ts";
import { packShards } from "../shards.ts";
import { emitAzure } from "./azure.ts";
import { emitKubernetes, emitSlurm } from "./batch.ts";
import { emitBuildkite } from "./buildkite.ts";
import { emitCircleci } from "./circleci.ts";
import { emitGithub } from "./github.ts";
import { emitGitlab } from "./gitlab.ts";
import { emitTekton } from "./tekton.ts";
import { pointTexts } from "./texts.ts";
import type { Emission, Emit } from "./types.ts";

const emitters: Readonly<Record<System, Emit>> = {
  github: emitGithub,
  gitlab: emitGitlab,
  circleci: emitCircleci,
  azure: emitAzure,
  buildkite: emitBuildkite,
  // What readJSON reads.
  jenkins: (emission) => `${JSON.stringify(pointTexts(emission))}\n`,
  tekton: emitTekton,
  slurm: emitSlurm,
  kubernetes: emitKubernetes,
  json: (emission) => `${JSON.stringify(pointTexts(emission))}\n`,
  lines: (emission) => `${pointTexts(emission).join("\n")}\n`,
};

/** Systems whose jobs have no file of the plan: they make it again, from the committed sweep.txt. */
export const replanning: ReadonlySet<System> = new Set(["circleci", "tekton", "kubernetes"]);

/** How many jobs a plan gets. Throws TOO_MANY_JOBS where more are asked for than the system can have. */
export function maxJobsOf(system: System, asked: number | undefined): number {
  const limit = jobLimits[system];
  if (asked === undefined) return limit.maxJobs;
  if (asked <= limit.maxJobs || limit.kind === "default") return asked;
  throw new SweeplineError({
    code: "TOO_MANY_JOBS",
    message: `${system} takes ${limit.maxJobs} jobs at most, not ${asked} (${limit.source})`,
    exitCode: matrixExitCodes.usage,
  });
}

export interface EmitRequest {
  readonly system: System;
  readonly maxJobs: number | undefined;
  readonly folder: string;
  readonly planFile: string;
  readonly parallel: number | undefined;
  readonly template: string | undefined;
  readonly packageSpec: string;
}

export interface Emitted {
  readonly text: string;
  readonly points: number;
  readonly jobs: number;
}

/** Throws BAD_PACKAGE, and EMPTY_SWEEP: an empty matrix is an error in most systems, or no job at all that looks like success. */
export function emitPlan(plan: SweepPlan, request: EmitRequest): Emitted {
  const { system, folder, planFile, parallel, template, packageSpec } = request;
  checkPackage(packageSpec);
  if (plan.points.length === 0)
    throw new SweeplineError({
      code: "EMPTY_SWEEP",
      message: "the plan has no points",
      exitCode: matrixExitCodes.usage,
    });
  const { sweep, baseline } = plan;
  const shards = packShards(plan.points.length, maxJobsOf(system, request.maxJobs));
  const points = plan.points.length;
  const digest = planDigest(plan);
  const emission: Emission = {
    sweep,
    baseline,
    digest,
    points,
    shards,
    folder,
    planFile,
    packageSpec,
    parallel,
    template,
  };
  return { text: emitters[system](emission), points, jobs: shards.length };
}

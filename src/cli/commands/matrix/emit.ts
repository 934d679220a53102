import path from "node:path";
import { Command, Option } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { namedFile } from "../../../base/named-file.ts";
import { version } from "../../../base/version.ts";
import { projectFolder } from "../../../ci/clone.ts";
import { emitPlan, replanning } from "../../../ci/emit/emit.ts";
import { sizeText } from "../../../ci/emit/texts.ts";
import { matrixExitCodes, withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { jobLimits, type System, systems } from "../../../ci/limits.ts";
import { defaultPackage } from "../../../ci/package-spec.ts";
import { readPlan } from "../../../ci/plan-file.ts";
import { checkReplanned } from "../../../ci/planning.ts";
import type { ExitCode, Io } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { addPlanOption, appendNamed, matrixJobs, packageText, planningHere, writeNamed } from "./shared.ts";

interface Options {
  readonly for: System;
  readonly plan: string;
  readonly maxJobs?: number;
  readonly parallel?: number;
  readonly template?: string;
  readonly package?: string;
  readonly output?: string;
}

/** Where the system looks: GitHub reads outputs from a file that it names, the others what is printed or written. */
function write(io: Io, options: Options, text: string): void {
  const output = options.for === "github" ? io.env.GITHUB_OUTPUT : undefined;
  if (options.output !== undefined) writeNamed(io, options.output, text);
  else if (output !== undefined && output !== "") appendNamed(io, output, text);
  else io.stdout.write(text);
}

/** Elsewhere the jobs are in the file that `init` writes, and so is what they install. */
function checkPackageOption(options: Options): void {
  const installs = options.for === "kubernetes" || (options.for === "gitlab" && options.template === undefined);
  if (options.package === undefined || installs) return;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: "--package is for kubernetes, and for gitlab without --template",
    hint: "For the others it is an option of `sweepline matrix init`.",
    exitCode: matrixExitCodes.usage,
  });
}

/** Systems that are told how many jobs run at a time. */
const parallelSystems: readonly System[] = ["buildkite", "slurm", "kubernetes"];

function optionRefused(message: string): SweeplineError {
  return new SweeplineError({ code: "BAD_OPTIONS", message, exitCode: matrixExitCodes.usage });
}

/** Refuses what would have no effect, and a template that GitLab would not find. */
function checkOptions({ for: system, parallel, template }: Options): void {
  if (parallel !== undefined && !parallelSystems.includes(system))
    throw optionRefused(`--parallel has no effect for ${system}: it is for ${parallelSystems.join(", ")}`);
  if (template === undefined) return;
  if (system !== "gitlab") throw optionRefused(`--template has no effect for ${system}: it is for gitlab`);
  if (template === "" || path.posix.normalize(template.replaceAll("\\", "/")).split("/").includes(".."))
    throw optionRefused(`--template names a file of the repository, not '${template}'`);
}

async function emit(io: Io, options: Options): Promise<ExitCode> {
  checkPackageOption(options);
  checkOptions(options);
  const plan = readPlan(namedFile(io.cwd, options.plan));
  if (replanning.has(options.for) && plan.round !== undefined)
    throw optionRefused(
      `${options.for}: its jobs make the plan again from sweep.txt, and a round of a search can't be made again`,
    );
  if (replanning.has(options.for) && plan.points.length > 0) await checkReplanned(planningHere(io), plan);
  const { text, points, jobs } = emitPlan(plan, {
    system: options.for,
    maxJobs: options.maxJobs,
    folder: projectFolder(io.cwd),
    planFile: options.plan,
    parallel: options.parallel,
    template: options.template,
    packageSpec: options.package ?? defaultPackage(version),
  });
  write(io, options, text);
  const sizes = [...new Set([Math.floor(points / jobs), Math.ceil(points / jobs)])].join(" or ");
  const why =
    options.maxJobs === undefined ? `${options.for} takes ${jobLimits[options.for].maxJobs} jobs` : "--max-jobs";
  if (jobs < points) io.stderr.write(`${sizeText(points, jobs)} of ${sizes} points each (${why}).\n`);
  return exitCodes.ok;
}

const examples = `
Examples:
  sweepline matrix emit --for github                 into the step's outputs, as matrix
  sweepline matrix emit --for gitlab -o sweep-jobs.yml
  sweepline matrix emit --for slurm --max-jobs 100 > job.sh && sbatch job.sh
  sweepline matrix emit --for lines                  one job a line, for xargs or parallel
`;

/** `sweepline matrix emit` */
export const command: CommandFactory = (io, finish) =>
  addPlanOption(
    new Command("emit")
      .description("Print the job matrix of a plan in the form of a CI system. Jobs carry positions, never values.")
      .addOption(new Option("--for <system>", "the CI system").choices(systems).makeOptionMandatory())
      .option("--max-jobs <n>", "jobs at most; more points than that share jobs", matrixJobs)
      .option("--parallel <n>", "jobs at a time, where the system is told so here", matrixJobs)
      .option("--template <file>", "gitlab: a file of the repository with the job .sweepline-point")
      .option("--package <spec>", `kubernetes, gitlab without --template: ${packageText}`)
      .option(
        "-o, --output <file>",
        "write there (-: standard output; default: GITHUB_OUTPUT for github, else standard output)",
      ),
  )
    .addHelpText("after", examples)
    .action(async (options: Options) => finish(await withMatrixExitCodes(() => emit(io, options))));

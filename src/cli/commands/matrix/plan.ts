import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { matrixExitCodes, withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { formatPlan, makePlan, type PlanRun, planDigest, planId, type SweepPlan } from "../../../ci/plan.ts";
import { checkPlan } from "../../../ci/plan-points.ts";
import { checkName } from "../../../experiments/names.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { headCommit } from "../../../git/repository.ts";
import { tryGit } from "../../../git/run.ts";
import { keptOptions, runOptionsOf } from "../../../pipeline/run-options.ts";
import { openProject } from "../../../project/open.ts";
import { collect } from "../../options/arguments.ts";
import { type CompositionFlags, configsOf, expandOptions, noHydraText } from "../../options/composition.ts";
import { addReproduceOptions, refuseWorkspaceRuns } from "../../options/reproduce.ts";
import { type ExitCode, type Io, print, warn } from "../../terminal/io.ts";
import { pointsText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import { readPoints } from "../exp/points.ts";
import { trackedChanges, tryPoints, usableStorage, writeNamed } from "./shared.ts";

interface Options extends CompositionFlags {
  readonly name?: string;
  readonly message?: string;
  readonly points?: string;
  readonly target?: readonly string[];
  readonly copyPaths?: readonly string[];
  readonly output?: string;
  readonly expect?: string;
}

/** Relative to the project, since the jobs have it elsewhere. */
function insideProject(root: string, name: string, folder: string): string {
  const relative = path.relative(root, path.resolve(folder, name));
  if (relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative)) return relative;
  throw new SweeplineError({
    code: "OUTSIDE_PROJECT",
    message: `'${name}' is outside of the project: a job has it not`,
  });
}

function runOf({ cwd }: Io, { project }: ExperimentsContext, options: Options): PlanRun {
  return {
    folder: path.relative(project.root, cwd),
    targets: options.target ?? [],
    flags: keptOptions(runOptionsOf(options)),
    ...(options.message === undefined ? {} : { message: options.message }),
    composition: options.hydra === false ? "off" : "as configured",
    copyPaths: (options.copyPaths ?? []).map((name) => insideProject(project.root, name, cwd)),
  };
}

async function warnUncommitted(io: Io, context: ExperimentsContext): Promise<void> {
  const changed = await trackedChanges(context);
  if (changed.length > 0)
    warn(io, "the jobs run the last commit: changes that are not committed are not part of the plan");
}

/** Throws PLAN_DIFFERS where the jobs would run other points than those that were emitted. */
function checkExpected(plan: SweepPlan, expected: string | undefined): void {
  if (expected === undefined || planDigest(plan) === expected) return;
  throw new SweeplineError({
    code: "PLAN_DIFFERS",
    message: "these overrides on this commit give another plan than the one that was emitted",
    hint: "A job makes the plan again with `matrix plan @sweep.txt`: commit the overrides in sweep.txt, plan so without options, and emit that.",
    exitCode: matrixExitCodes.usage,
  });
}

/** Throws PLAN_DIFFERS where the committed sweep.txt does not give the plan, as jobs without its file make it again. */
export async function checkReplanned(io: Io, plan: SweepPlan): Promise<void> {
  const context = openExperiments(openProject(io.cwd));
  const { root } = context.project;
  const file = path.join(root, "sweep.txt");
  const questions = [
    ["cat-file", "-e", `${plan.baseline}:./sweep.txt`],
    ["diff", "--quiet", plan.baseline, "--", file],
  ];
  for (const question of questions)
    if ((await tryGit(question, { cwd: root })).exitCode !== 0)
      throw new SweeplineError({
        code: "PLAN_DIFFERS",
        message: "jobs of this system make the plan again from sweep.txt, which is not committed as it is here",
        hint: "Commit the overrides in sweep.txt, plan with `matrix plan @sweep.txt`, and emit that.",
        exitCode: matrixExitCodes.usage,
      });
  const { made } = await planHere(io, context, { overrides: [`@${file}`], options: {} });
  checkExpected(made.plan, planDigest(plan));
}

interface Asked {
  readonly overrides: readonly string[];
  readonly options: Options;
}

async function planHere(io: Io, context: ExperimentsContext, { overrides, options }: Asked) {
  const configs = configsOf(io, context.project, options);
  const { points, words } = await readPoints(io, { overrides, pointsFile: options.points, configs });
  const baseline = await headCommit(context.repository);
  const run = runOf(io, context, options);
  const sweep = planId({ baseline, run, name: options.name }, words);
  const made = makePlan({ sweep, baseline, run, points, name: options.name });
  return { made, points, configs };
}

async function plan(io: Io, overrides: readonly string[], options: Options): Promise<ExitCode> {
  const context = openExperiments(openProject(io.cwd));
  refuseWorkspaceRuns(runOptionsOf(options), "matrix plan");
  if (options.name !== undefined) checkName(`${options.name}-1`);
  const { made, points, configs } = await planHere(io, context, { overrides, options });
  const { sweep } = made.plan;
  checkExpected(made.plan, options.expect);
  checkPlan(made.plan, points, expandOptions(configs));
  // One refusal here instead of one a job.
  await tryPoints({ io, context }, made.plan, { points, configs });
  await warnUncommitted(io, context);
  usableStorage(io, context.project);
  const text = formatPlan(made.plan);
  const summary = `Sweep ${sweep}: ${pointsText(made.plan.points.length)}.`;
  const repeated = made.repeated === 0 ? "" : ` ${made.repeated} repeated ones left out.`;
  if (options.output === undefined || options.output === "-") {
    io.stdout.write(text);
    io.stderr.write(`${summary}${repeated}\n`);
  } else {
    writeNamed(io, options.output, text);
    print(io, `${summary}${repeated} Plan: ${options.output}`);
  }
  return exitCodes.ok;
}

const examples = `
Examples:
  sweepline matrix plan 'train.lr=0.1,0.01' 'seed=range(5)' -o sweep.json
  sweepline matrix plan @sweep.txt -n grid -t train -o sweep.json
`;

/** `sweepline matrix plan` */
export const command: CommandFactory = (io, finish) =>
  addReproduceOptions(
    new Command("plan")
      .description("Write down the points of a sweep on the current commit, for jobs to look them up.")
      .argument("[overrides...]", "as for sweep")
      .option("-o, --output <file>", "the plan file (-: standard output, which is the default)")
      .option("-n, --name <name>", "names the experiments NAME-1, NAME-2...")
      .option("-m, --message <text>", "commit message of the experiments")
      .option("--expect <hash>", "fail unless it is the plan that `emit` has seen: for jobs that plan again")
      .option("--points <file>", "take the points from a CSV or JSON-lines file (-: standard input)")
      .option("--no-hydra", noHydraText)
      .option("-t, --target <target>", "stage to reproduce (repeatable; default: all of dvc.yaml)", collect)
      .option("-C, --copy-paths <path>", "untracked file or folder that the runs need (repeatable)", collect),
  )
    .addHelpText("after", examples)
    .action(async (overrides: readonly string[], options: Options) =>
      finish(await withMatrixExitCodes(() => plan(io, overrides, options))),
    );

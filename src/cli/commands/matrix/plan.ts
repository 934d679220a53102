import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { formatPlan } from "../../../ci/plan.ts";
import { type PlannedRun, planSweep } from "../../../ci/planning.ts";
import { keptOptions, runOptionsOf } from "../../../pipeline/run-options.ts";
import { collect, positive } from "../../options/arguments.ts";
import { noHydraText } from "../../options/composition.ts";
import { addReproduceOptions, refuseWorkspaceRuns } from "../../options/reproduce.ts";
import { addTrialOptions, searchSamplers } from "../../options/search.ts";
import { addShapeOptions, type ShapeFlags } from "../../options/sweep-shape.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import { pointsText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import { askedListShape, askedRound, type PlanAndSummary, type RoundFlags } from "./round.ts";
import { planningHere, writeNamed } from "./shared.ts";

interface Options extends RoundFlags, Omit<ShapeFlags, "sampler" | "seed"> {
  readonly name?: string;
  readonly message?: string;
  readonly points?: string;
  readonly target?: readonly string[];
  readonly copyPaths?: readonly string[];
  readonly output?: string;
  readonly expect?: string;
}

interface Call {
  readonly io: Io;
  readonly options: Options;
  readonly command: Command;
}

function askedPlannedRun(options: Options): PlannedRun {
  const run = runOptionsOf(options);
  refuseWorkspaceRuns(run, "matrix plan");
  return {
    name: options.name,
    targets: options.target ?? [],
    flags: keptOptions(run),
    ...(options.message === undefined ? {} : { message: options.message }),
    composition: options.hydra === false ? ("off" as const) : ("as configured" as const),
    copyPaths: options.copyPaths ?? [],
  };
}

async function plannedList({ io, options, command }: Call, overrides: readonly string[]): Promise<PlanAndSummary> {
  const run = askedPlannedRun(options);
  const shape = askedListShape(options, command);
  const request = { ...run, overrides, shape, pointsFile: options.points };
  const { plan: made, repeated } = await planSweep(planningHere(io), request, options.expect);
  const without = repeated === 0 ? "" : ` ${repeated} repeated ones left out.`;
  return { plan: made, summary: `Sweep ${made.sweep}: ${pointsText(made.points.length)}.${without}` };
}

async function plan(call: Call, overrides: readonly string[]): Promise<ExitCode> {
  const { io, options } = call;
  const made =
    options.round === undefined
      ? await plannedList(call, overrides)
      : await askedRound(io, { typed: options, overrides, run: askedPlannedRun(options) });
  const text = formatPlan(made.plan);
  if (options.output === undefined || options.output === "-") {
    io.stdout.write(text);
    io.stderr.write(`${made.summary}\n`);
  } else {
    writeNamed(io, options.output, text);
    print(io, `${made.summary} Plan: ${options.output}`);
  }
  return exitCodes.ok;
}

const examples = `
Examples:
  sweepline matrix plan 'train.lr=0.1,0.01' 'seed=range(5)' -o sweep.json
  sweepline matrix plan @sweep.txt -n grid -t train -o sweep.json
  sweepline matrix plan lr=0.1,0.01 units=64,128 --zip lr,units --repeat 3 -o sweep.json
  sweepline matrix plan 'lr=interval(0,1)' --metric loss --trials 60 --sampler optuna:tpe --round 8 -o sweep.json

--round K plans the next K points of a search, by what has ended: run them, and the same line plans the next ones.
`;

/** `sweepline matrix plan` */
export const command: CommandFactory = (io, finish) =>
  addShapeOptions(
    addTrialOptions(
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
          .option("-C, --copy-paths <path>", "untracked file or folder that the runs need (repeatable)", collect)
          .option("--round <k>", "plan the next k points of a search, as `sweepline search` chooses them", positive)
          .option("--git-remote <name>", "with --round: where results are (default: exp.git_remote, else origin)"),
      ),
    ),
    searchSamplers,
  )
    .addHelpText("after", examples)
    .action(async (overrides: readonly string[], options: Options, command: Command) =>
      finish(await withMatrixExitCodes(() => plan({ io, options, command }, overrides))),
    );

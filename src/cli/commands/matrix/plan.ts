import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { formatPlan } from "../../../ci/plan.ts";
import { planSweep } from "../../../ci/planning.ts";
import { keptOptions, runOptionsOf } from "../../../pipeline/run-options.ts";
import { collect } from "../../options/arguments.ts";
import { type CompositionFlags, noHydraText } from "../../options/composition.ts";
import { addReproduceOptions, refuseWorkspaceRuns } from "../../options/reproduce.ts";
import { addShapeOptions, askedShape, type ShapeFlags } from "../../options/sweep-shape.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import { pointsText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import { planningHere, writeNamed } from "./shared.ts";

interface Options extends CompositionFlags, ShapeFlags {
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

async function plan({ io, options, command }: Call, overrides: readonly string[]): Promise<ExitCode> {
  const planning = planningHere(io);
  const run = runOptionsOf(options);
  refuseWorkspaceRuns(run, "matrix plan");
  const request = {
    overrides,
    shape: askedShape(options, command),
    pointsFile: options.points,
    name: options.name,
    targets: options.target ?? [],
    flags: keptOptions(run),
    ...(options.message === undefined ? {} : { message: options.message }),
    composition: options.hydra === false ? ("off" as const) : ("as configured" as const),
    copyPaths: options.copyPaths ?? [],
  };
  const made = await planSweep(planning, request, options.expect);
  const text = formatPlan(made.plan);
  const summary = `Sweep ${made.plan.sweep}: ${pointsText(made.plan.points.length)}.`;
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
  sweepline matrix plan lr=0.1,0.01 units=64,128 --zip lr,units --repeat 3 -o sweep.json
`;

/** `sweepline matrix plan` */
export const command: CommandFactory = (io, finish) =>
  addShapeOptions(
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
    ),
  )
    .addHelpText("after", examples)
    .action(async (overrides: readonly string[], options: Options, command: Command) =>
      finish(await withMatrixExitCodes(() => plan({ io, options, command }, overrides))),
    );

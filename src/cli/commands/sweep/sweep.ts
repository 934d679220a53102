import { Command, Option } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { readableShellWord } from "../../../base/text/shell-word.ts";
import { checkPoints } from "../../../experiments/make/check-points.ts";
import {
  type EnqueueOutcome,
  enqueue,
  entriesToRun,
  experimentsOf,
  previewEnqueue,
  sweepId,
} from "../../../experiments/make/enqueue.ts";
import { enqueueRequest } from "../../../experiments/make/enqueue-request.ts";
import { readPoints } from "../../../experiments/point/read-points.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { headCommit } from "../../../git/repository.ts";
import { runOptionsOf } from "../../../pipeline/run-options.ts";
import { jobsNumber } from "../../../run/local-engine.ts";
import { runQueue } from "../../../run/run-queue.ts";
import type { Goal } from "../../../run/stopping/rules.ts";
import { collect } from "../../options/arguments.ts";
import { askedConfigs, type CompositionFlags, noHydraText } from "../../options/composition.ts";
import { addEngineOptions, askedEngine, detached, type EngineFlags, engineRun } from "../../options/engine.ts";
import { askedRun, inputsOf, pointSources } from "../../options/experiments.ts";
import { addGoalOptions, askedGoals, type GoalFlags } from "../../options/goals.ts";
import { addLimitOptions, jobsOrAuto, type LimitFlags } from "../../options/limits.ts";
import { addReproduceOptions, refuseWorkspaceRuns } from "../../options/reproduce.ts";
import { addStoppingOptions, earlyStops, type StoppingFlags } from "../../options/stopping.ts";
import { addShapeOptions, askedShape, type ShapeFlags } from "../../options/sweep-shape.ts";
import { type ExitCode, type Io, print, warn } from "../../terminal/io.ts";
import { pointsText } from "../../words/plural.ts";
import { leftAloneLines, newText } from "../../words/queue-text.ts";
import { printSweepPreview } from "../../words/sweep-preview.ts";
import { checkSortColumn, collectNamed, printSweepTable } from "../../words/sweep-table.ts";
import type { CommandFactory } from "../command.ts";
import { autoPushed } from "../exp/auto-push.ts";
import { queueExitCode, sendAway, terminalWatcher } from "../exp/run-queue.ts";

interface Options extends EngineFlags, LimitFlags, CompositionFlags, ShapeFlags, StoppingFlags, GoalFlags {
  readonly jobs?: number | "auto";
  readonly name?: string;
  readonly message?: string;
  readonly points?: string;
  readonly target?: readonly string[];
  readonly copyPaths?: readonly string[];
  readonly dryRun?: boolean;
  readonly retryFailed?: boolean;
  /** false with --no-fold. */
  readonly fold: boolean;
  readonly sortBy?: string;
  readonly sortOrder: "asc" | "desc";
  readonly json?: boolean;
  readonly report?: string;
}

interface Call {
  readonly io: Io;
  readonly context: ExperimentsContext;
  readonly options: Options;
  readonly command: Command;
}

/** As `exp run` has it. */
function refuseSetParam(override: string): never {
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: "sweep has no -S: its arguments are the overrides",
    hint: `Leave it out: sweepline sweep ${readableShellWord(override)}`,
  });
}

/** The sweep as a page, also where it was interrupted or points of it failed. */
async function writeSweepReport(
  { io, context }: Call,
  { id, file, named }: { id: string; file: string; named: Parameters<typeof collectNamed>[1] },
): Promise<void> {
  const { writeReportFile } = await import("../../words/report-file.ts");
  await writeReportFile(io, context, { baselines: await collectNamed(context, named), file, title: `Sweep ${id}` });
}

/** The metric by which runs are ended. */
function stoppingGoal(options: Options): Goal | undefined {
  return options.metric === undefined ? undefined : askedGoals(options)[0];
}

/** What is new, what is left alone, and what waited before. */
function tellQueued(io: Io, { id, points }: { id: string; points: number }, outcome: EnqueueOutcome): void {
  print(io, `Sweep ${id}: ${pointsText(points)}, ${newText(outcome.queued)}.`);
  const left = outcome.known.filter((item) => item.state !== "queued");
  for (const line of leftAloneLines({ ...outcome, known: left })) print(io, line);
  const waiting = outcome.known.length - left.length;
  if (waiting > 0) print(io, `${waiting} in the queue from before run now.`);
}

/** Of each point one row, where there are replicas of it. */
function replicasToFold({ replicas }: Awaited<ReturnType<typeof readPoints>>, { fold }: Options) {
  return replicas === undefined || !fold ? undefined : [replicas];
}

/** Queues what is new, runs it, and shows the whole sweep. */
async function sweep(call: Call, overrides: readonly string[]): Promise<ExitCode> {
  const { io, context, options, command } = call;
  const run = runOptionsOf(options);
  const engine = await askedEngine(context, options);
  refuseWorkspaceRuns(run, "sweep");
  const configs = await askedConfigs(io, context.project, options);
  const expansion = await readPoints(
    pointSources(io, { overrides, shape: askedShape(options, command), pointsFile: options.points, configs }),
  );
  const targets = options.target ?? [];
  const id = sweepId(await headCommit(context.repository), expansion.words, targets);
  const asked = engineRun(engine, options);
  const inputs = inputsOf(call, { points: expansion.points, configs });
  const request = enqueueRequest(
    { kind: "sweep", failed: options.retryFailed ? "queue" : "report" },
    { inputs, name: options.name, sweep: id, run: askedRun(call, { targets, run, options }) },
  );
  await checkSortColumn(io, context, { sortBy: options.sortBy, points: expansion.points });
  await checkPoints(context, { ...request, runs: "later", place: "copies" }, (message) => warn(io, message));
  if (options.dryRun) {
    const preview = await previewEnqueue(context, request);
    const format = options.json ? "json" : "text";
    printSweepPreview(io, context, {
      id,
      points: expansion.points.length,
      jobs: jobsNumber(asked.jobs),
      preview,
      format,
    });
    return exitCodes.ok;
  }
  const early = await earlyStops(context, options, { sweep: id, goal: stoppingGoal(options) });
  const outcome = await enqueue(context, request);
  if (!options.json) tellQueued(io, { id, points: expansion.points.length }, outcome);
  const points = { ...asked, only: entriesToRun(outcome), sweep: id, ...early };
  const sender = detached(engine, options);
  if (sender !== undefined) return sendAway(io, context, { ...points, engine: sender });
  const ran = await runQueue(context, points, terminalWatcher(io, options.json ? "json" : "text"));
  const named = experimentsOf(outcome);
  if (ran.interrupted && !options.json) print(io, "Nothing is lost: the same command goes on with what is missing.");
  else if (!options.json)
    await printSweepTable(io, context, { ...named, ...options, fold: replicasToFold(expansion, options) });
  if (options.report !== undefined) await writeSweepReport(call, { id, file: options.report, named });
  const failedBefore = outcome.known.some((item) => item.state === "failed");
  const exitCode = queueExitCode(ran);
  return exitCode === exitCodes.ok && failedBefore ? exitCodes.experimentsFailed : exitCode;
}

const examples = `
Examples:
  sweepline sweep lr=0.1,0.01 'units=range(64,257,64)' -j 4
  sweepline sweep -n grid 'train.lr=0.1,0.01' 'seed=range(5)'    names grid-1, grid-2, ...
  sweepline sweep @sweep.txt                  one override a line, # starts a comment
  sweepline sweep --points points.csv         one point a row, keys in the first row
  sweepline sweep lr=0.1,0.01                 again: runs only what is missing
  sweepline sweep lr=0.1,0.01,0.001 --dry-run says what is missing, and how long it should take
  sweepline sweep lr=0.1,0.01 units=64,128 --zip lr,units     0.1 with 64, 0.01 with 128
  sweepline sweep opt=sgd lr=0.1,0.01 --and opt=adam lr=0.001 two grids in one sweep
  sweepline sweep 'lr=tag(log,interval(1e-4,1e-1))' 'units=range(16,257)' --sample 20 --sampler sobol
  sweepline sweep lr=0.1,0.01 --repeat 3      each with seed=0, 1 and 2; one row, with mean and spread
  sweepline sweep 'a=range(9)' 'b=range(9)' --where 'a < b'   only the points for which it holds
  sweepline sweep opt=sgd,adam momentum=0.5,0.9 --when 'momentum: opt == "sgd"'
  sweepline sweep lr=0.1,0.01 --report sweep.html
  sweepline sweep 'seed=range(200)' --engine slurm --slurm time=2h --pack 10 --detach     as jobs of a cluster
  sweepline sweep 'lr=0.1,0.2,0.3' --stop-early asha --metric accuracy   hopeless runs are ended
  sweepline sweep 'model=glob(*)'             composed parameters: over the options of a config group
  sweepline sweep                             over hydra.sweeper.params of the config
`;

/** `sweepline sweep` */
export const command: CommandFactory = (io, finish) =>
  addGoalOptions(
    addStoppingOptions(
      addShapeOptions(
        addEngineOptions(
          addLimitOptions(
            addReproduceOptions(
              new Command("sweep")
                .description("Queue all combinations of the overrides, run them, and show the results.")
                .argument(
                  "[overrides...]",
                  "[file:]key=value, values in Hydra's language: 1,2,3  range(1,9)  choice(a,b)",
                )
                .option(
                  "-j, --jobs <n>",
                  "experiments at once (default: 1, or one a GPU); auto: by cores and memory",
                  jobsOrAuto,
                )
                .addOption(new Option("-S, --set-param <override>").hideHelp().argParser(refuseSetParam))
                .option("-n, --name <name>", "names the experiments NAME-1, NAME-2...")
                .option("-m, --message <text>", "commit message of the experiments")
                .option("--points <file>", "take the points from a CSV or JSON-lines file (-: standard input)")
                .option("-t, --target <target>", "stage to reproduce (repeatable; default: all of dvc.yaml)", collect)
                .option("-C, --copy-paths <path>", "untracked file or folder that the runs need (repeatable)", collect)
                .option("--no-hydra", noHydraText)
                .option("--dry-run", "say what would be queued, what is done, and how long it should take; run nothing")
                .option("--retry-failed", "run points again that failed before")
                .option("--fail-fast", "stop at the first failure")
                .option("--sort-by <column>", "sort the table by that metric or parameter")
                .addOption(new Option("--sort-order <order>", "how").choices(["asc", "desc"]).default("asc"))
                .option("--no-fold", "with --repeat: a row of the table for each run, not one with mean and spread")
                .option("--json", "events as JSON lines, no table")
                .option("--report <file>", "write a page of the sweep to look at, in one file"),
            ),
          ),
          "offered",
        ),
      ),
    ),
    "with --stop-early: the metric by which runs are ended",
  )
    .addHelpText("after", examples)
    .action(async (overrides: readonly string[], options: Options, command: Command) =>
      finish(await autoPushed(io, (context) => sweep({ io, context, options, command }, overrides))),
    );

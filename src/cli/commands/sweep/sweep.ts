import path from "node:path";
import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { enqueue, previewEnqueue, sweepId } from "../../../experiments/make/enqueue.ts";
import type { EnqueueRequest } from "../../../experiments/make/enqueue-plan.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { headCommit } from "../../../git/repository.ts";
import { keptOptions, runOptionsOf } from "../../../pipeline/run-options.ts";
import { openProject } from "../../../project/open.ts";
import { collect } from "../../options/arguments.ts";
import { type CompositionFlags, configsOf, noHydraText } from "../../options/composition.ts";
import {
  addLimitOptions,
  defaultJobs,
  entryLimits,
  jobsNumber,
  jobsOrAuto,
  type LimitFlags,
  runLimits,
} from "../../options/limits.ts";
import { addReproduceOptions, refuseWorkspaceRuns } from "../../options/reproduce.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import { pointsText } from "../../words/plural.ts";
import { leftAloneLines, newText } from "../../words/queue-text.ts";
import { printSweepPreview } from "../../words/sweep-preview.ts";
import { printSweepTable } from "../../words/sweep-table.ts";
import type { CommandFactory } from "../command.ts";
import { withAutoPush } from "../exp/auto-push.ts";
import { readPoints } from "../exp/points.ts";
import { queueExitCode, runQueue } from "../exp/run-queue.ts";
import { checkCommands } from "../exp/shell-check.ts";

interface Options extends LimitFlags, CompositionFlags {
  readonly jobs?: number | "auto";
  readonly name?: string;
  readonly message?: string;
  readonly points?: string;
  readonly target?: readonly string[];
  readonly copyPaths?: readonly string[];
  readonly dryRun?: boolean;
  readonly retryFailed?: boolean;
  readonly sortBy?: string;
  readonly sortOrder: "asc" | "desc";
  readonly json?: boolean;
}

interface Call {
  readonly io: Io;
  readonly context: ExperimentsContext;
  readonly options: Options;
}

/** Queues what is new, runs it, and shows the whole sweep. */
async function sweep(call: Call, overrides: readonly string[]): Promise<ExitCode> {
  const { io, context, options } = call;
  const run = runOptionsOf(options);
  refuseWorkspaceRuns(run, "sweep");
  const configs = configsOf(io, context.project, options);
  const expansion = await readPoints(io, { overrides, pointsFile: options.points, configs });
  const targets = options.target ?? [];
  const id = sweepId(await headCommit(context.repository), expansion.words, targets);
  const jobs = options.jobs ?? defaultJobs(options);
  const request: EnqueueRequest = {
    points: expansion.points,
    numbered: true,
    folder: path.relative(context.project.root, io.cwd),
    configs,
    name: options.name,
    message: options.message,
    sweep: id,
    targets,
    flags: keptOptions(run),
    copyPaths: (options.copyPaths ?? []).map((name) => path.resolve(io.cwd, name)),
    samePoint: run.force ? "replace" : "skip",
    takenName: run.force ? "replace" : "refuse",
    failedBefore: options.retryFailed ? "queue" : "report",
    claim: "leave",
    ...entryLimits(options),
  };
  await checkCommands(io, context, { ...request, configs, runs: "later" });
  if (options.dryRun) {
    const preview = await previewEnqueue(context, request);
    const format = options.json ? "json" : "text";
    printSweepPreview(io, context, { id, points: expansion.points.length, jobs: jobsNumber(jobs), preview, format });
    return exitCodes.ok;
  }
  const outcome = await enqueue(context, request);
  const waiting = outcome.known.filter((item) => item.state === "queued");
  if (!options.json) {
    print(io, `Sweep ${id}: ${pointsText(expansion.points.length)}, ${newText(outcome.queued)}.`);
    const left = outcome.known.filter((item) => item.state !== "queued");
    for (const line of leftAloneLines({ ...outcome, known: left })) print(io, line);
    if (waiting.length > 0) print(io, `${waiting.length} in the queue from before run now.`);
  }
  const sequences = [...outcome.queued, ...waiting].flatMap(({ sequence }) =>
    sequence === undefined ? [] : [sequence],
  );
  const ran = await runQueue(context, io, {
    jobs,
    onFailure: options.failFast ? "stop" : "continue",
    only: new Set(sequences),
    claims: "take",
    limits: runLimits(options),
    sweep: id,
    format: options.json ? "json" : "text",
  });
  if (ran.interrupted && !options.json) print(io, "Nothing is lost: the same command goes on with what is missing.");
  else if (!options.json) {
    const names = [...outcome.known, ...outcome.queued].map((item) => item.name);
    await printSweepTable(io, context, { names: new Set(names), baseline: outcome.baseline, ...options });
  }
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
  sweepline sweep 'model=glob(*)'             composed parameters: over the options of a config group
  sweepline sweep                             over hydra.sweeper.params of the config
`;

/** `sweepline sweep` */
export const command: CommandFactory = (io, finish) =>
  addLimitOptions(
    addReproduceOptions(
      new Command("sweep")
        .description("Queue all combinations of the overrides, run them, and show the results.")
        .argument("[overrides...]", "[file:]key=value, values in Hydra's language: 1,2,3  range(1,9)  choice(a,b)")
        .option(
          "-j, --jobs <n>",
          "experiments at once (default: 1, or one a GPU); auto: by cores and memory",
          jobsOrAuto,
        )
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
        .option("--json", "events as JSON lines, no table"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (overrides: readonly string[], options: Options) =>
      finish(
        await withAutoPush(io, () => sweep({ io, context: openExperiments(openProject(io.cwd)), options }, overrides)),
      ),
    );

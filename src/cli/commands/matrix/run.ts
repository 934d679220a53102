import { Command } from "commander";
import { namedFile } from "../../../base/named-file.ts";
import { wordList } from "../../../base/text/listing.ts";
import { matrixExitCodes, withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { type JobRequest, openJob } from "../../../ci/job/job.ts";
import { type HandedOn, type JobEnd, runJob } from "../../../ci/job/run.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { shownRemote } from "../../../git/remote.ts";
import { openProject } from "../../../project/open.ts";
import { duration, jobs } from "../../options/arguments.ts";
import { addLimitOptions, entryLimits, type LimitFlags, runLimits } from "../../options/limits.ts";
import { type ExitCode, type Io, print, warn } from "../../terminal/io.ts";
import { transferEvents } from "../../terminal/transfer-progress.ts";
import { filesText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import { warnMissing } from "../data/transfers.ts";
import { terminalWatcher } from "../exp/run-queue.ts";
import { addPlanOption } from "./shared.ts";
import { listenForStop } from "./stop.ts";

interface Options extends LimitFlags {
  readonly plan: string;
  readonly expect?: string;
  readonly point: string;
  readonly jobs: number;
  readonly bundle?: string;
  readonly gitRemote?: string;
  readonly remote?: string;
  readonly pushEvery?: number;
  readonly runCache?: boolean;
  /** false for --no-cache. */
  readonly cache: boolean;
}

const usualPushEveryMs = 60_000;

function requestOf(io: Io, options: Options): JobRequest {
  const { remote, runCache, cache } = options;
  return {
    plan: namedFile(io.cwd, options.plan),
    expect: options.expect,
    point: options.point,
    jobs: options.jobs,
    bundle: options.bundle === undefined ? undefined : namedFile(io.cwd, options.bundle),
    gitRemote: options.gitRemote,
    data: { cache, ...(remote === undefined ? {} : { remote }), ...(runCache === undefined ? {} : { runCache }) },
    pushEveryMs: options.pushEvery ?? usualPushEveryMs,
    limits: runLimits(options),
    entryLimits: entryLimits(options),
    environment: io.env,
  };
}

function handedOnText(handedOn: HandedOn, { bundle }: Options): string {
  if (handedOn.kind === "pushed")
    return `${handedOn.points} pushed to '${shownRemote(handedOn.remote)}', ${filesText(handedOn.files, "uploaded")}`;
  return handedOn.refs === 0 ? "nothing to bundle" : `bundled in ${bundle}`;
}

function report(io: Io, options: Options, end: JobEnd): ExitCode {
  if (end.kind === "nothing") {
    print(io, `Point ${options.point}: done before, nothing to do.`);
    return matrixExitCodes.ok;
  }
  const { before, left, isStopped } = end;
  print(io, `Point ${options.point}: ${before} done before; ${handedOnText(end.handedOn, options)}.`);
  if (left.length > 0 && !isStopped) warn(io, `still without a result: ${wordList(left.map(({ name }) => name))}`);
  if (isStopped || left.length > 0) return matrixExitCodes.retry;
  return end.failed > 0 ? matrixExitCodes.points : matrixExitCodes.ok;
}

const shownLines = 40;

/** In no line of its own words: what a system reads as commands stands at the start of one. */
function printLog(io: Io, name: string, endOfLog: string): void {
  const lines = endOfLog.trimEnd().split("\n").slice(-shownLines);
  print(io, `\nThe end of the log of ${name}:`);
  for (const line of lines) print(io, `  ${line}`);
  print(io, "");
}

async function run(io: Io, options: Options): Promise<ExitCode> {
  const stop = listenForStop(io);
  const events = {
    ...transferEvents(io),
    missing: (outcome: Parameters<typeof warnMissing>[1]) => warnMissing(io, outcome),
    failed: (name: string, endOfLog: string) => printLog(io, name, endOfLog),
    continues: (name: string, commit: string, place: string) => {
      const whose = place === "the bundle" ? "of the bundle" : "which another job pushed";
      print(io, `${name} goes on from checkpoint ${commit.slice(0, 7)}, ${whose}.`);
    },
    running: () => terminalWatcher(io, "text"),
  };
  try {
    const context = openExperiments(openProject(io.cwd));
    return report(io, options, await runJob(await openJob(context, requestOf(io, options), { stop, events })));
  } finally {
    stop.release();
  }
}

const examples = `
Examples:
  sweepline matrix run --plan sweep.json --point "$POINT"
  sweepline matrix run --point 0-3 -j 2              four points, two at once
  sweepline matrix run --point 7 --bundle results.bundle

Exit codes: 0 done, 1 points failed, 2 wrong use, 75 worth another try.
`;

/** `sweepline matrix run` */
export const command: CommandFactory = (io, finish) =>
  addLimitOptions(
    addPlanOption(
      new Command("run")
        .description(
          "Run the points of one job of a matrix, and push their results. Points that are done are left alone.",
        )
        .requiredOption("--point <i>", "the position of a point in the plan, or a range of them: 7, 0-3")
        .option("-j, --jobs <n>", "experiments at once", jobs, 1)
        .option("--expect <hash>", "fail unless it is the plan that `emit` has seen")
        .option(
          "--bundle <file>",
          "write the results into a Git bundle, where the job may not push; goes on from one that is there",
        )
        .option("--git-remote <name>", "the Git remote (default: exp.git_remote, else origin)")
        .option("-r, --remote <name>", "the storage remote, where it is not the default one")
        .option(
          "--push-every <duration>",
          "results, and checkpoints of points that run, are pushed or bundled at most so often before the end (default: 1m)",
          duration,
        )
        .option("--no-cache", "without the data: neither fetched nor pushed")
        .option("--run-cache", "kept runs of stages too"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (options: Options) => finish(await withMatrixExitCodes(() => run(io, options))));

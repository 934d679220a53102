import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { runInBackground } from "../../../run/background.ts";
import { duration } from "../../options/arguments.ts";
import { addLimitOptions, defaultJobs, jobsOrAuto, type LimitFlags, runLimits } from "../../options/limits.ts";
import { strictHelp } from "../../options/reproduce.ts";
import { type ExitCode, type Io, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { autoPushed } from "../exp/auto-push.ts";
import { queueExitCode, terminalWatcher } from "../exp/run-queue.ts";

interface Options extends LimitFlags {
  readonly jobs?: number | "auto";
  readonly idle: number;
}

async function work(io: Io, context: ExperimentsContext, options: Options): Promise<ExitCode> {
  const request = {
    jobs: options.jobs ?? defaultJobs(options),
    onFailure: options.failFast ? ("stop" as const) : ("continue" as const),
    limits: runLimits(options),
    idleMs: options.idle,
  };
  const run = await runInBackground(context, request, terminalWatcher(io, "text"));
  if (run !== undefined) return queueExitCode(run);
  warn(io, "the queue workers run already");
  return exitCodes.refused;
}

/** `sweepline queue worker`: the process that `queue start` starts. */
export const command: CommandFactory = (io, finish) =>
  addLimitOptions(
    new Command("worker")
      .description("Run the queue until it has been empty for a while. Started by `sweepline queue start`.")
      .option("--strict", strictHelp)
      .option("--fail-fast", "stop at the first failure")
      .option("-j, --jobs <n>", "experiments at once (default: 1, or one a GPU); auto: by cores and memory", jobsOrAuto)
      .option("--idle <duration>", "how long to stay without work", duration, 10_000),
  ).action(async (options: Options) => finish(await autoPushed(io, (context) => work(io, context, options))));

import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { readLock, tryLock, unlock, withLock } from "../../../base/locks.ts";
import type { StateLayout } from "../../../experiments/layout.ts";
import { readRequests } from "../../../experiments/queue/requests.ts";
import { publishWorkers } from "../../../experiments/queue/workers.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { duration } from "../../options/arguments.ts";
import {
  addLimitOptions,
  defaultJobs,
  jobsNumber,
  jobsOrAuto,
  type LimitFlags,
  runLimits,
} from "../../options/limits.ts";
import { strictHelp } from "../../options/reproduce.ts";
import { type ExitCode, type Io, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { withAutoPush } from "../exp/auto-push.ts";
import { queueExitCode, runQueue } from "../exp/run-queue.ts";

interface Options extends LimitFlags {
  readonly jobs?: number | "auto";
  readonly idle: number;
}

/** Gives the role up, unless `queue start` asked for more jobs in the last moment. */
function retire(state: StateLayout): Promise<boolean> {
  return withLock(state.startLock, "queue worker ends", async () => {
    if (readRequests(state).some((request) => request.kind === "jobs")) return false;
    leave(state);
    return true;
  });
}

function leave(state: StateLayout): void {
  const owner = readLock(state.coordinatorLock);
  if (owner === undefined || owner === "broken" || owner.pid !== process.pid) return;
  unlock(state.coordinatorLock);
}

async function work(io: Io, options: Options): Promise<ExitCode> {
  const context = openExperiments(openProject(io.cwd));
  const { state } = context;
  if (!tryLock(state.coordinatorLock, "queue worker")) {
    warn(io, "the queue workers run already");
    return exitCodes.refused;
  }
  const jobs = options.jobs ?? defaultJobs(options);
  publishWorkers(state, { jobs: jobsNumber(jobs), state: "working" });
  try {
    const run = await runQueue(context, io, {
      jobs,
      onFailure: options.failFast ? "stop" : "continue",
      claims: "take",
      limits: runLimits(options),
      format: "text",
      background: {
        idleMs: options.idle,
        changed: (number, now) => publishWorkers(state, { jobs: number, state: now }),
        retire: () => retire(state),
      },
    });
    return queueExitCode(run);
  } finally {
    leave(state);
  }
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
  ).action(async (options: Options) => finish(await withAutoPush(io, () => work(io, options))));

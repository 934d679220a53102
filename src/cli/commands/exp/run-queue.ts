/** Runs queued entries with progress on the terminal; shared by `exp run --run-all`, `exp run --temp` and `sweep`. */
import { availableParallelism } from "node:os";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { someOf } from "../../../base/listing.ts";
import { printsTrace } from "../../../base/trace/trace.ts";
import { backgroundCoordinator } from "../../../experiments/queue/workers.ts";
import { recoverDeadRuns } from "../../../experiments/recovery/recovery.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { createProgress, type Progress, type ProgressMode } from "../../../report/progress/progress.ts";
import { type BackgroundOptions, Coordinator, type CoordinatorOptions } from "../../../run/coordinator.ts";
import { deviceRunners } from "../../../run/limits/devices.ts";
import { defaultRetryPolicy } from "../../../run/limits/retry.ts";
import type { RunSummary } from "../../../run/summary.ts";
import { jobsNumber, type RunLimits } from "../../options/limits.ts";
import { listenForInterrupt } from "../../terminal/interrupt.ts";
import { type ExitCode, type Io, warn } from "../../terminal/io.ts";

export interface RunQueueRequest {
  /** "auto": as many as there are cores and as the memory holds. */
  readonly jobs: number | "auto";
  readonly onFailure: "continue" | "stop";
  readonly only?: ReadonlySet<number>;
  readonly claims: "take" | "held";
  readonly sweep?: string;
  readonly limits?: RunLimits;
  readonly background?: BackgroundOptions;
  /** "none": the caller shows what happens. */
  readonly format: "text" | "json" | "none";
}

export interface QueueRun {
  readonly summary: RunSummary;
  readonly interrupted: boolean;
}

const silent: Progress = { emit: () => undefined, close: async () => undefined };

function checkJobs(jobs: number, io: Io): void {
  if (!Number.isSafeInteger(jobs) || jobs < 1 || jobs > 1024)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--jobs takes a whole number from 1 to 1024",
    });
  const cores = availableParallelism();
  if (jobs > cores)
    warn(io, `--jobs ${jobs} is more than the ${cores} cores of this machine: the experiments share them`);
}

/** Workers without devices start nothing while we run, but what they run already has none. */
function warnOfWorkers({ state }: ExperimentsContext, io: Io): void {
  const workers = backgroundCoordinator(state);
  if (workers === undefined || workers.pid === process.pid || deviceRunners(state).includes(workers.pid)) return;
  warn(
    io,
    `the queue workers in the background (process ${workers.pid}) have no --gpus or --slots: they start nothing while this runs, but what they have started already may use any device`,
  );
}

/** A drawing and debug lines on one terminal would tear each other apart. */
function progressMode(format: "text" | "json", io: Io): { readonly mode?: ProgressMode } {
  if (format === "json") return { mode: "json" };
  return printsTrace() && io.stderr.isTTY ? { mode: "plain" } : {};
}

/** Runs until the queue (or `only`) is done or the user stops it. Failures of experiments are part of the summary. */
export async function runQueue(context: ExperimentsContext, io: Io, request: RunQueueRequest): Promise<QueueRun> {
  const { format, limits = {}, jobs, ...rest } = request;
  if (jobs !== "auto") checkJobs(jobs, io);
  // A run that the caller waits for (--temp) tells its failure at once; what is queued has time.
  const retry: Partial<CoordinatorOptions> =
    rest.claims === "held" ? {} : { retry: { ...defaultRetryPolicy, ...limits.retry } };
  const { retry: _retry, ...others } = limits;
  const capacity = { jobs: jobsNumber(jobs), memory: jobs === "auto" ? ("measured" as const) : ("fixed" as const) };
  const options = { ...rest, ...others, ...retry, ...capacity };
  if (others.devices !== undefined && rest.claims === "take") warnOfWorkers(context, io);
  const progress = format === "none" ? silent : createProgress({ ...io, ...progressMode(format, io) });
  const coordinator = new Coordinator(context, { ...options, emit: (event) => progress.emit(event) });
  const interrupt = listenForInterrupt(io, {
    endAtOnce: () =>
      `Ended at once: ${coordinator.endAtOnce()} put back into the queue. The same command, or exp run --run-all, goes on.`,
    advice: format === "text" ? "none" : "print",
  });
  interrupt.signal.addEventListener("abort", () => coordinator.stop());
  try {
    await recoverDeadRuns(context);
    const summary = await coordinator.run();
    return { summary, interrupted: interrupt.signal.aborted };
  } finally {
    interrupt.release();
    await progress.close();
  }
}

/** 252 where the user stopped it, 1 where an experiment failed or lost its worker, else 0. */
export function queueExitCode({ summary, interrupted }: QueueRun): ExitCode {
  if (interrupted) return exitCodes.interrupted;
  return summary.failed.length + summary.requeued.length + summary.elsewhere.failed > 0
    ? exitCodes.experimentsFailed
    : exitCodes.ok;
}

/** `Ran experiment(s): a, b` and what to do with them, as DVC says it. */
export function ranText(summary: RunSummary): string {
  if (summary.succeeded.length === 0) return "";
  const names = summary.succeeded.map((experiment) => experiment.name);
  return `\nRan experiment(s): ${someOf(names, 20)}\nTo apply the results of an experiment to your workspace run:\n\n\tsweepline exp apply <exp>\n`;
}

/** Runs queued entries: the limits, retries and devices that a command asks for made into the options of a coordinator. */
import { availableParallelism } from "node:os";
import { SweeplineError } from "../base/errors.ts";
import { backgroundCoordinator } from "../experiments/coordinator/facts.ts";
import type { EmitRunEvent } from "../experiments/events.ts";
import { recoverDeadRuns } from "../experiments/recovery/recovery.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { type BackgroundOptions, Coordinator, type CoordinatorOptions, type EntryFeed } from "./coordinator.ts";
import { deviceRunners } from "./limits/devices.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./limits/retry.ts";
import type { EarlyStops } from "./stopping/early-stops.ts";
import type { RunSummary } from "./summary.ts";
import { openTelling } from "./telling.ts";

/** As many as there are cores and as the memory holds, or so many. */
export type JobCount = number | "auto";

export interface RunLimits
  extends Pick<
    CoordinatorOptions,
    "timeoutMs" | "timeoutAt" | "checkpointEvery" | "keepCheckpoints" | "maxFailures" | "devices" | "shellCharacters"
  > {
  readonly retry?: Partial<RetryPolicy>;
}

export interface RunQueueRequest {
  readonly jobs: JobCount;
  readonly onFailure: "continue" | "stop";
  readonly only?: ReadonlySet<number>;
  readonly claims: "take" | "held";
  readonly sweep?: string;
  readonly limits?: RunLimits;
  readonly background?: BackgroundOptions;
  readonly feed?: EntryFeed;
  readonly early?: EarlyStops;
}

/** How somebody who watches ends a run. */
export interface RunControl {
  /** Starts nothing more, and ends what runs, back into the queue. */
  stop(): void;
  /** The same at once, waiting for nothing; answers how many entries it put back. */
  endAtOnce(): number;
}

export interface QueueWatcher {
  readonly emit: EmitRunEvent;
  warn(message: string): void;
  /** Before anything runs. */
  started(control: RunControl): void;
  /** Nothing runs any more, whatever came of it. */
  ended(): Promise<void>;
}

export interface QueueOutcome {
  readonly summary: RunSummary;
  /** Somebody stopped it. */
  readonly interrupted: boolean;
}

/** The most experiments that can run at once. */
export function jobsNumber(jobs: JobCount): number {
  return jobs === "auto" ? availableParallelism() : jobs;
}

function checkJobs(jobs: number, warn: QueueWatcher["warn"]): void {
  if (!Number.isSafeInteger(jobs) || jobs < 1 || jobs > 1024)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--jobs takes a whole number from 1 to 1024",
    });
  const cores = availableParallelism();
  if (jobs > cores) warn(`--jobs ${jobs} is more than the ${cores} cores of this machine: the experiments share them`);
}

/** Workers without devices start nothing while we run, but what they run already has none. */
function warnOfWorkers({ state }: ExperimentsContext, warn: QueueWatcher["warn"]): void {
  const workers = backgroundCoordinator(state);
  if (workers === undefined || workers.pid === process.pid || deviceRunners(state).includes(workers.pid)) return;
  warn(
    `the queue workers in the background (process ${workers.pid}) have no --gpus or --slots: they start nothing while this runs, but what they have started already may use any device`,
  );
}

/**
 * Runs until the queue (or `only`) is done or somebody stops it. Failures of experiments are part of the summary.
 * Errors: BAD_OPTIONS for a number of jobs that can't be, COMMIT_REFUSED.
 */
export async function runQueue(
  context: ExperimentsContext,
  request: RunQueueRequest,
  watcher: QueueWatcher,
): Promise<QueueOutcome> {
  const { limits = {}, jobs, ...rest } = request;
  if (jobs !== "auto") checkJobs(jobs, watcher.warn);
  const { retry: asked, ...others } = limits;
  // A run that the caller waits for (--temp) tells its failure at once; what is queued has time.
  const retry = rest.claims === "held" ? {} : { retry: { ...defaultRetryPolicy, ...asked } };
  const capacity = { jobs: jobsNumber(jobs), memory: jobs === "auto" ? ("measured" as const) : ("fixed" as const) };
  if (others.devices !== undefined && rest.claims === "take") warnOfWorkers(context, watcher.warn);
  const telling = await openTelling(context, watcher.warn);
  const emit: EmitRunEvent = (event) => {
    watcher.emit(event);
    telling.emit(event);
  };
  const { environment } = telling;
  const coordinator = new Coordinator(context, { ...rest, ...others, ...retry, ...capacity, environment, emit });
  let interrupted = false;
  watcher.started({
    stop: () => {
      interrupted = true;
      coordinator.stop();
    },
    endAtOnce: () => coordinator.endAtOnce(),
  });
  try {
    await recoverDeadRuns(context);
    return { summary: await coordinator.run(), interrupted };
  } finally {
    await watcher.ended();
    await telling.close();
  }
}

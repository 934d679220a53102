/** Runs queued entries: the limits, retries and devices that a command asks for made into the work of an engine. */
import { backgroundCoordinator } from "../experiments/coordinator/facts.ts";
import type { EmitRunEvent } from "../experiments/events.ts";
import { recoverDeadRuns } from "../experiments/recovery/recovery.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { BackgroundOptions, CoordinatorOptions, EntryFeed } from "./coordinator.ts";
import type { Engine, JobCount } from "./engine.ts";
import { deviceRunners } from "./limits/devices.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./limits/retry.ts";
import { localEngine } from "./local-engine.ts";
import type { EarlyStops } from "./stopping/early-stops.ts";
import type { RunSummary } from "./summary.ts";
import { openTelling } from "./telling.ts";

export interface RunLimits
  extends Pick<
    CoordinatorOptions,
    "timeoutMs" | "timeoutAt" | "checkpointEvery" | "keepCheckpoints" | "maxFailures" | "devices" | "shellCharacters"
  > {
  readonly retry?: Partial<RetryPolicy>;
}

export interface RunQueueRequest {
  /** Who runs it; absent: this machine. */
  readonly engine?: Engine;
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
  const { limits = {}, jobs, engine = localEngine, ...rest } = request;
  const places = engine.places(jobs, watcher.warn);
  const { retry: asked, ...others } = limits;
  // A run that the caller waits for (--temp) tells its failure at once; what is queued has time.
  const retry = rest.claims === "held" ? {} : { retry: { ...defaultRetryPolicy, ...asked } };
  if (others.devices !== undefined && rest.claims === "take") warnOfWorkers(context, watcher.warn);
  const telling = await openTelling(context, watcher.warn);
  const emit: EmitRunEvent = (event) => {
    watcher.emit(event);
    telling.emit(event);
  };
  const { environment } = telling;
  const submission = engine.submit(context, { ...rest, ...others, ...retry, ...places, environment, emit });
  let interrupted = false;
  watcher.started({
    stop: () => {
      interrupted = true;
      submission.cancel();
    },
    endAtOnce: () => submission.cancelAtOnce(),
  });
  try {
    await recoverDeadRuns(context);
    return { summary: await submission.watch(), interrupted };
  } finally {
    await watcher.ended();
    await telling.close();
  }
}

/** Runs queued entries: the limits, retries and devices that a command asks for made into the work of an engine. */
import { backgroundCoordinator } from "../experiments/coordinator/facts.ts";
import type { EmitRunEvent } from "../experiments/events.ts";
import { recoverDeadRuns } from "../experiments/recovery/recovery.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { BackgroundOptions, CoordinatorOptions, EntryFeed } from "./coordinator.ts";
import type { Engine, EngineWork, JobCount, SendingEngine, Sent } from "./engine.ts";
import { deviceRunners } from "./limits/devices.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./limits/retry.ts";
import { localEngine } from "./local-engine.ts";
import type { EarlyStops } from "./stopping/early-stops.ts";
import type { RunSummary } from "./summary.ts";
import { nobody, openTelling } from "./telling.ts";

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
  /** "off": another process, which hears of all that happens, tells Studio and whom else to notify. */
  readonly telling?: "off";
}

/** How somebody who watches ends a run. */
export interface RunControl {
  /** Starts nothing more, and ends what runs, back into the queue. */
  stop(cause?: "limit"): void;
  /** Starts nothing more. */
  drain(): void;
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

/** What an engine is asked for. Errors: BAD_OPTIONS for a number of jobs that can't be. */
function workOf(request: RunQueueRequest, engine: Engine, warn: QueueWatcher["warn"]): Omit<EngineWork, "emit"> {
  const { limits = {}, jobs, engine: _engine, telling: _telling, ...rest } = request;
  const { retry: asked, ...others } = limits;
  // A run that the caller waits for (--temp) tells its failure at once; what is queued has time.
  const retry = rest.claims === "held" ? {} : { retry: { ...defaultRetryPolicy, ...asked } };
  return { ...rest, ...others, ...retry, ...engine.places(jobs, warn) };
}

/**
 * Hands what is queued (or `only`) over to an engine that runs it without us.
 * Errors: BAD_OPTIONS, ENGINE_UNAVAILABLE, ENGINE_REFUSED.
 */
export async function sendQueue(
  context: ExperimentsContext,
  request: RunQueueRequest & { readonly engine: SendingEngine },
  warn: QueueWatcher["warn"],
): Promise<Sent> {
  await recoverDeadRuns(context);
  return request.engine.send(context, { ...workOf(request, request.engine, warn), emit: () => undefined });
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
  const { engine = localEngine, telling: asksTelling } = request;
  const work = workOf(request, engine, watcher.warn);
  if (work.devices !== undefined && work.claims === "take") warnOfWorkers(context, watcher.warn);
  const telling = asksTelling === "off" ? nobody : await openTelling(context, watcher.warn);
  const emit: EmitRunEvent = (event) => {
    watcher.emit(event);
    telling.emit(event);
  };
  const { environment } = telling;
  const submission = engine.submit(context, { ...work, environment, emit }, watcher.warn);
  let interrupted = false;
  watcher.started({
    stop: (cause) => {
      interrupted = true;
      submission.cancel(cause);
    },
    drain: () => submission.drain(),
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

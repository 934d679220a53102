/**
 * Who runs queued entries: this machine's own pool, or a system that others keep. An engine never decides what a result is: that
 * stays one ref transaction of whoever finishes an entry, so a second one that finishes it does no harm.
 */
import type { StopCause } from "../experiments/events.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { CoordinatorOptions } from "./coordinator.ts";
import type { RunSummary } from "./summary.ts";

/** As many as there are cores and as the memory holds, or so many. */
export type JobCount = number | "auto";

/** What an engine is to run: which entries, with which limits, and who is told. */
export type EngineWork = CoordinatorOptions;

/** Entries that an engine has. */
export interface Submission {
  /** Tells what becomes of them; returns when all are done, or nothing runs any more. Called once. */
  watch(): Promise<RunSummary>;
  /** Starts nothing more and ends what runs, back into the queue; `watch` returns then. */
  cancel(cause?: Extract<StopCause, "request" | "limit">): void;
  /** Starts nothing more: `watch` returns when what runs has ended by itself. */
  drain(): void;
  /** The same at once, waiting for nothing; answers how many entries it put back. */
  cancelAtOnce(): number;
}

/** Entries that run without us from now on. */
export interface Sent {
  /** How many entries were sent, and how many had been before or run elsewhere. */
  readonly entries: number;
  readonly covered: number;
  /** The jobs, as the engine numbers them. */
  readonly jobs: readonly string[];
}

export interface Engine {
  readonly name: string;
  /** How many experiments are to run at once where nobody says it; absent: one, or one a device. */
  readonly usualJobs?: number;
  /** How many experiments are to run at once. Errors: BAD_OPTIONS for what the engine can't do. */
  places(jobs: JobCount, warn: (message: string) => void): Pick<EngineWork, "jobs" | "memory">;
  /** Errors: what the engine can't do or reach is told by the submission's watch(). */
  submit(context: ExperimentsContext, work: EngineWork, warn: (message: string) => void): Submission;
  /** Hands the entries over and comes back; absent: nobody else could run them meanwhile. */
  readonly send?: (context: ExperimentsContext, work: EngineWork) => Promise<Sent>;
}

/** An engine that runs without us what it was sent. */
export type SendingEngine = Engine & { readonly send: NonNullable<Engine["send"]> };

export function sendsAway(engine: Engine): engine is SendingEngine {
  return engine.send !== undefined;
}

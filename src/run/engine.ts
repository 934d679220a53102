/**
 * Who runs queued entries: this machine's own pool, or a system that others keep. An engine never decides what a result is: that
 * stays one ref transaction of whoever finishes an entry, so a second one that finishes it does no harm.
 */
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
  cancel(): void;
  /** The same at once, waiting for nothing; answers how many entries it put back. */
  cancelAtOnce(): number;
}

export interface Engine {
  readonly name: string;
  /** How many experiments are to run at once. Errors: BAD_OPTIONS for what the engine can't do. */
  places(jobs: JobCount, warn: (message: string) => void): Pick<EngineWork, "jobs" | "memory">;
  submit(context: ExperimentsContext, work: EngineWork): Submission;
}

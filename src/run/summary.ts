import type { ExperimentLabel } from "../experiments/events.ts";

export interface FailedRun {
  readonly experiment: ExperimentLabel;
  readonly message: string;
  readonly hint?: string;
  readonly log: string;
}

export interface RunSummary {
  readonly succeeded: readonly ExperimentLabel[];
  readonly failed: readonly FailedRun[];
  /** Back in the queue: stopped by the user, or their worker died. */
  readonly requeued: readonly ExperimentLabel[];
  /** Entries of this run that stay queued, with those of `requeued`. */
  readonly queued: number;
  readonly elsewhere: { readonly running: number; readonly failed: number; readonly succeeded: number };
}

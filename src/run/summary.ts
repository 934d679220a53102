import type { ExperimentLabel, ToldFailure } from "../experiments/events.ts";

export interface FailedRun {
  readonly experiment: ExperimentLabel;
  readonly told: ToldFailure;
  /** Whether the message is the log's last line, too. */
  readonly isInLog: boolean;
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

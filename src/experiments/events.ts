/** What a run tells while it works. `run` emits, `report` draws; plain data, safe to clone and to print as JSON lines. */
import type { Value } from "../base/value.ts";
import type { StageAction } from "../pipeline/reproduce/events.ts";
import type { FailureFacts } from "./failure.ts";
import type { StoppedEarly } from "./record.ts";

/** Of an event as JSON (docs/events.md). Goes up when a field changes its meaning or goes; new fields do not count. */
export const eventSchema = 1;

export interface ExperimentLabel {
  readonly name: string;
  /** The queue's sequence number. */
  readonly sequence: number;
  /** The point, as `key=value` texts, in the order of the command line. */
  readonly overrides: readonly string[];
}

/** A failure in words and as data. */
export interface ToldFailure extends FailureFacts {
  /** One line: `failed to reproduce 'train': failed to run: sh src/train.sh, exited with 3`. */
  readonly message: string;
  readonly hint?: string;
  /** The last line that a command which failed printed. */
  readonly output?: string;
  readonly log: string;
}

/**
 * "failures": as many failed as --fail-fast or --max-failures allows. "limit": the time of the cluster's job that they run in is
 * nearly over. "error": we can't go on; the command ends with it.
 */
export type StopCause = "request" | "failures" | "limit" | "error";

export type RunEvent =
  | {
      readonly type: "planned";
      readonly sweep?: string;
      readonly total: number;
      readonly jobs: number;
      readonly at: number;
    }
  | {
      readonly type: "started";
      readonly experiment: ExperimentLabel;
      /** The commit that it starts from, and that of its entry. */
      readonly baseline?: string;
      readonly entry?: string;
      readonly log: string;
      readonly at: number;
    }
  | {
      readonly type: "stage";
      readonly name: string;
      readonly stage: string;
      readonly action: StageAction;
      /** With "waiting": who runs the stage, in words. */
      readonly owner?: string;
      readonly at: number;
    }
  | {
      /** What the stages of a running experiment have written so far. */
      readonly type: "metrics";
      readonly name: string;
      readonly metrics: ReadonlyMap<string, Value>;
      readonly at: number;
    }
  | {
      /** A trial of a search has ended, and its search knows it. */
      readonly type: "trial";
      readonly name: string;
      /** From 1. */
      readonly number: number;
      /** How many the search may have; absent: its time alone ends it. */
      readonly total?: number;
      /** By the metrics that are searched by; undefined: it failed, or lacks one. */
      readonly values?: Readonly<Record<string, number>>;
      /** "some": a constraint does not hold. */
      readonly violated: "none" | "some";
      /** Metrics that are searched by, or that constraints look at, and that it has not. */
      readonly lacks?: readonly string[];
      /** It was ended as hopeless. */
      readonly stopped?: StoppedEarly;
      /** Of all so far, by the first metric. */
      readonly best?: { readonly name: string; readonly value: number };
      /** Until the search is over: by its time, or by how long the trials have taken. */
      readonly left?: { readonly ms: number; readonly by: "time" | "trials" };
      readonly at: number;
    }
  | { readonly type: "checkpoint"; readonly name: string; readonly commit: string; readonly at: number }
  | {
      readonly type: "finished";
      readonly experiment: ExperimentLabel;
      readonly commit: string;
      /** Metrics as flat rows: `metrics.json:nested.acc` where a name occurs in several files, else `nested.acc`. */
      readonly metrics: ReadonlyMap<string, Value>;
      /** Files that the stages left and that are not in the experiment, since nobody tracks or ignores them. */
      readonly untracked?: readonly string[];
      /** Why the result is not what it seems: `the stages changed params.yaml: seed is 0, not 9`. */
      readonly warning?: string;
      /** It was ended as hopeless, and is kept as far as it came. */
      readonly stopped?: StoppedEarly;
      readonly elapsedMs: number;
      readonly at: number;
    }
  | ({
      readonly type: "failed";
      readonly experiment: ExperimentLabel;
      readonly elapsedMs: number;
      readonly at: number;
    } & ToldFailure)
  | ({
      readonly type: "requeued";
      readonly experiment: ExperimentLabel;
      readonly reason: string;
      readonly at: number;
      // Of a run that failed and is tried again.
    } & Partial<FailureFacts>)
  | {
      readonly type: "interrupting";
      readonly cause: StopCause;
      /** How many there were. */
      readonly failures?: number;
      readonly at: number;
    }
  | {
      readonly type: "summary";
      readonly succeeded: readonly string[];
      readonly failed: readonly ({ readonly name: string } & ToldFailure)[];
      readonly requeued: readonly string[];
      /** How many of the run's entries stay queued and nobody runs them, with those of `requeued`. */
      readonly queued: number;
      /** Entries of the run that another process runs, or ran to their end. */
      readonly elsewhere: { readonly running: number; readonly failed: number; readonly succeeded: number };
      readonly elapsedMs: number;
      readonly at: number;
    };

export type EmitRunEvent = (event: RunEvent) => void;

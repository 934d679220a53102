/** What `exp show` collects: plain data, before any format sees it. `toExpStates` turns it into DVC's JSON. */
import type { Value } from "../../base/value.ts";
import type { DependencyState, OutputState } from "../../pipeline/reading/lock-states.ts";
import type { ExperimentNote } from "../notes/note.ts";

/** What a parameter or metrics file held: its data, or why it could not be read. */
export type FileResult =
  | { readonly kind: "data"; readonly data: Value }
  | { readonly kind: "error"; readonly type: string; readonly message: string };

/** What one commit, or the workspace, says about an experiment. Keys are paths relative to the project's root. */
export interface ExperimentData {
  readonly params: ReadonlyMap<string, FileResult>;
  readonly metrics: ReadonlyMap<string, FileResult>;
  readonly deps: ReadonlyMap<string, DependencyState>;
  readonly outs: ReadonlyMap<string, OutputState>;
}

export interface ExperimentState {
  /** "workspace", or a commit id. */
  readonly rev: string;
  readonly name: string | null;
  /** Committer's time, seconds since the epoch; null for the workspace and for what runs. */
  readonly timestamp: number | null;
  readonly data: ExperimentData | null;
  readonly error: { readonly type: string; readonly message: string } | null;
}

export type RunState = "success" | "queued" | "running" | "failed";

export interface Executor {
  readonly state: RunState;
  /** The names that DVC's readers know. */
  readonly name: "dvc-task" | "workspace" | "tempdir" | null;
  readonly local: {
    readonly root: string | null;
    readonly log: string | null;
    readonly pid: number | null;
    readonly returnCode: number | null;
    readonly taskId: string | null;
  } | null;
}

export interface Experiment {
  readonly name: string | null;
  /** null: finished, and nothing is known about where it ran. */
  readonly executor: Executor | null;
  /** The tip; after it the older commits of a DVC 2 checkpoint experiment. Never empty. */
  readonly revs: readonly [ExperimentState, ...ExperimentState[]];
  /** The sweep that made it, where that is known. */
  readonly sweep: string | undefined;
  /** Of a trial of a search: its number, from 1. */
  readonly trial?: number;
  /** The step after which it was ended as hopeless: it is finished, as far as it came. */
  readonly stoppedAt?: number;
  /** What people say of it; absent where nobody did. */
  readonly note?: ExperimentNote;
}

/** The workspace, or a commit that experiments derive from. */
export interface Baseline extends ExperimentState {
  readonly experiments: readonly Experiment[];
}

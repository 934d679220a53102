/** What the reproduction of stages needs. */

import type { Work } from "../check/work.ts";
import type { LockEntry, LockItem, Stage } from "../types.ts";
import type { ReproduceEvents } from "./events.ts";
import type { OutputIgnorer } from "./ignore-outputs.ts";
import type { ReproduceOptions } from "./options.ts";
import type { StepPin } from "./store-pins.ts";

/** Fetches from the storage remotes. */
export interface Puller {
  /** Kept runs of all stages. */
  runs(): Promise<void>;
  /** Fetches what the cache lacks of a stage's outputs. What no remote has stays missing; errors: TRANSFER_FAILED. */
  fetch(stage: Stage, items: readonly LockItem[]): Promise<void>;
}

/** What all stages of a run share. */
export interface StageTools {
  /** The project among it. */
  readonly work: Work;
  readonly options: ReproduceOptions;
  readonly events: ReproduceEvents;
  /** Stages with an output at that path, above or below it (absolute). */
  readonly producersOf: (file: string) => readonly Stage[];
  /** With --pull. */
  readonly puller: Puller | undefined;
  readonly ignorer: OutputIgnorer;
  /** What commands get from our own environment. */
  readonly inherited: Readonly<NodeJS.ProcessEnv>;
}

/** Makes the checkpoint of a stage safe: writes its entry and has it registered. */
export type KeepCheckpoint = (stage: Stage, entry: LockEntry) => Promise<void>;

export interface StageRun extends StageTools {
  readonly stage: Stage;
  readonly force: boolean;
  /** Ends the stage's processes: the user's abort, or another stage's unexpected error. */
  readonly signal: AbortSignal;
  /** Stages that this one depends on in the plan. */
  readonly upstream: readonly Stage[];
  /** Keeps a garbage collection away from what the stage stores or restores. */
  readonly pin: StepPin;
  /** Told each file that was written for Git to take (absolute). */
  readonly wrote: (file: string) => void;
  /** undefined: nobody keeps checkpoints, and a stage that has some is refused. */
  readonly keepCheckpoint: KeepCheckpoint | undefined;
}

/** What the reproduction of one stage needs. */
import type { ReproduceEvents, ReproduceOptions, Stage } from "../types.ts";
import type { OutputIgnorer } from "./ignore-outputs.ts";
import type { Puller } from "./pull.ts";
import type { Work } from "./work.ts";

export interface StageRun {
  readonly work: Work;
  readonly stage: Stage;
  readonly options: ReproduceOptions;
  readonly events: ReproduceEvents;
  readonly force: boolean;
  /** Ends the stage's processes: the user's abort, or another stage's unexpected error. */
  readonly signal: AbortSignal;
  /** Stages that this one depends on in the plan. */
  readonly upstream: readonly Stage[];
  /** Stages with an output at that path, above or below it (absolute). */
  readonly producersOf: (file: string) => readonly Stage[];
  /** With --pull. */
  readonly puller: Puller | undefined;
  readonly ignorer: OutputIgnorer;
  /** What commands get from our own environment. */
  readonly inherited: Readonly<NodeJS.ProcessEnv>;
  /** Told each file that was written for Git to take (absolute). */
  readonly wrote: (file: string) => void;
}

/** What the main thread and the workers say to each other. Plain data: it is cloned. */

import type { MessagePort } from "node:worker_threads";
import type { ProcessIdentity } from "../../base/processes.ts";
import type { Value } from "../../base/value.ts";
import type { ChainTip } from "../../experiments/checkpoints/chain.ts";
import type { CopySlot } from "../../experiments/copy/git-dirs.ts";
import type { QueueEntry } from "../../experiments/queue/entries.ts";
import type { StoppedEarly } from "../../experiments/record.ts";
import type { PipelineFiles } from "../../pipeline/reading/disk-source.ts";
import type { StageAction } from "../../pipeline/reproduce/events.ts";
import type { RegisterAnswer, WrittenCheckpoint } from "../one/copy-checkpoints.ts";
import type { EntryOutcome } from "../one/in-copy.ts";
import type { StepValue } from "../stopping/rules.ts";

export interface RunEntryInput {
  readonly entry: QueueEntry;
  readonly slot: CopySlot;
  readonly projectRoot: string;
  readonly committer: string;
  readonly log: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly checkpointEvery?: number;
  /** The metric whose steps are told, to end hopeless runs. */
  readonly stepMetric?: string;
  readonly processesFile: string;
  readonly pipelineFiles: PipelineFiles;
  readonly port: MessagePort;
}

/** The tasks of the pool: name to what goes in and out. */
export interface WorkerTasks {
  readonly runEntry: { readonly input: RunEntryInput; readonly output: EntryOutcome };
}

/** From a worker while it runs an entry. */
export type WorkerMessage =
  | {
      readonly type: "stage";
      readonly stage: string;
      readonly action: StageAction;
      readonly owner?: string;
      readonly checkpoints?: "some" | "none";
    }
  | { readonly type: "processes"; readonly table: readonly ProcessIdentity[] }
  | { readonly type: "metrics"; readonly metrics: ReadonlyMap<string, Value> }
  | { readonly type: "steps"; readonly steps: readonly StepValue[] }
  /** Its stages make some; `tip` where an earlier run of the entry had registered some. */
  | { readonly type: "checkpoints"; readonly tip?: ChainTip }
  | { readonly type: "checkpoint"; readonly checkpoint: WrittenCheckpoint };

/** To a worker: end the stages and come back; or what became of its checkpoint. */
export type MainMessage =
  /** `keep`: what it has so far is its result. */
  | { readonly type: "stop"; readonly keep?: StoppedEarly }
  | { readonly type: "answer"; readonly answer: RegisterAnswer };

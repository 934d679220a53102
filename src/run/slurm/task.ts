/**
 * One task of an array, on a node: runs its entries one after the other as `exp run --run-all` does, and writes down what it tells.
 * Claims, and one compare-and-swap of refs at the end of each, keep it out of the way of all others.
 */
import { SweeplineError } from "../../base/errors.ts";
import { closeSync } from "../../base/files.ts";
import { appendTo, openAppend } from "../../base/open-files.ts";
import { eventJson } from "../../experiments/event-json.ts";
import type { RunEvent } from "../../experiments/events.ts";
import { listQueue } from "../../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { type QueueOutcome, type QueueWatcher, type RunControl, runQueue } from "../run-queue.ts";
import { type Batch, eventsFile, isMarked, readBatch } from "./batches.ts";
import { SlurmCommands } from "./commands.ts";

const pollMs = 1_000;

export interface TaskCall {
  /** Of the batch. */
  readonly id: string;
  readonly task: number;
  /** As Slurm names this task: `17_3`. */
  readonly job: string;
  readonly warn: (message: string) => void;
  /** Also shows what happens in what the job prints. */
  readonly show: (event: RunEvent) => void;
}

/** "requeued": Slurm starts the task again. */
export type EndOfTask = "done" | "failed" | "stopped" | "requeued";

class Ending {
  cause: "none" | "limit" | "cancel" = "none";
  private control: RunControl | undefined;
  private readonly onLimit = () => this.end("limit");
  private readonly onCancel = () => this.end("cancel");
  private readonly timer: NodeJS.Timeout;

  constructor(batch: Batch) {
    process.on("SIGUSR1", this.onLimit);
    process.on("SIGTERM", this.onCancel);
    process.on("SIGINT", this.onCancel);
    this.timer = setInterval(() => {
      if (isMarked(batch, "stop")) this.control?.drain();
    }, pollMs);
    this.timer.unref();
  }

  begin(control: RunControl): void {
    this.control = control;
    this.act();
  }

  private end(cause: "limit" | "cancel"): void {
    if (this.cause !== "cancel") this.cause = cause;
    this.act();
  }

  private act(): void {
    if (this.cause !== "none") this.control?.stop(this.cause === "limit" ? "limit" : undefined);
  }

  close(): void {
    clearInterval(this.timer);
    process.off("SIGUSR1", this.onLimit);
    process.off("SIGTERM", this.onCancel);
    process.off("SIGINT", this.onCancel);
  }
}

async function isLeft(context: ExperimentsContext, sequences: readonly number[]): Promise<boolean> {
  const wanted = new Set(sequences);
  return (await listQueue(context)).entries.some(({ state, sequence }) => state === "queued" && wanted.has(sequence));
}

function endOf({ summary }: QueueOutcome): EndOfTask {
  return summary.failed.length > 0 ? "failed" : "done";
}

/** Errors: BAD_OPTIONS where there is no such batch or task. */
export async function runTask(
  context: ExperimentsContext,
  { id, task, job, warn, show }: TaskCall,
): Promise<EndOfTask> {
  const batch = readBatch(context.state, id);
  const sequences = batch?.tasks[task];
  if (batch === undefined || sequences === undefined)
    throw new SweeplineError({ code: "BAD_OPTIONS", message: `there is no task ${task} of a batch '${id}' here` });
  const events = openAppend(eventsFile(batch, task));
  // An earlier start of the task may have been killed in the middle of a line.
  appendTo(events, "\n");
  const ending = new Ending(batch);
  const watcher: QueueWatcher = {
    emit: (event) => {
      appendTo(events, `${eventJson(event)}\n`);
      show(event);
    },
    warn,
    started: (control) => ending.begin(control),
    ended: async () => undefined,
  };
  try {
    const whole = { jobs: 1, onFailure: "continue", claims: "take", telling: "off" } as const;
    const request = { ...whole, only: new Set(sequences), limits: batch.limits };
    const outcome = await runQueue(context, request, watcher);
    if (ending.cause !== "limit" || !(await isLeft(context, sequences)))
      return ending.cause === "none" ? endOf(outcome) : "stopped";
    return (await new SlurmCommands(context.project.root).requeue(job)) ? "requeued" : "stopped";
  } finally {
    ending.close();
    closeSync(events);
  }
}

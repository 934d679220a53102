/** What became of the entries of a run, by the events of its tasks and, where these say nothing, by the queue. */
import type { EmitRunEvent, ExperimentLabel, RunEvent } from "../../experiments/events.ts";
import { listQueue, runningSequences } from "../../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { readRunRecord, runFolder } from "../../experiments/runs/records.ts";
import type { FailedRun, RunSummary } from "../summary.ts";

type EndOfEntry = "succeeded" | "failed" | "given back" | "elsewhere";

export class EntryTally {
  private readonly ends = new Map<number, EndOfEntry>();
  private readonly succeeded: ExperimentLabel[] = [];
  private readonly failed: FailedRun[] = [];
  private readonly requeued = new Map<number, ExperimentLabel>();
  private readonly names = new Map<number, string>();
  /** Entries that a task has begun, in whatever start of it. */
  private readonly begun = new Set<number>();

  constructor(
    private readonly context: ExperimentsContext,
    private readonly emit: EmitRunEvent,
  ) {}

  get failures(): number {
    return this.failed.length;
  }

  add(entries: readonly { readonly sequence: number; readonly name: string }[]): void {
    for (const { sequence, name } of entries) this.names.set(sequence, name);
  }

  isWanted(sequence: number): boolean {
    return this.names.has(sequence);
  }

  /** Entries of which nobody knows yet what becomes of them. */
  open(): readonly number[] {
    return [...this.names.keys()].filter((sequence) => !this.ends.has(sequence));
  }

  isOpen(sequence: number): boolean {
    return this.names.has(sequence) && !this.ends.has(sequence);
  }

  hasBegun(sequence: number): boolean {
    return this.begun.has(sequence);
  }

  /** It stays in the queue, and nobody runs it for us. */
  giveBack(sequence: number): void {
    this.ends.set(sequence, "given back");
  }

  hear(event: RunEvent): void {
    if (!("experiment" in event)) {
      if ("name" in event && [...this.names.values()].includes(event.name)) this.emit(event);
      return;
    }
    const { experiment } = event;
    if (!this.isOpen(experiment.sequence)) return;
    if (event.type === "started") this.begun.add(experiment.sequence);
    else this.settle(event);
    this.emit(event);
  }

  private settle(event: Extract<RunEvent, { type: "finished" | "failed" | "requeued" }>): void {
    const { experiment } = event;
    this.requeued.delete(experiment.sequence);
    if (event.type === "finished") {
      this.ends.set(experiment.sequence, "succeeded");
      this.succeeded.push(experiment);
    } else if (event.type === "requeued") this.requeued.set(experiment.sequence, experiment);
    else {
      const { type: _type, experiment: _experiment, elapsedMs: _elapsed, at: _at, ...told } = event;
      this.ends.set(experiment.sequence, "failed");
      this.failed.push({ experiment, told, isInLog: false });
    }
  }

  /**
   * Looks into the queue for entries whose task is over and told nothing of their end; answers those that wait there and that
   * nobody runs.
   */
  async reconcile(sequences: readonly number[]): Promise<readonly number[]> {
    const running = runningSequences(this.context);
    const states = new Map((await listQueue(this.context)).entries.map(({ sequence, state }) => [sequence, state]));
    const waiting: number[] = [];
    for (const sequence of sequences) {
      const state = states.get(sequence);
      if (state === "queued" && running.has(sequence)) continue;
      if (state === "queued") waiting.push(sequence);
      // It failed, was finished or removed, and we have not heard it: its record tells more.
      else this.ends.set(sequence, "elsewhere");
    }
    return waiting;
  }

  /** Told at the end. */
  async summarize(startedAt: number): Promise<RunSummary> {
    const { entries } = await listQueue(this.context);
    const running = runningSequences(this.context);
    const states = new Map(entries.map(({ sequence, state }) => [sequence, state]));
    const rest = [...this.names].filter(([sequence]) => {
      const end = this.ends.get(sequence);
      return end !== "succeeded" && end !== "failed";
    });
    const queued = rest.filter(([sequence]) => states.get(sequence) === "queued");
    const isDone = ([sequence, name]: readonly [number, string]) =>
      !states.has(sequence) && readRunRecord(runFolder(this.context.state, { sequence, name }))?.state === "success";
    const elsewhere = {
      running: queued.filter(([sequence]) => running.has(sequence)).length,
      failed: rest.filter(([sequence]) => states.get(sequence) === "failed").length,
      succeeded: rest.filter(isDone).length,
    };
    const requeued = [...this.requeued.values()].filter(({ sequence }) => states.get(sequence) === "queued");
    const summary = {
      succeeded: this.succeeded,
      failed: this.failed,
      requeued,
      queued: queued.length - elsewhere.running,
      elsewhere,
    };
    const names = (labels: readonly ExperimentLabel[]) => labels.map(({ name }) => name);
    const at = Date.now();
    this.emit({
      type: "summary",
      succeeded: names(this.succeeded),
      failed: this.failed.map(({ experiment, told }) => ({ name: experiment.name, ...told })),
      requeued: names(requeued),
      queued: summary.queued,
      elsewhere,
      elapsedMs: at - startedAt,
      at,
    });
    return summary;
  }
}

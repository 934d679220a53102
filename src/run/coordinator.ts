/**
 * Runs queued entries: claims them one by one, gives each to a worker thread with a workspace copy, and commits what
 * comes back. The commit point of an experiment is one ref transaction: result created, entry deleted.
 */
import path from "node:path";
import { MessageChannel } from "node:worker_threads";
import { SweeplineError, type SweeplineErrorFacts } from "../base/errors.ts";
import { removeFile } from "../base/files.ts";
import type { ProcessIdentity } from "../base/processes.ts";
import type { EmitRunEvent, ExperimentLabel } from "../experiments/events.ts";
import type { EntryOutcome } from "../experiments/execute.ts";
import { commitOutcome, markFailed } from "../experiments/outcomes.ts";
import { claimEntry, listQueue, type QueueEntry, releaseEntry } from "../experiments/queue.ts";
import { endProcessGroups } from "../experiments/recovery.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { livingProcesses, processesFile, type RunFolder, startRun, writeRunRecord } from "../experiments/runs.ts";
import { committerIdentity } from "../git/objects.ts";
import { RefTransactions, refIs } from "../git/refs.ts";
import { WorkerPool } from "./pool.ts";
import { SlotPool } from "./slots.ts";
import type { FailedRun, RunSummary } from "./summary.ts";
import type { WorkerMessage } from "./tasks.ts";

export interface RunQueueOptions {
  readonly jobs: number;
  /** Start nothing new after the first failure. */
  readonly onFailure: "continue" | "stop";
  /** Only these entries; undefined: all that are queued, also those that come while we run. */
  readonly only?: ReadonlySet<number>;
  readonly sweep?: string;
  readonly emit: EmitRunEvent;
  /** Aborted once: end the running stages, put their entries back, return. */
  readonly stop: AbortSignal;
}

interface ActiveRun {
  readonly entry: QueueEntry;
  readonly stop: () => void;
  groups: readonly ProcessIdentity[];
}

export function labelOf(entry: QueueEntry): ExperimentLabel {
  return { name: entry.name, sequence: entry.sequence, overrides: entry.record.overrides.map((item) => item.text) };
}

export class Coordinator {
  private readonly active = new Map<number, ActiveRun>();
  private readonly seen = new Set<number>();
  private pending: QueueEntry[] = [];
  private readonly succeeded: ExperimentLabel[] = [];
  private readonly failed: FailedRun[] = [];
  private readonly requeued: ExperimentLabel[] = [];
  private stopping = false;

  private constructor(
    private readonly context: ExperimentsContext,
    private readonly options: RunQueueOptions,
    private readonly tools: { pool: WorkerPool; slots: SlotPool; refs: RefTransactions; identity: string },
  ) {}

  /** Runs the queue to its end. Opens nothing where nothing is queued. */
  static async run(context: ExperimentsContext, options: RunQueueOptions): Promise<RunSummary> {
    const first = await queuedEntries(context, options.only);
    if (first.length === 0) return { succeeded: [], failed: [], requeued: [] };
    const tools = {
      pool: new WorkerPool(Math.min(options.jobs, first.length)),
      identity: await committerIdentity(context.repository),
      slots: await SlotPool.open(context),
      refs: new RefTransactions(context.repository, "sweepline: experiment finished"),
    };
    const coordinator = new Coordinator(context, options, tools);
    try {
      return await coordinator.work(first);
    } finally {
      tools.slots.close();
      await Promise.all([tools.refs.close(), tools.pool.close()]);
    }
  }

  private async work(first: QueueEntry[]): Promise<RunSummary> {
    const startedAt = Date.now();
    this.pending = first;
    const { emit, jobs, sweep } = this.options;
    emit({ type: "planned", total: first.length, jobs, at: startedAt, ...(sweep === undefined ? {} : { sweep }) });
    const onStop = () => this.stopAll();
    this.options.stop.addEventListener("abort", onStop);
    if (this.options.stop.aborted) onStop();
    try {
      await Promise.all(Array.from({ length: Math.min(jobs, first.length) }, () => this.lane()));
    } finally {
      this.options.stop.removeEventListener("abort", onStop);
    }
    const failed = this.failed.map(({ experiment, message, log }) => ({ name: experiment.name, message, log }));
    const names = (labels: readonly ExperimentLabel[]) => labels.map((label) => label.name);
    const at = Date.now();
    emit({
      type: "summary",
      succeeded: names(this.succeeded),
      failed,
      requeued: names(this.requeued),
      elapsedMs: at - startedAt,
      at,
    });
    return { succeeded: this.succeeded, failed: this.failed, requeued: this.requeued };
  }

  private async lane(): Promise<void> {
    for (let entry = await this.next(); entry !== undefined; entry = await this.next()) {
      try {
        await this.runEntry(entry);
      } finally {
        releaseEntry(this.context, entry.sequence);
      }
    }
  }

  /** The next entry that is ours alone and still queued. Looks again when the list is used up: entries may have come. */
  private async next(): Promise<QueueEntry | undefined> {
    for (;;) {
      if (this.stopping) return undefined;
      const entry = this.pending.shift();
      if (entry === undefined) {
        if (this.options.only !== undefined) return undefined;
        this.pending = (await queuedEntries(this.context)).filter((item) => !this.seen.has(item.sequence));
        if (this.pending.length === 0) return undefined;
        continue;
      }
      this.seen.add(entry.sequence);
      if (!claimEntry(this.context, entry.sequence)) continue;
      // The claim of a coordinator that just died may have become ours: its stages must not write beside ours.
      await endProcessGroups(livingProcesses(processesFile(this.context.state, entry.sequence)));
      // Another process may have finished it between our listing and our claim.
      if (await refIs(this.context.repository, entry.ref, entry.commit)) return entry;
      releaseEntry(this.context, entry.sequence);
    }
  }

  private async runEntry(entry: QueueEntry): Promise<void> {
    const run = startRun(this.context.state, entry.sequence, entry.name);
    const experiment = labelOf(entry);
    const startedAt = Date.now();
    this.options.emit({ type: "started", experiment, log: this.shortLog(run), at: startedAt });
    const outcome = await this.execute(entry, run);
    await this.settle(entry, run, outcome, startedAt);
  }

  /** In a worker thread; a worker that dies is an outside cause: its stages are ended, the entry stays queued. */
  private async execute(
    entry: QueueEntry,
    run: RunFolder,
  ): Promise<EntryOutcome | { readonly kind: "lost"; readonly reason: string }> {
    const { port1, port2 } = new MessageChannel();
    const active: ActiveRun = { entry, groups: [], stop: () => port1.postMessage({ type: "stop" }) };
    port1.on("message", (message: WorkerMessage) => this.receive(active, message));
    this.active.set(entry.sequence, active);
    if (this.stopping) active.stop();
    const slot = this.tools.slots.take();
    const table = processesFile(this.context.state, entry.sequence);
    try {
      return await this.tools.pool.run("runEntry", {
        entry,
        slot,
        projectRoot: this.context.project.root,
        identity: this.tools.identity,
        log: run.log,
        processesFile: table,
        port: port2,
      });
    } catch (error) {
      await endProcessGroups(active.groups);
      return { kind: "lost", reason: error instanceof Error ? error.message : String(error) };
    } finally {
      this.active.delete(entry.sequence);
      this.tools.slots.give(slot);
      removeFile(table);
      port1.close();
    }
  }

  private receive(active: ActiveRun, message: WorkerMessage): void {
    if (message.type === "processes") active.groups = message.table;
    else {
      const { stage, action } = message;
      this.options.emit({ type: "stage", name: active.entry.name, stage, action, at: Date.now() });
    }
  }

  private async settle(
    entry: QueueEntry,
    run: RunFolder,
    outcome: EntryOutcome | { readonly kind: "lost"; readonly reason: string },
    startedAt: number,
  ): Promise<void> {
    const at = Date.now();
    const times = { elapsedMs: at - startedAt, at };
    if (outcome.kind === "done") {
      const name = await commitOutcome(this.tools.refs, entry, outcome.commit);
      const experiment = { ...labelOf(entry), name };
      writeRunRecord(run, { name, state: "success", startedAt, elapsedMs: times.elapsedMs });
      this.succeeded.push(experiment);
      this.options.emit({ type: "finished", experiment, commit: outcome.commit, metrics: outcome.metrics, ...times });
    } else if (outcome.kind === "failed") await this.settleFailure(entry, run, outcome.failure, startedAt);
    else {
      const reason = outcome.kind === "lost" ? `its worker was lost: ${outcome.reason}` : "stopped";
      writeRunRecord(run, {
        name: entry.name,
        state: "cancelled",
        startedAt,
        elapsedMs: times.elapsedMs,
        message: reason,
      });
      this.requeued.push(labelOf(entry));
      this.options.emit({ type: "requeued", experiment: labelOf(entry), reason, at });
    }
  }

  private async settleFailure(
    entry: QueueEntry,
    run: RunFolder,
    failure: SweeplineErrorFacts,
    startedAt: number,
  ): Promise<void> {
    const at = Date.now();
    const explained = await markFailed(this.context, this.tools.refs, { entry, failure, log: run.log });
    const { message, hint } = explained;
    const experiment = labelOf(entry);
    writeRunRecord(run, { name: entry.name, state: "failed", startedAt, elapsedMs: at - startedAt, message });
    const facts = { experiment, message, log: this.shortLog(run), ...(hint === undefined ? {} : { hint }) };
    this.failed.push(facts);
    this.options.emit({ type: "failed", ...facts, elapsedMs: at - startedAt, at });
    if (this.options.onFailure === "stop") this.stopAll();
  }

  private shortLog(run: RunFolder): string {
    return path.relative(this.context.project.root, run.log);
  }

  private stopAll(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.options.emit({ type: "interrupting", at: Date.now() });
    for (const run of this.active.values()) run.stop();
  }

  /** The process groups of all running stages, for a stop that can't wait. */
  runningGroups(): readonly ProcessIdentity[] {
    return [...this.active.values()].flatMap((run) => run.groups);
  }
}

async function queuedEntries(context: ExperimentsContext, only?: ReadonlySet<number>): Promise<QueueEntry[]> {
  const { entries } = await listQueue(context);
  return entries.filter((entry) => entry.state === "queued" && (only === undefined || only.has(entry.sequence)));
}

export function jobsProblem(jobs: number): SweeplineError | undefined {
  if (Number.isSafeInteger(jobs) && jobs >= 1 && jobs <= 1024) return undefined;
  return new SweeplineError({ code: "BAD_JOBS", message: `--jobs takes a whole number from 1 to 1024`, exitCode: 254 });
}

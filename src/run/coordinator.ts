/**
 * Runs queued entries: claims them one by one, gives each to a worker thread with a workspace copy, and commits what
 * comes back. The commit point of an experiment is one ref transaction: result created, entry deleted.
 */
import path from "node:path";
import { MessageChannel } from "node:worker_threads";
import type { SweeplineErrorFacts } from "../base/errors.ts";
import { removeFile } from "../base/files.ts";
import type { ProcessIdentity } from "../base/processes.ts";
import type { EmitRunEvent, ExperimentLabel } from "../experiments/events.ts";
import type { EntryOutcome } from "../experiments/execute.ts";
import { commitOutcome, markFailed } from "../experiments/outcomes.ts";
import { PipelineFileFinder } from "../experiments/pipeline-files.ts";
import { claimEntry, listQueue, type QueueEntry, releaseEntry } from "../experiments/queue.ts";
import { endProcessGroups, killGroup } from "../experiments/recovery.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { livingProcesses, processesFile, type RunFolder, startRun, writeRunRecord } from "../experiments/runs.ts";
import { committerIdentity } from "../git/objects.ts";
import { RefTransactions, refIs } from "../git/refs.ts";
import { WorkerPool } from "./pool.ts";
import { SlotPool } from "./slots.ts";
import type { FailedRun, RunSummary } from "./summary.ts";
import type { WorkerMessage } from "./tasks.ts";

export interface CoordinatorOptions {
  readonly jobs: number;
  /** After the first failure: go on, or end the running ones and start nothing new. */
  readonly onFailure: "continue" | "stop";
  /** Only these entries; undefined: all that are queued, also those that come while we run. */
  readonly only?: ReadonlySet<number>;
  /** "held": the caller claimed the entries when it queued them. */
  readonly claims: "take" | "held";
  readonly sweep?: string;
  readonly emit: EmitRunEvent;
}

interface ActiveRun {
  readonly entry: QueueEntry;
  readonly stop: () => void;
  groups: readonly ProcessIdentity[];
}

interface Tools {
  readonly pool: WorkerPool;
  readonly slots: SlotPool;
  readonly refs: RefTransactions;
  readonly identity: string;
  readonly pipelineFiles: PipelineFileFinder;
}

/** How a run came back: by itself, or "lost" with its worker. */
type RunEnd = EntryOutcome | { readonly kind: "lost"; readonly reason: string };

interface Ending {
  readonly entry: QueueEntry;
  readonly run: RunFolder;
  readonly outcome: RunEnd;
  readonly startedAt: number;
  readonly refs: RefTransactions;
}

function labelOf(entry: QueueEntry): ExperimentLabel {
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

  constructor(
    private readonly context: ExperimentsContext,
    private readonly options: CoordinatorOptions,
  ) {}

  /** Runs the queue to its end. Opens nothing where nothing is queued. */
  async run(): Promise<RunSummary> {
    const first = await queuedEntries(this.context, this.options.only);
    if (first.length === 0) return { succeeded: [], failed: [], requeued: [] };
    const tools: Tools = {
      pool: new WorkerPool(Math.min(this.options.jobs, first.length)),
      identity: await committerIdentity(this.context.repository),
      pipelineFiles: new PipelineFileFinder(this.context),
      slots: await SlotPool.open(this.context),
      refs: new RefTransactions(this.context.repository, "sweepline: experiment finished"),
    };
    try {
      return await this.work(first, tools);
    } finally {
      tools.slots.close();
      await Promise.all([tools.refs.close(), tools.pool.close()]);
    }
  }

  private async work(first: QueueEntry[], tools: Tools): Promise<RunSummary> {
    const startedAt = Date.now();
    this.pending = first;
    const { emit, jobs, sweep } = this.options;
    emit({ type: "planned", total: first.length, jobs, at: startedAt, ...(sweep === undefined ? {} : { sweep }) });
    await Promise.all(Array.from({ length: Math.min(jobs, first.length) }, () => this.lane(tools)));
    const failed = this.failed.map(({ experiment, ...facts }) => ({ name: experiment.name, ...facts }));
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

  private async lane(tools: Tools): Promise<void> {
    for (let entry = await this.next(); entry !== undefined; entry = await this.next()) {
      try {
        await this.runEntry(entry, tools);
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
      if (this.options.claims === "take" && !claimEntry(this.context, entry.sequence)) continue;
      // The claim of a coordinator that just died may have become ours: its stages must not write beside ours.
      await endProcessGroups(livingProcesses(processesFile(this.context.state, entry.sequence)));
      // Another process may have finished it between our listing and our claim.
      if (await refIs(this.context.repository, entry.ref, entry.commit)) return entry;
      releaseEntry(this.context, entry.sequence);
    }
  }

  private async runEntry(entry: QueueEntry, tools: Tools): Promise<void> {
    const run = startRun(this.context.state, entry.sequence, entry.name);
    const experiment = labelOf(entry);
    const startedAt = Date.now();
    this.options.emit({ type: "started", experiment, log: this.shortLog(run), at: startedAt });
    const outcome = await this.execute(entry, run, tools);
    await this.settle({ entry, run, outcome, startedAt, refs: tools.refs });
  }

  /** In a worker thread; a worker that dies is an outside cause: its stages are ended, the entry stays queued. */
  private async execute(entry: QueueEntry, run: RunFolder, tools: Tools): Promise<RunEnd> {
    const { port1, port2 } = new MessageChannel();
    const active: ActiveRun = { entry, groups: [], stop: () => port1.postMessage({ type: "stop" }) };
    port1.on("message", (message: WorkerMessage) => this.receive(active, message));
    this.active.set(entry.sequence, active);
    if (this.stopping) active.stop();
    const slot = tools.slots.take();
    const table = processesFile(this.context.state, entry.sequence);
    try {
      return await tools.pool.run("runEntry", {
        entry,
        slot,
        projectRoot: this.context.project.root,
        identity: tools.identity,
        log: run.log,
        processesFile: table,
        pipelineFiles: await tools.pipelineFiles.of(entry),
        port: port2,
      });
    } catch (error) {
      await endProcessGroups(active.groups);
      return { kind: "lost", reason: error instanceof Error ? error.message : String(error) };
    } finally {
      this.active.delete(entry.sequence);
      tools.slots.give(slot);
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

  private async settle(end: Ending): Promise<void> {
    const { entry, run, outcome, startedAt, refs } = end;
    const at = Date.now();
    const times = { elapsedMs: at - startedAt, at };
    if (outcome.kind === "failed") return this.settleFailure(end, outcome.failure);
    if (outcome.kind === "done") {
      const name = await commitOutcome(refs, entry, outcome.commit);
      const experiment = { ...labelOf(entry), name };
      writeRunRecord(run, { name, state: "success", startedAt, elapsedMs: times.elapsedMs });
      this.succeeded.push(experiment);
      this.options.emit({ type: "finished", experiment, commit: outcome.commit, metrics: outcome.metrics, ...times });
      return;
    }
    const reason = outcome.kind === "lost" ? `its worker was lost: ${outcome.reason}` : "stopped";
    const record = {
      name: entry.name,
      state: "cancelled" as const,
      startedAt,
      elapsedMs: times.elapsedMs,
      message: reason,
    };
    writeRunRecord(run, record);
    this.requeued.push(labelOf(entry));
    this.options.emit({ type: "requeued", experiment: labelOf(entry), reason, at });
  }

  private async settleFailure(end: Ending, failure: SweeplineErrorFacts): Promise<void> {
    const { entry, run, startedAt, refs } = end;
    const at = Date.now();
    const { message, hint } = await markFailed(this.context, refs, { entry, failure, log: run.log });
    const experiment = labelOf(entry);
    writeRunRecord(run, { name: entry.name, state: "failed", startedAt, elapsedMs: at - startedAt, message });
    const facts = { experiment, message, log: this.shortLog(run), ...(hint === undefined ? {} : { hint }) };
    this.failed.push(facts);
    this.options.emit({ type: "failed", ...facts, elapsedMs: at - startedAt, at });
    if (this.options.onFailure === "stop") this.stop();
  }

  private shortLog(run: RunFolder): string {
    return path.relative(this.context.project.root, run.log);
  }

  /** Ends the running stages and starts nothing new; run() returns once their entries are back in the queue. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.options.emit({ type: "interrupting", at: Date.now() });
    for (const run of this.active.values()) run.stop();
  }

  /** Kills the running stages without waiting for anything; their entries never left the queue. */
  endAtOnce(): void {
    for (const [sequence, run] of this.active) {
      for (const group of run.groups) killGroup(group.pid);
      releaseEntry(this.context, sequence);
    }
  }
}

async function queuedEntries(context: ExperimentsContext, only?: ReadonlySet<number>): Promise<QueueEntry[]> {
  const { entries } = await listQueue(context);
  return entries.filter((entry) => entry.state === "queued" && (only === undefined || only.has(entry.sequence)));
}

/**
 * Runs queued entries: claims them one by one, gives each to a worker thread with a workspace copy, and commits what
 * comes back. The commit point of an experiment is one ref transaction: result created, entry deleted.
 */

import { traced } from "../base/trace.ts";
import { RequestWatch } from "../experiments/coordinator/request-watch.ts";
import type { QueueRequest } from "../experiments/coordinator/requests.ts";
import { PipelineFileFinder } from "../experiments/copy/pipeline-files.ts";
import { SlotPool } from "../experiments/copy/slots.ts";
import type { EmitRunEvent, ExperimentLabel, StopCause } from "../experiments/events.ts";
import { type QueueEntry, releaseEntry } from "../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { runFolder, startRun } from "../experiments/runs/records.ts";
import { committerIdentity } from "../git/objects.ts";
import { RefTransactions } from "../git/refs.ts";
import { ActiveRun, type RunTools } from "./active-run.ts";
import { EntrySource } from "./entry-source.ts";
import { Capacity, type CapacityOptions } from "./limits/capacity.ts";
import type { DeviceShare } from "./limits/devices.ts";
import type { RetryPolicy } from "./limits/retry.ts";
import { MissingHints } from "./missing-hints.ts";
import { garbageCollector } from "./pool/garbage.ts";
import { WorkerPool } from "./pool/pool.ts";
import { giveUpLost, keepInterrupted, labelOf, type Settled, type SettleTools, settle, shortLog } from "./settle.ts";
import type { EarlyStops } from "./stopping/early-stops.ts";
import type { FailedRun, RunSummary } from "./summary.ts";
import { Wake } from "./wake.ts";

/** For a coordinator that stays when the queue is empty, and is told what to do. */
export interface BackgroundOptions {
  /** How long it stays without work. */
  readonly idleMs: number;
  /** The number of jobs was changed, or a stop was asked for or taken back. */
  changed(jobs: number, state: "working" | "draining"): void;
  /** Gives the role up; false where somebody asked for something in the last moment. */
  retire(): Promise<boolean>;
}

export interface CoordinatorOptions extends CapacityOptions {
  /** After the first failure: go on, or end the running ones and start nothing new. */
  readonly onFailure: "continue" | "stop";
  /** That many failures stop it too. */
  readonly maxFailures?: number;
  /** Only these entries; undefined: all that are queued, also those that come while we run. */
  readonly only?: ReadonlySet<number>;
  readonly sweep?: string;
  /** undefined: nothing runs twice. */
  readonly retry?: RetryPolicy;
  /** How long one run may take; an entry's own limit counts more. */
  readonly timeoutMs?: number;
  /** Which checkpoints stay when it is done; the same. */
  readonly keepCheckpoints?: string;
  /** When it is over then; the same. */
  readonly timeoutAt?: "once" | "checkpoint";
  /** Steps of DVCLive from one checkpoint to the next; the same. */
  readonly checkpointEvery?: number;
  /** What becomes of commands that get values with shell characters; an entry may be stricter itself. */
  readonly shellCharacters?: "warn" | "refuse";
  readonly background?: BackgroundOptions;
  /** Added to that of all stages. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly feed?: EntryFeed;
  /** Ends hopeless runs. */
  readonly early?: EarlyStops;
  readonly emit: EmitRunEvent;
}

/** Who queues one entry after the other while we run. */
export interface EntryFeed {
  /** How many there will be at most, with those of `only`. */
  readonly total: number;
  /** Asked when a worker is free and nothing is left to start. "listed": the queue has something new; undefined: there is none now. */
  more(): Promise<QueueEntry | "listed" | undefined>;
}

/** How often a background coordinator with free workers looks into the queue. */
const backgroundPollMs = 1_000;
/** How often memory and devices are looked at when there was none. */
const roomPollMs = 250;
const mostJobs = 1024;

function strictEntry(entry: QueueEntry): QueueEntry {
  return { ...entry, record: { ...entry.record, flags: { ...entry.record.flags, strict: true } } };
}

function lookedAtEnd(settled: Settled): "finished" | "ended" | "again" {
  if (settled.kind === "requeued") return "again";
  return settled.kind === "succeeded" && settled.stopped === undefined ? "finished" : "ended";
}

export class Coordinator {
  private readonly active = new Map<number, ActiveRun>();
  private readonly running = new Set<Promise<void>>();
  private readonly source: EntrySource;
  private readonly wake = new Wake();
  private readonly succeeded: ExperimentLabel[] = [];
  private readonly failed: FailedRun[] = [];
  private readonly requeued = new Map<number, ExperimentLabel>();
  private readonly capacity: Capacity;
  private readonly hints: MissingHints;
  private readonly tidyUp = garbageCollector(50);
  /** Room may come without that one of our runs ends. */
  private room: "known" | "later" = "known";
  /** "draining": what runs may end, nothing is started. */
  private state: "working" | "draining" | "stopping" = "working";
  /** The feed had nothing more when nothing ran: it won't have. */
  private feedState: "open" | "over" = "open";
  private bug: { readonly error: unknown } | undefined;
  private idleSince: number | undefined;

  constructor(
    private readonly context: ExperimentsContext,
    private readonly options: CoordinatorOptions,
  ) {
    this.capacity = new Capacity(context.state, options, () => this.active.values());
    this.source = new EntrySource(context, options);
    this.hints = new MissingHints(context);
  }

  /** Runs the queue to its end. Opens nothing where nothing is queued. */
  async run(): Promise<RunSummary> {
    const { background, jobs, feed } = this.options;
    const startedAt = Date.now();
    const total = await this.source.open();
    this.plan(feed?.total ?? total, startedAt);
    if (total === 0 && background === undefined && feed === undefined) {
      this.capacity.close();
      return this.summarize(startedAt);
    }
    const tools: RunTools = {
      context: this.context,
      pool: new WorkerPool(background === undefined ? jobs : mostJobs),
      committer: await committerIdentity(this.context.repository),
      pipelineFiles: new PipelineFileFinder(this.context),
      slots: await SlotPool.open(this.context),
      refs: new RefTransactions(this.context.repository, "sweepline: experiment finished"),
    };
    const watch = new RequestWatch(this.context.state, (request) => this.receive(request));
    try {
      return await this.work(startedAt, tools);
    } finally {
      watch.close();
      this.capacity.close();
      tools.slots.close();
      await Promise.all([tools.refs.close(), tools.pool.close()]);
    }
  }

  private plan(total: number, at: number): void {
    const { emit, sweep } = this.options;
    const facts = { total, jobs: this.capacity.jobs, at };
    emit({ type: "planned", ...facts, ...(sweep === undefined ? {} : { sweep }) });
  }

  private async work(startedAt: number, tools: RunTools): Promise<RunSummary> {
    while (!(await this.step(tools)));
    if (this.bug !== undefined) throw this.bug.error;
    return this.summarize(startedAt);
  }

  /** Answers whether it was the last one. Whatever goes wrong here, what runs is stopped and waited for first. */
  private async step(tools: RunTools): Promise<boolean> {
    try {
      await this.startMore(tools);
      if (this.running.size > 0 || this.mayStartLater()) await this.wake.sleep(this.sleepLimit());
      return await this.isOver();
    } catch (error) {
      this.bug ??= { error };
      this.stop("error");
      return false;
    }
  }

  private async startMore(tools: RunTools): Promise<void> {
    this.room = "known";
    while (this.state === "working") {
      const share = this.capacity.acquire();
      if (share === "later") this.room = "later";
      if (share === "later" || share === "full") return;
      if (this.options.background !== undefined) this.source.lookAgain();
      const entry = (await this.source.next()) ?? (await this.fromFeed());
      if (entry === undefined) return this.capacity.release(share);
      this.idleSince = undefined;
      this.start(entry, share, tools);
    }
  }

  private async fromFeed(): Promise<QueueEntry | undefined> {
    const { feed } = this.options;
    if (feed === undefined) return undefined;
    const isAlone = this.running.size === 0 && this.source.nextDue() === undefined;
    const more = await feed.more();
    if (more !== undefined) {
      if (more === "listed") await this.source.open();
      else this.source.add(more);
      return this.source.next();
    }
    if (isAlone) this.feedState = "over";
    return undefined;
  }

  private start(entry: QueueEntry, share: DeviceShare, tools: RunTools): void {
    const run = runFolder(this.context.state, entry);
    const isStrict = this.options.shellCharacters === "refuse";
    const active = new ActiveRun(isStrict ? strictEntry(entry) : entry, run, this.options.emit);
    this.active.set(entry.sequence, active);
    const span = { topic: "run", name: "experiment", lane: "own", detail: () => entry.name } as const;
    const done: Promise<void> = traced(span, () => this.runEntry(active, share, tools))
      .finally(() => {
        this.active.delete(entry.sequence);
        this.capacity.release(share, active);
        releaseEntry(this.context, entry.sequence);
      })
      .catch((error: unknown) => {
        this.bug ??= { error };
        this.stop("error");
      })
      .finally(() => {
        this.running.delete(done);
        this.wake.now();
      });
    this.running.add(done);
  }

  private mayStartLater(): boolean {
    if (this.state !== "working") return false;
    return this.room === "later" || this.source.nextDue() !== undefined || this.options.background !== undefined;
  }

  private sleepLimit(): number | undefined {
    if (this.state !== "working" || (this.running.size >= this.capacity.jobs && this.room === "known"))
      return undefined;
    const due = this.source.nextDue();
    const polls =
      this.room === "later" ? [roomPollMs] : this.options.background === undefined ? [] : [backgroundPollMs];
    const limits = [...(due === undefined ? [] : [due - Date.now()]), ...polls];
    return limits.length === 0 ? undefined : Math.min(...limits);
  }

  private async isOver(): Promise<boolean> {
    if (this.running.size > 0) return false;
    if (this.state !== "working") return true;
    // Listing the queue costs more the longer it is: only when the last list is used up.
    if (this.source.nextDue() !== undefined || this.source.hasUntried()) return false;
    const { background, feed } = this.options;
    // What ended just now may be what the next one depends on.
    if (feed !== undefined) return this.feedState === "over";
    if (background === undefined) return (await this.source.open()) === 0;
    // Another process gives out the devices; when it ends, what it left is ours.
    if (this.room === "later") this.idleSince = undefined;
    this.idleSince ??= Date.now();
    if (Date.now() - this.idleSince < background.idleMs) return false;
    return background.retire();
  }

  private async runEntry(active: ActiveRun, share: DeviceShare, tools: RunTools): Promise<void> {
    const { context, options } = this;
    const { entry } = active;
    const { refs } = tools;
    const settleTools: SettleTools = { context, refs, hints: this.hints, retry: options.retry, emit: options.emit };
    const givenUp = await giveUpLost(settleTools, entry, active.run);
    if (givenUp !== undefined) return this.note(entry, givenUp);
    const run = startRun(context.state, entry);
    const startedAt = Date.now();
    const { baseline, commit } = entry;
    const log = shortLog(context, run);
    options.emit({ type: "started", experiment: labelOf(entry), baseline, entry: commit, log, at: startedAt });
    if (this.state === "stopping") active.stop("stopped");
    const timeoutMs = entry.record.limits?.timeoutMs ?? options.timeoutMs;
    const keepCheckpoints = entry.record.limits?.keepCheckpoints ?? options.keepCheckpoints ?? "all";
    const timeoutAt = entry.record.limits?.timeoutAt ?? options.timeoutAt;
    const checkpointEvery = entry.record.limits?.checkpointEvery ?? options.checkpointEvery;
    const environment = { ...options.environment, ...share.environment };
    try {
      const end = await active.execute(tools, {
        timeoutMs,
        timeoutAt,
        environment,
        checkpointEvery,
        early: options.early,
      });
      const settled = { topic: "run", name: "settle", detail: () => `${entry.name}: ${end.kind}` } as const;
      this.note(
        entry,
        await traced(settled, () =>
          settle(settleTools, { entry, run, end, startedAt, keepCheckpoints, ...active.kept() }),
        ),
      );
    } finally {
      active.settled();
    }
  }

  private note(entry: QueueEntry, settled: Settled): void {
    this.tidyUp();
    this.options.early?.ended(entry.sequence, lookedAtEnd(settled));
    this.requeued.delete(entry.sequence);
    if (settled.kind === "succeeded") this.succeeded.push(settled.experiment);
    else if (settled.kind === "failed") {
      this.failed.push(settled.failed);
      const limit = this.options.onFailure === "stop" ? 1 : (this.options.maxFailures ?? Number.POSITIVE_INFINITY);
      if (this.failed.length >= limit) this.stop("failures");
    } else {
      this.requeued.set(entry.sequence, settled.experiment);
      if (settled.dueAt !== undefined) this.source.putBack(entry.sequence, settled.dueAt);
    }
  }

  private async summarize(startedAt: number): Promise<RunSummary> {
    const failed = this.failed.map(({ experiment, told }) => ({ name: experiment.name, ...told }));
    const names = (labels: readonly ExperimentLabel[]) => labels.map((label) => label.name);
    const requeued = [...this.requeued.values()];
    const ended = [...this.succeeded, ...this.failed.map(({ experiment }) => experiment)];
    const left = await this.source.left(new Set(ended.flatMap(({ sequence }) => sequence ?? [])));
    const at = Date.now();
    this.options.emit({
      type: "summary",
      succeeded: names(this.succeeded),
      failed,
      requeued: names(requeued),
      ...left,
      elapsedMs: at - startedAt,
      at,
    });
    return { succeeded: this.succeeded, failed: this.failed, requeued, ...left };
  }

  /** Answers whether the request was for us. */
  private receive(request: QueueRequest): boolean {
    if (request.kind === "kill") {
      const run = this.active.get(request.sequence);
      run?.stop("killed");
      if (request.manner === "force") run?.killGroups();
      return run !== undefined;
    }
    const { background } = this.options;
    if (background === undefined) return false;
    if (request.kind === "jobs") {
      if (this.state === "stopping") return false;
      this.capacity.jobs = request.jobs;
      this.idleSince = undefined;
      // A stop that was asked for before is taken back.
      if (this.state === "draining") this.state = "working";
      background.changed(request.jobs, "working");
    } else if (request.manner === "kill") this.stop();
    else if (this.state === "working") {
      this.state = "draining";
      background.changed(this.capacity.jobs, "draining");
    }
    this.wake.now();
    return true;
  }

  /** Starts nothing new; run() returns once what runs has ended by itself. */
  drain(): void {
    if (this.state === "working") this.state = "draining";
    this.wake.now();
  }

  /** Ends the running stages and starts nothing new; run() returns once their entries are back in the queue. */
  stop(cause: StopCause = "request"): void {
    if (this.state === "stopping") return;
    this.state = "stopping";
    const failures = cause === "failures" ? { failures: this.failed.length } : {};
    this.options.emit({ type: "interrupting", cause, ...failures, at: Date.now() });
    for (const run of this.active.values()) run.stop(cause === "limit" ? "interrupted" : "stopped");
    this.wake.now();
  }

  /**
   * Kills the running stages without waiting for anything; their entries never left the queue.
   * Answers how many are back in the queue, with those that had stopped before.
   */
  endAtOnce(): number {
    const count = new Set([...this.active.keys(), ...this.requeued.keys()]).size;
    for (const [sequence, run] of this.active) {
      run.killGroups();
      keepInterrupted(run);
      releaseEntry(this.context, sequence);
    }
    return count;
  }
}

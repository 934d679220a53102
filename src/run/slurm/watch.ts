/**
 * Entries that Slurm has, watched: what tasks tell is passed on, what Slurm says of its jobs decides when a task is over, and the
 * queue's refs decide what became of an entry. A task that ended without an end of its entries is sent again.
 */
import { isOver } from "../../base/cluster-jobs.ts";
import { pause } from "../../base/pause.ts";
import { listQueue } from "../../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { EngineWork, Submission } from "../engine.ts";
import type { RunSummary } from "../summary.ts";
import { type Batch, type BatchMark, eventsFile, isMarked, jobPrefix, removeBatch } from "./batches.ts";
import type { SlurmCommands, SlurmJob } from "./commands.ts";
import { EventFile } from "./event-files.ts";
import { cancelBatches } from "./stop.ts";
import { jobOfTask, type Submitting, submitEntries } from "./submit.ts";
import { EntryTally } from "./tally.ts";

const pollMs = 1_000;
/** Listing all jobs of a large cluster is work for its controller: it is asked the less often the longer it takes. */
const pollShare = 20;
const longestPollMs = 30_000;
/** So often an entry is sent that no task even begins: then the cluster is to blame, and somebody has to look. */
const mostSubmissions = 3;

interface WatchedTask {
  readonly batch: Batch;
  readonly task: number;
  readonly events: EventFile;
  /** "ending": Slurm has no job of it any more; what it wrote last may take a moment to be seen here. */
  state: "live" | "ending" | "over";
}

export interface SlurmWork {
  readonly context: ExperimentsContext;
  readonly slurm: SlurmCommands;
  readonly submitting: Submitting;
  readonly work: EngineWork;
  readonly warn: (message: string) => void;
}

export class SlurmSubmission implements Submission {
  private readonly tally: EntryTally;
  private readonly tasks: WatchedTask[] = [];
  private readonly batches = new Map<string, Batch>();
  private readonly submissions = new Map<number, number>();
  private state: "working" | "draining" | "stopping" = "working";
  private feedState: "open" | "over";
  private wake = new AbortController();
  /** What the batches are to be told. */
  private asked: BatchMark | undefined;
  private isSilent = false;

  constructor(private readonly call: SlurmWork) {
    this.tally = new EntryTally(call.context, call.work.emit);
    this.feedState = call.work.feed === undefined ? "over" : "open";
  }

  async watch(): Promise<RunSummary> {
    const { only, sweep, emit, feed, jobs } = this.call.work;
    const startedAt = Date.now();
    const { entries } = await listQueue(this.call.context);
    const wanted = entries.filter(
      ({ state, sequence }) => state === "queued" && (only === undefined || only.has(sequence)),
    );
    this.tally.add(wanted);
    const total = feed?.total ?? wanted.length;
    emit({
      type: "planned",
      total,
      jobs: Math.min(jobs, total),
      ...(sweep === undefined ? {} : { sweep }),
      at: startedAt,
    });
    if (wanted.length > 0) await this.submit(new Set(wanted.map(({ sequence }) => sequence)));
    for (;;) {
      await this.feedMore();
      if (this.tally.open().length === 0 && this.feedState === "over") break;
      await this.cancelJobs();
      const took = await this.look();
      await pause(Math.min(longestPollMs, Math.max(pollMs, took * pollShare)), this.wake.signal);
      if (this.wake.signal.aborted) this.wake = new AbortController();
    }
    for (const batch of this.batches.values()) this.removeIfOver(batch);
    return this.tally.summarize(startedAt);
  }

  private async submit(sequences: ReadonlySet<number>): Promise<void> {
    const { batch, earlier, covered } = await submitEntries(this.call.submitting, sequences);
    for (const each of [...earlier, ...(batch === undefined ? [] : [batch])]) this.follow(each);
    for (const sequence of sequences)
      if (!covered.has(sequence)) this.submissions.set(sequence, (this.submissions.get(sequence) ?? 0) + 1);
  }

  private follow(batch: Batch): void {
    if (this.batches.has(batch.id)) return;
    this.batches.set(batch.id, batch);
    for (const [task, sequences] of batch.tasks.entries())
      if (sequences.some((sequence) => this.tally.isWanted(sequence)))
        this.tasks.push({ batch, task, events: new EventFile(eventsFile(batch, task)), state: "live" });
  }

  /** A search: asks for the next point whenever there is room. */
  private async feedMore(): Promise<void> {
    const { feed, only, jobs } = this.call.work;
    // What comes next depends on what came of those before: without --jobs, one after the other, as locally.
    const places = Number.isFinite(jobs) ? jobs : 1;
    while (feed !== undefined && this.feedState === "open" && this.tally.open().length < places) {
      const isAlone = this.tally.open().length === 0;
      if (this.state !== "working") {
        this.feedState = "over";
        return;
      }
      if (!(await feed.more())) {
        if (isAlone) this.feedState = "over";
        return;
      }
      const { entries } = await listQueue(this.call.context);
      const fresh = entries.filter(({ sequence }) => only?.has(sequence) && !this.tally.isWanted(sequence));
      this.tally.add(fresh);
      await this.submit(new Set(fresh.map(({ sequence }) => sequence)));
    }
  }

  /** One look at everything; answers how long Slurm took. */
  private async look(): Promise<number> {
    const before = performance.now();
    const jobs = await this.call.slurm.jobs(jobPrefix);
    const took = performance.now() - before;
    this.tellSilence(jobs);
    const ended: WatchedTask[] = [];
    for (const task of this.tasks.filter(({ state }) => state !== "over")) {
      this.hear(task);
      if (jobs === undefined) continue;
      const job = jobOfTask(task.batch, task.task, jobs);
      if (job !== undefined && !isOver(job.state)) task.state = "live";
      else if (task.state === "live") task.state = "ending";
      else ended.push(task);
    }
    if (ended.length > 0) await this.settle(ended, jobs ?? []);
    else if (jobs !== undefined) await this.settleLoose();
    this.checkFailures();
    return jobs === undefined ? 0 : took;
  }

  private hear({ events }: WatchedTask): void {
    for (const event of events.read()) this.tally.hear(event);
  }

  private tellSilence(jobs: readonly SlurmJob[] | undefined): void {
    const isSilent = jobs === undefined;
    if (isSilent && !this.isSilent) this.call.warn("Slurm does not answer: its jobs go on, and it is asked again");
    this.isSilent = isSilent;
  }

  private async settle(ended: readonly WatchedTask[], jobs: readonly SlurmJob[]): Promise<void> {
    const again: number[] = [];
    for (const task of ended) {
      this.hear(task);
      task.state = "over";
      const open = (task.batch.tasks[task.task] ?? []).filter((sequence) => this.tally.isOpen(sequence));
      if (open.length === 0) continue;
      const left = await this.tally.reconcile(open);
      const state = jobOfTask(task.batch, task.task, jobs)?.state ?? "unknown";
      for (const sequence of left) if (this.isToRunAgain(task.batch, state, sequence)) again.push(sequence);
    }
    for (const sequence of again) if (this.tally.hasBegun(sequence)) this.submissions.delete(sequence);
    if (again.length > 0) await this.submit(new Set(again));
  }

  /** What another process ran, and what no task of ours has: looked up in the queue. */
  private async settleLoose(): Promise<void> {
    const followed = new Set(
      this.tasks.filter(({ state }) => state !== "over").flatMap(({ batch, task }) => batch.tasks[task] ?? []),
    );
    const loose = this.tally.open().filter((sequence) => !followed.has(sequence));
    if (loose.length === 0) return;
    const left = await this.tally.reconcile(loose);
    if (this.state === "working" && left.length > 0) await this.submit(new Set(left));
    else for (const sequence of left) this.tally.giveBack(sequence);
  }

  /** Somebody cancelled it, we are to stop, or it was tried often enough: then it stays in the queue. */
  private isToRunAgain(batch: Batch, state: string, sequence: number): boolean {
    const isStopped = this.state !== "working" || isMarked(batch, "stop") || isMarked(batch, "cancel");
    const isCancelled = state.startsWith("CANCELLED");
    const isHopeless = !this.tally.hasBegun(sequence) && (this.submissions.get(sequence) ?? 0) >= mostSubmissions;
    if (!isStopped && !isCancelled && !isHopeless) return true;
    this.tally.giveBack(sequence);
    if (isStopped) return false;
    const why = isCancelled ? "was cancelled" : `ended ${mostSubmissions} times before it had begun`;
    this.call.warn(`a job of Slurm ${why}: its experiments wait in the queue (${batch.folder} has what it printed)`);
    return false;
  }

  private checkFailures(): void {
    const { onFailure, maxFailures = Number.POSITIVE_INFINITY } = this.call.work;
    const limit = onFailure === "stop" ? 1 : maxFailures;
    if (this.state !== "stopping" && this.tally.failures >= limit) this.stop("failures");
  }

  private removeIfOver(batch: Batch): void {
    const isOurs = batch.tasks.flat().every((sequence) => this.tally.isWanted(sequence));
    const isUseful = batch.tasks.flat().some((sequence) => !this.tally.hasBegun(sequence));
    const isOverNow = this.tasks.every((task) => task.batch !== batch || task.state !== "live");
    if (isOurs && isOverNow && !isUseful) removeBatch(batch);
  }

  cancel(): void {
    this.stop("request");
  }

  private stop(cause: "request" | "failures"): void {
    if (this.state === "stopping") return;
    this.state = "stopping";
    const failures = cause === "failures" ? { failures: this.tally.failures } : {};
    this.call.work.emit({ type: "interrupting", cause, ...failures, at: Date.now() });
    this.asked = "cancel";
    this.wake.abort();
  }

  drain(): void {
    if (this.state !== "working") return;
    this.state = "draining";
    this.asked = "stop";
    this.wake.abort();
  }

  /** Of batches that are ours alone: those that others wait for go on. */
  private async cancelJobs(): Promise<void> {
    const mark = this.asked;
    if (mark === undefined) return;
    const { slurm } = this.call;
    const isOurs = (batch: Batch) => batch.tasks.flat().every((sequence) => this.tally.isWanted(sequence));
    for (const task of this.tasks.filter(({ batch }) => !isOurs(batch))) {
      task.state = "over";
      for (const sequence of task.batch.tasks[task.task] ?? [])
        if (this.tally.isOpen(sequence)) this.tally.giveBack(sequence);
    }
    await cancelBatches(slurm, [...this.batches.values()].filter(isOurs), mark);
    this.asked = undefined;
  }

  cancelAtOnce(): number {
    return this.tally.open().length;
  }
}

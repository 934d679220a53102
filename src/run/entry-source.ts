/** Gives out queued entries one by one, each claimed for this process. */

import { note } from "../base/trace.ts";
import {
  claimEntry,
  listQueue,
  type QueueEntry,
  releaseEntry,
  runningSequences,
} from "../experiments/queue/entries.ts";
import { orderVersion } from "../experiments/queue/order.ts";
import { endProcessGroups } from "../experiments/recovery/recovery.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { readAttempts } from "../experiments/runs/attempts.ts";
import { livingProcesses, processesFile, readRunRecord, runFolder } from "../experiments/runs/records.ts";
import { refIs } from "../git/refs.ts";
import { longestDelayMs } from "./limits/retry.ts";
import type { RunSummary } from "./summary.ts";

export interface EntrySourceOptions {
  /** Only these entries; undefined: all that are queued, also those that come while we run. */
  readonly only?: ReadonlySet<number>;
  /** "held": the caller claimed the entries when it queued them. */
  readonly claims: "take" | "held";
}

export class EntrySource {
  private pending: QueueEntry[] = [];
  private readonly seen = new Set<number>();
  /** Entries that another process had when we wanted them: looked at again, since it may have died. */
  private readonly held = new Set<number>();
  /** Entries that wait for their next attempt: number to time. */
  private readonly later = new Map<number, number>();
  private order = "";
  /** All entries that were queued when we looked: number to name. */
  private readonly listed = new Map<number, string>();

  constructor(
    private readonly context: ExperimentsContext,
    private readonly options: EntrySourceOptions,
  ) {}

  /** Lists the queue; answers how many entries are to be run. */
  async open(): Promise<number> {
    await this.list();
    return this.pending.length;
  }

  /** An entry that was just queued: the next one that is given out. */
  add(entry: QueueEntry): void {
    this.pending.unshift(entry);
    this.listed.set(entry.sequence, entry.name);
  }

  /** Whether the list that was made last has entries that nobody here has tried yet. */
  hasUntried(): boolean {
    return this.pending.length > 0;
  }

  /** What is left of the run when it is over, and what others did of it; `own` are those that ended here. */
  async left(own: ReadonlySet<number>): Promise<Pick<RunSummary, "queued" | "elsewhere">> {
    const { only } = this.options;
    // Before and after the list: what another process ends meanwhile is still listed, but no longer claimed.
    const before = runningSequences(this.context);
    const { entries } = await listQueue(this.context);
    const running = new Set([...before, ...runningSequences(this.context)]);
    const ours = entries.filter(({ sequence }) => only === undefined || only.has(sequence));
    const queued = ours.filter((entry) => entry.state === "queued");
    const isRunning = ({ sequence }: QueueEntry) => running.has(sequence);
    // Without a list of entries, what failed is of any age: only what we saw in the queue is of this run.
    const failed = ours.filter(
      ({ state, sequence }) =>
        state === "failed" && !own.has(sequence) && (only !== undefined || this.listed.has(sequence)),
    );
    const succeeded = this.succeededElsewhere(own, new Set(entries.map(({ sequence }) => sequence)));
    return {
      queued: queued.filter((entry) => !isRunning(entry)).length,
      elsewhere: { running: queued.filter(isRunning).length, failed: failed.length, succeeded },
    };
  }

  /** What is gone from the queue was finished or removed: the record of its run tells. */
  private succeededElsewhere(own: ReadonlySet<number>, there: ReadonlySet<number>): number {
    const { state } = this.context;
    const gone = [...this.listed].filter(([sequence]) => !own.has(sequence) && !there.has(sequence));
    return gone.filter(([sequence, name]) => readRunRecord(runFolder(state, { sequence, name }))?.state === "success")
      .length;
  }

  private async list(): Promise<void> {
    const { only } = this.options;
    this.order = orderVersion(this.context.state);
    const { entries } = await listQueue(this.context);
    const running: ReadonlySet<number> = this.held.size === 0 ? this.held : runningSequences(this.context);
    const isNew = (sequence: number) => !this.seen.has(sequence) || (this.held.has(sequence) && !running.has(sequence));
    this.pending = entries.filter(
      ({ state, sequence }) => state === "queued" && isNew(sequence) && (only === undefined || only.has(sequence)),
    );
    for (const { sequence, name } of this.pending) this.listed.set(sequence, name);
    note("queue", () => `listed: ${this.pending.length} to run of ${entries.length} entries`);
  }

  /**
   * The next entry that is ours alone and still queued, or undefined where there is none now. Looks again when the list
   * is used up, or when somebody changed the order.
   */
  async next(): Promise<QueueEntry | undefined> {
    const someAreDue = this.forgetDue();
    if (someAreDue || this.order !== orderVersion(this.context.state)) await this.list();
    for (;;) {
      const entry = this.pending.shift();
      if (entry === undefined) {
        if (this.options.only !== undefined) return undefined;
        await this.list();
        if (this.pending.length === 0) return undefined;
        continue;
      }
      this.seen.add(entry.sequence);
      this.held.delete(entry.sequence);
      if (await this.take(entry)) return entry;
    }
  }

  private async take(entry: QueueEntry): Promise<boolean> {
    const { sequence, name } = entry;
    const { state, repository } = this.context;
    const notBefore = readAttempts(runFolder(state, { sequence, name })).at(-1)?.notBefore ?? 0;
    const waitMs = notBefore - Date.now();
    // A longer time than any pause: the clock was set back.
    if (waitMs > 0 && waitMs <= longestDelayMs) {
      this.later.set(sequence, notBefore);
      note("queue", () => `${sequence} ${name}: not before its next attempt, in ${waitMs} ms`);
      return false;
    }
    if (this.options.claims === "take" && !claimEntry(this.context, sequence)) {
      note("queue", () => `${sequence} ${name}: another process runs it`);
      this.held.add(sequence);
      return false;
    }
    // The claim of a coordinator that just died may have become ours: its stages must not write beside ours.
    await endProcessGroups(livingProcesses(processesFile(state, sequence)));
    // Another process may have finished it between our listing and our claim.
    if (await refIs(repository, entry.ref, entry.commit)) {
      note("queue", () => `${sequence} ${name}: claimed`);
      return true;
    }
    note("queue", () => `${sequence} ${name}: gone from the queue since it was listed`);
    releaseEntry(this.context, sequence);
    return false;
  }

  /** An entry that we had and that is to run again at that time. */
  putBack(sequence: number, dueAt: number): void {
    this.later.set(sequence, dueAt);
  }

  /** When the next waiting entry is due; undefined where none waits. */
  nextDue(): number | undefined {
    return this.later.size === 0 ? undefined : Math.min(...this.later.values());
  }

  private forgetDue(): boolean {
    const now = Date.now();
    const due = [...this.later].filter(([, at]) => at <= now);
    for (const [sequence] of due) {
      this.later.delete(sequence);
      this.seen.delete(sequence);
    }
    return due.length > 0;
  }

  /** Entries that another process had may be free again: for whoever stays after the queue was empty. */
  lookAgain(): void {
    for (const sequence of this.seen) if (!this.later.has(sequence)) this.seen.delete(sequence);
  }
}

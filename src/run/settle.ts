/** What becomes of an entry after its run: refs, records, events. */
import path from "node:path";
import type { SweeplineErrorFacts } from "../base/errors.ts";
import type { EmitRunEvent, ExperimentLabel } from "../experiments/events.ts";
import type { QueueEntry } from "../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { type FailureCause, forgetAttempts, readAttempts, recordAttempt } from "../experiments/runs/attempts.ts";
import { type RunFolder, type RunRecord, wasLost, writeRunRecord } from "../experiments/runs/records.ts";
import type { RefTransactions } from "../git/refs.ts";
import { decideRetry, type RetryPolicy } from "./limits/retry.ts";
import type { EntryOutcome } from "./one/in-copy.ts";
import { commitOutcome, markFailed } from "./outcomes.ts";
import type { FailedRun } from "./summary.ts";

/** How a run came back: by itself, "lost" with its worker, or ended by us. */
export type RunEnd =
  | EntryOutcome
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "killed" }
  | { readonly kind: "timed-out"; readonly message: string };

export interface Ending {
  readonly entry: QueueEntry;
  readonly run: RunFolder;
  readonly end: RunEnd;
  readonly startedAt: number;
}

export type Settled =
  | { readonly kind: "succeeded"; readonly experiment: ExperimentLabel }
  | { readonly kind: "failed"; readonly failed: FailedRun }
  /** Back in the queue; `dueAt` where it is to run again by itself. */
  | { readonly kind: "requeued"; readonly experiment: ExperimentLabel; readonly dueAt?: number };

export interface SettleTools {
  readonly context: ExperimentsContext;
  readonly refs: RefTransactions;
  /** undefined: whatever fails stays failed, for whatever cause. */
  readonly retry: RetryPolicy | undefined;
  readonly emit: EmitRunEvent;
}

export function labelOf(entry: QueueEntry): ExperimentLabel {
  return { name: entry.name, sequence: entry.sequence, overrides: entry.record.overrides.map((item) => item.text) };
}

export function shortLog(context: ExperimentsContext, run: RunFolder): string {
  return path.relative(context.project.root, run.log);
}

/** Commits, fails or requeues. Errors: COMMIT_REFUSED where the refs can't be changed. */
export function settle(tools: SettleTools, ending: Ending): Promise<Settled> {
  const { end } = ending;
  switch (end.kind) {
    case "done":
      return succeed(tools, ending, end);
    case "failed":
      return failOrRetry(tools, ending, { cause: end.cause, failure: end.failure });
    case "timed-out":
      return failOrRetry(tools, ending, { cause: "code", failure: { code: "TIMED_OUT", message: end.message } });
    case "killed":
      return fail(tools, ending, { code: "KILLED", message: "killed by `sweepline queue kill`" });
    case "lost": {
      const message = `its worker was lost: ${end.reason}`;
      return failOrRetry(tools, ending, { cause: "outside", failure: { code: "LOST", message } });
    }
    case "cancelled":
      return Promise.resolve(requeue(tools, ending, { reason: "stopped" }));
  }
}

function keepRecord(
  { entry, run, startedAt }: Ending,
  at: number,
  facts: Pick<RunRecord, "state"> & Partial<RunRecord>,
) {
  writeRunRecord(run, { name: entry.name, startedAt, elapsedMs: at - startedAt, queuedAt: entry.queuedAt, ...facts });
}

async function succeed(
  { refs, emit }: SettleTools,
  ending: Ending,
  { commit, metrics, warning }: Extract<EntryOutcome, { kind: "done" }>,
): Promise<Settled> {
  const { entry, startedAt } = ending;
  const at = Date.now();
  const name = await commitOutcome(refs, entry, commit);
  const experiment = { ...labelOf(entry), name };
  keepRecord(ending, at, { name, state: "success", commit });
  forgetAttempts(ending.run);
  const doubt = warning === undefined ? {} : { warning };
  emit({ type: "finished", experiment, commit, metrics, ...doubt, elapsedMs: at - startedAt, at });
  return { kind: "succeeded", experiment };
}

interface FailedAttempt {
  readonly cause: FailureCause;
  readonly failure: SweeplineErrorFacts;
}

async function failOrRetry(tools: SettleTools, ending: Ending, { cause, failure }: FailedAttempt): Promise<Settled> {
  const { entry, run } = ending;
  if (tools.retry === undefined) return fail(tools, ending, failure);
  const { retries = tools.retry.retries } = entry.record.limits ?? {};
  const before = readAttempts(run);
  const decision = decideRetry({ ...tools.retry, retries }, before, cause);
  const endedAt = Date.now();
  const dueAt = decision.kind === "again" ? endedAt + decision.delayMs : endedAt;
  recordAttempt(run, { cause, message: failure.message, endedAt, notBefore: dueAt });
  if (decision.kind === "again") {
    const pause = `${Math.max(0.1, decision.delayMs / 1000).toFixed(1)} s`;
    const reason = `${failure.message} (attempt ${decision.attempt} of ${decision.attempts}; again in ${pause})`;
    return requeue(tools, ending, { reason, dueAt });
  }
  const tried = before.length === 0 ? "" : ` (${before.length + 1} attempts)`;
  return fail(tools, ending, { ...failure, message: `${failure.message}${tried}` });
}

/** Ended at once by the user: what is not settled in time is no run that was lost. */
export function keepInterrupted({ entry, run }: Pick<Ending, "entry" | "run">): void {
  const at = Date.now();
  keepRecord({ entry, run, startedAt: at, end: { kind: "cancelled" } }, at, { state: "cancelled", message: "stopped" });
}

/**
 * An entry whose last run was never settled took its process with it, or went down with it: a process may be killed often
 * before one of its experiments is to blame. Answers what became of the entry where there were too many of them, or
 * undefined where it is to run.
 */
export async function giveUpLost(tools: SettleTools, entry: QueueEntry, run: RunFolder): Promise<Settled | undefined> {
  if (tools.retry === undefined || !wasLost(run)) return undefined;
  const message = "the process that ran it was killed";
  const before = readAttempts(run);
  const at = Date.now();
  recordAttempt(run, { cause: "runner", message, endedAt: at, notBefore: at });
  if (decideRetry(tools.retry, before, "runner").kind === "again") return undefined;
  const failure = { code: "LOST" as const, message: `${message} (${before.length + 1} attempts)` };
  return fail(tools, { entry, run, end: { kind: "lost", reason: message }, startedAt: at }, failure);
}

interface Requeueing {
  readonly reason: string;
  readonly dueAt?: number;
}

function requeue({ emit }: SettleTools, ending: Ending, { reason, dueAt }: Requeueing): Settled {
  const at = Date.now();
  const experiment = labelOf(ending.entry);
  keepRecord(ending, at, { state: "cancelled", message: reason });
  emit({ type: "requeued", experiment, reason, at });
  return { kind: "requeued", experiment, ...(dueAt === undefined ? {} : { dueAt }) };
}

async function fail(
  { context, refs, emit }: SettleTools,
  ending: Ending,
  failure: SweeplineErrorFacts,
): Promise<Settled> {
  const { entry, run, startedAt } = ending;
  const at = Date.now();
  const { message, hint } = await markFailed(context, refs, { entry, failure, log: run.log });
  keepRecord(ending, at, { state: "failed", message, ...(failure.code === "LOST" ? { cause: "lost" } : {}) });
  const log = shortLog(context, run);
  const failed = { experiment: labelOf(entry), message, log, ...(hint === undefined ? {} : { hint }) };
  emit({ type: "failed", ...failed, elapsedMs: at - startedAt, at });
  return { kind: "failed", failed };
}

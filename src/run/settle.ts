/** What becomes of an entry after its run: refs, records, events. */
import path from "node:path";
import { appendText } from "../base/files.ts";
import type { CheckpointChain } from "../experiments/checkpoints/chain.ts";
import type { ChainEnds } from "../experiments/checkpoints/older.ts";
import type { EmitRunEvent, ExperimentLabel } from "../experiments/events.ts";
import { type FailureFacts, failureFacts, failureHint, failureText, type RunFailure } from "../experiments/failure.ts";
import type { KeptTip } from "../experiments/find/kept-checkpoints.ts";
import { type QueueEntry, removal } from "../experiments/queue/entries.ts";
import type { StoppedEarly } from "../experiments/record.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { type FailureCause, forgetAttempts, readAttempts, recordAttempt } from "../experiments/runs/attempts.ts";
import { type RunFolder, type RunRecord, wasLost, writeRunRecord } from "../experiments/runs/records.ts";
import type { RefTransactions } from "../git/refs.ts";
import { commitOutcome, moveToFailed, type Recorded } from "./entry-refs.ts";
import { decideRetry, type RetryPolicy } from "./limits/retry.ts";
import { failedOutput, lastLine } from "./log-end.ts";
import type { MissingHints } from "./missing-hints.ts";
import type { EntryOutcome } from "./one/in-copy.ts";
import type { FailedRun } from "./summary.ts";

/** How a run came back: by itself, "lost" with its worker, or ended by us. */
export type RunEnd =
  | EntryOutcome
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "killed" }
  | { readonly kind: "interrupted"; readonly reason: string }
  | Extract<RunFailure, { readonly kind: "timed-out" }>;

export interface Ending {
  readonly entry: QueueEntry;
  readonly run: RunFolder;
  readonly end: RunEnd;
  readonly startedAt: number;
  /** Which of its checkpoints stay. */
  readonly keepCheckpoints?: string;
  /** Where its stages made some. */
  readonly checkpoints?: CheckpointChain;
}

export type Settled =
  | { readonly kind: "succeeded"; readonly experiment: ExperimentLabel; readonly stopped?: StoppedEarly }
  | { readonly kind: "failed"; readonly failed: FailedRun }
  /** Back in the queue; `dueAt` where it is to run again by itself. */
  | { readonly kind: "requeued"; readonly experiment: ExperimentLabel; readonly dueAt?: number };

export interface SettleTools {
  readonly context: ExperimentsContext;
  readonly refs: RefTransactions;
  /** undefined: whatever fails stays failed, for whatever cause. */
  readonly retry: RetryPolicy | undefined;
  readonly hints: MissingHints;
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
      return failOrRetry(tools, ending, { cause: "code", failure: end });
    case "killed":
      return fail(tools, ending, { failure: end, note: "" });
    case "lost": {
      const reason = `its worker was lost: ${end.reason}`;
      return failOrRetry(tools, ending, { cause: "outside", failure: { kind: "lost", reason } });
    }
    case "interrupted":
      return failOrRetry(tools, ending, { cause: "outside", failure: { kind: "lost", reason: end.reason } });
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

/** Loaded where some are to go. */
async function keptOf(context: ExperimentsContext, ends: ChainEnds, rule: string): Promise<KeptTip> {
  if (rule === "all") return ends;
  const { keptTip } = await import("../experiments/find/kept-checkpoints.ts");
  return keptTip(context, ends, rule);
}

async function succeed(
  { context, refs, emit }: SettleTools,
  ending: Ending,
  { commit: made, tree, metrics, warning, left, stopped }: Extract<EntryOutcome, { kind: "done" }>,
): Promise<Settled> {
  const { entry, startedAt, checkpoints, keepCheckpoints = "all" } = ending;
  const at = Date.now();
  const ends = { commit: made, baseline: entry.baseline };
  const kept: KeptTip = checkpoints === undefined ? ends : await keptOf(context, ends, keepCheckpoints);
  const own = kept.commit;
  if (kept.warning !== undefined) appendText(ending.run.log, `WARNING: ${kept.warning}\n`);
  const recorded: Recorded =
    checkpoints === undefined
      ? await commitOutcome(refs, entry, { repository: context.repository, commit: own })
      : await checkpoints.register({ commit: own, tree }, [removal(entry)]);
  const { name } = recorded;
  const commit = recorded.earlier ?? own;
  const experiment = { ...labelOf(entry), name };
  keepRecord(ending, at, { name, state: "success", commit });
  forgetAttempts(ending.run);
  const first = warning ?? kept.warning;
  const second = recorded.earlier === undefined ? first : "another run of it had finished first: its result stays";
  const doubt = {
    ...(second === undefined ? {} : { warning: second }),
    ...(left.length === 0 ? {} : { untracked: left }),
  };
  const early = stopped === undefined ? {} : { stopped };
  emit({ type: "finished", experiment, commit, metrics, ...doubt, ...early, elapsedMs: at - startedAt, at });
  return { kind: "succeeded", experiment, ...early };
}

interface FailedAttempt {
  readonly cause: FailureCause;
  readonly failure: RunFailure;
}

async function failOrRetry(tools: SettleTools, ending: Ending, { cause, failure }: FailedAttempt): Promise<Settled> {
  const { entry, run } = ending;
  if (tools.retry === undefined) return fail(tools, ending, { failure, note: "" });
  const { retries = tools.retry.retries } = entry.record.limits ?? {};
  const before = readAttempts(run);
  const decision = decideRetry({ ...tools.retry, retries }, before, cause);
  const endedAt = Date.now();
  const dueAt = decision.kind === "again" ? endedAt + decision.delayMs : endedAt;
  const message = failureText(failure);
  recordAttempt(run, { cause, message, endedAt, notBefore: dueAt });
  if (decision.kind === "again") {
    const pause = `${Math.max(0.1, decision.delayMs / 1000).toFixed(1)} s`;
    const reason = `${message} (attempt ${decision.attempt} of ${decision.attempts}; again in ${pause})`;
    return requeue(tools, ending, { reason, dueAt, facts: failureFacts(failure) });
  }
  return fail(tools, ending, { failure, note: before.length === 0 ? "" : ` (${before.length + 1} attempts)` });
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
  const reason = "the process that ran it was killed";
  const before = readAttempts(run);
  const at = Date.now();
  recordAttempt(run, { cause: "runner", message: reason, endedAt: at, notBefore: at });
  if (decideRetry(tools.retry, before, "runner").kind === "again") return undefined;
  const lost = { kind: "lost", reason } as const;
  return fail(
    tools,
    { entry, run, end: lost, startedAt: at },
    { failure: lost, note: ` (${before.length + 1} attempts)` },
  );
}

interface Requeueing {
  readonly reason: string;
  readonly dueAt?: number;
  /** Of the failure, where it is why. */
  readonly facts?: FailureFacts;
}

function requeue({ emit }: SettleTools, ending: Ending, { reason, dueAt, facts }: Requeueing): Settled {
  const at = Date.now();
  const experiment = labelOf(ending.entry);
  keepRecord(ending, at, { state: "cancelled", message: reason });
  emit({ type: "requeued", experiment, reason, ...facts, at });
  return { kind: "requeued", experiment, ...(dueAt === undefined ? {} : { dueAt }) };
}

interface FinalFailure {
  readonly failure: RunFailure;
  /** Added to its words: how often it was tried. */
  readonly note: string;
}

async function fail({ context, refs, hints, emit }: SettleTools, ending: Ending, last: FinalFailure): Promise<Settled> {
  const { entry, run, startedAt, end } = ending;
  const { failure, note } = last;
  const at = Date.now();
  const refused = await moveToFailed(refs, entry);
  const message = `${failureText(failure)}${note}${refused === undefined ? "" : ` (${refused.message})`}`;
  const facts = failureFacts(failure);
  keepRecord(ending, at, {
    state: "failed",
    message,
    failure: facts,
    ...(failure.kind === "lost" ? { cause: "lost" } : {}),
  });
  const printed = failedOutput(failure, run.log);
  const output = lastLine(printed);
  const missing = end.kind === "failed" ? await hints.hintFor(end, printed) : undefined;
  const hint = failureHint(failure) ?? missing;
  const told = {
    message,
    ...facts,
    ...(output === undefined ? {} : { output }),
    log: shortLog(context, run),
    ...(hint === undefined ? {} : { hint }),
  };
  const experiment = labelOf(entry);
  emit({ type: "failed", experiment, ...told, elapsedMs: at - startedAt, at });
  const isInLog = end.kind === "failed" && message === failureText(failure);
  return { kind: "failed", failed: { experiment, told, isInLog } };
}

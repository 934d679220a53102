/** Changes of the queue that a user asks for: remove, retry, move. One ref transaction each. */
import { SweeplineError } from "../../base/errors.ts";
import { removeTree } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { changeRefs } from "../../git/refs.ts";
import type { ExperimentsContext } from "../repository.ts";
import { forgetAttempts } from "../runs/attempts.ts";
import { listRuns, type RunFolderName, readRunRecord, runFolder } from "../runs/records.ts";
import {
  claimEntry,
  listQueue,
  type QueueEntry,
  releaseEntry,
  removal,
  runningSequences,
  transition,
} from "./entries.ts";
import { leftChains } from "./left-chains.ts";
import { moved, type Numbered, type QueuePlace, sortByOrder, writeOrder } from "./order.ts";

export type RemovableState = "queued" | "failed" | "success";

/** Names, or all of some states. */
export type TaskChoice =
  | { readonly kind: "named"; readonly names: readonly string[] }
  | {
      readonly kind: "states";
      readonly states: ReadonlySet<RemovableState>;
      /** Of these entries and experiments only. */
      readonly commits?: ReadonlySet<string>;
    };

export interface TasksRemoved {
  readonly removed: readonly string[];
  /** Of some states: left, because they are running. */
  readonly running: readonly string[];
  /** Experiments that stay: the checkpoints that removed tasks had made. */
  readonly kept: readonly string[];
}

function unknownNames(names: readonly string[], kind: string): SweeplineError {
  const list = names.map((name) => `'${name}'`).join(", ");
  const words = names.length === 1 ? `is not a valid ${kind}` : `are not valid ${kind}s`;
  return new SweeplineError({
    code: "NOT_A_TASK",
    message: `${list} ${words}`,
    hint: "`sweepline queue status` lists them. Nothing was changed.",
  });
}

/**
 * Takes tasks out of the queue: entries, and of finished ones the record and the log, never the experiment.
 * Errors, before anything is removed: NOT_A_TASK for a name that the queue does not know, RUNNING for one that runs.
 */
export async function removeTasks(context: ExperimentsContext, choice: TaskChoice): Promise<TasksRemoved> {
  const { entries, broken } = await listQueue(context);
  const finished = finishedRuns(context, new Set(entries.map((entry) => entry.sequence)));
  const names = new Set(choice.kind === "named" ? choice.names : []);
  const commits = choice.kind === "states" ? choice.commits : undefined;
  const wanted = (state: RemovableState, name: string) =>
    choice.kind === "named" ? names.has(name) : choice.states.has(state);
  const isMeant = (commit: string | undefined) => !commits || (commit !== undefined && commits.has(commit));
  const chosen = entries.filter((entry) => wanted(entry.state, entry.name) && isMeant(entry.commit));
  const runs = finished.filter((run) => wanted("success", run.name) && isMeant(run.commit));
  if (choice.kind === "named") refuseUnknown(choice.names, [...chosen, ...runs], "experiment name");
  const takesBroken = choice.kind === "states" && choice.states.has("queued") && commits === undefined;
  const { free, running } = claimAll(context, chosen);
  try {
    if (choice.kind === "named" && running.length > 0) throw areRunning(running);
    const gone = [...free, ...(takesBroken ? broken : [])].map(removal);
    const left = await leftChains(context, free);
    await changeRefs(context.repository, "sweepline: removed from the queue", [
      ...gone,
      ...left.map(({ change }) => change),
    ]);
    for (const run of [...free, ...runs]) removeTree(runFolder(context.state, run).folder);
    const removed = [...free, ...runs].map((item) => item.name);
    return {
      removed: [...removed, ...(takesBroken ? broken.map((entry) => entry.ref) : [])],
      running: running.map((entry) => entry.name),
      kept: left.map(({ name }) => name),
    };
  } finally {
    for (const entry of free) releaseEntry(context, entry.sequence);
  }
}

function areRunning(entries: readonly QueueEntry[]): SweeplineError {
  const names = entries.map((entry) => `'${entry.name}'`).join(", ");
  return new SweeplineError({
    code: "RUNNING",
    message: `${names} ${entries.length === 1 ? "is" : "are"} running`,
    hint: "`sweepline queue kill` ends experiments; they count as failed then and can be removed. Nothing was changed.",
  });
}

/** Nobody may start an entry while it is being removed. */
function claimAll(context: ExperimentsContext, entries: readonly QueueEntry[]) {
  const free: QueueEntry[] = [];
  const running: QueueEntry[] = [];
  for (const entry of entries) (claimEntry(context, entry.sequence) ? free : running).push(entry);
  return { free, running };
}

type FinishedRun = RunFolderName & { readonly commit: string | undefined };

function finishedRuns({ state }: ExperimentsContext, inQueue: ReadonlySet<number>): readonly FinishedRun[] {
  return listRuns(state).flatMap((run) => {
    if (run.place !== "queue" || inQueue.has(run.sequence)) return [];
    const record = readRunRecord(runFolder(state, run));
    return record?.state === "success" ? [{ ...run, commit: record.commit }] : [];
  });
}

function refuseUnknown(names: readonly string[], found: readonly { readonly name: string }[], kind: string): void {
  const known = new Set(found.map((item) => item.name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) throw unknownNames(unknown, kind);
}

/** All that failed, or those of some commits. */
export interface FailedChoice {
  readonly commits: ReadonlySet<string> | undefined;
}

function byCommits({ commits }: FailedChoice): (entry: QueueEntry) => boolean {
  return ({ commit }) => commits?.has(commit) ?? true;
}

/**
 * Puts failed entries back into the queue, with a fresh count of attempts. Returns their names.
 * Errors: NOT_A_TASK for a name that has not failed.
 */
export async function retryTasks(
  context: ExperimentsContext,
  choice: FailedChoice | readonly string[],
): Promise<readonly string[]> {
  const failed = (await listQueue(context)).entries.filter((entry) => entry.state === "failed");
  const named = "commits" in choice ? undefined : choice;
  const isWanted = "commits" in choice ? byCommits(choice) : ({ name }: QueueEntry) => choice.includes(name);
  const chosen = failed.filter(isWanted);
  if (named !== undefined) refuseUnknown(named, chosen, "failed experiment name");
  // First: a crash in between leaves failed entries without a history, never queued ones that count as tried.
  for (const entry of chosen) forgetAttempts(runFolder(context.state, entry));
  await changeRefs(
    context.repository,
    "sweepline: queued again",
    chosen.flatMap((entry) => transition(entry, "queued")),
  );
  return chosen.map((entry) => entry.name);
}

export type MoveTarget = { readonly kind: "first" | "last" } | { readonly kind: "before"; readonly name: string };

/**
 * Changes the order in which queued entries run. Returns the names in their new order.
 * Errors: NOT_A_TASK for a name that is not waiting in the queue.
 */
export async function moveTasks(
  context: ExperimentsContext,
  names: readonly string[],
  target: MoveTarget,
): Promise<readonly string[]> {
  return withLock({ file: context.state.queueLock, what: "moving experiments" }, async () => {
    const { entries } = await listQueue(context);
    const running = runningSequences(context);
    const waiting = entries.filter((entry) => entry.state === "queued" && !running.has(entry.sequence));
    const anchor = target.kind === "before" ? [target.name] : [];
    refuseUnknown([...names, ...anchor], waiting, "queued experiment name");
    const byName = new Map<string, number[]>();
    for (const { name, sequence } of waiting) {
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [sequence]);
      else same.push(sequence);
    }
    const sequencesOf = (name: string) => byName.get(name) ?? [];
    const place: QueuePlace =
      target.kind === "before" ? { kind: "before", sequence: sequencesOf(target.name)[0] ?? 0 } : target;
    const moving = [...new Set(names)].filter((name) => !anchor.includes(name)).flatMap(sequencesOf);
    return reorder(context, waiting, { moving, place });
  });
}

/** Gives entries that are about to be queued a place before all that wait. Only while holding the queue's lock. */
export async function placeFirst(context: ExperimentsContext, fresh: readonly Numbered[]): Promise<void> {
  const { entries } = await listQueue(context);
  const waiting = entries.filter((entry) => entry.state === "queued");
  writeOrder(
    context.state,
    [...fresh, ...waiting].map(({ sequence }) => sequence),
  );
}

interface Move {
  readonly moving: readonly number[];
  readonly place: QueuePlace;
}

function reorder(context: ExperimentsContext, waiting: readonly QueueEntry[], move: Move): readonly string[] {
  const order = moved(
    waiting.map((entry) => entry.sequence),
    move.moving,
    move.place,
  );
  writeOrder(context.state, order);
  return sortByOrder(waiting, order).map((entry) => entry.name);
}

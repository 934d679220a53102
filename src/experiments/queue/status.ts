/** The queue as people ask for it: one row a task, running, queued, failed and finished ones. */

import { readLockOwner } from "../../base/locks.ts";
import type { ProcessIdentity } from "../../base/processes.ts";
import { CatFile } from "../../git/catfile.ts";
import { parseCommit } from "../../git/objects.ts";
import { backgroundCoordinator } from "../coordinator/facts.ts";
import type { FailureFacts } from "../failure.ts";
import { sequenceText } from "../layout.ts";
import { parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type Attempt, readAttempts } from "../runs/attempts.ts";
import {
  listRuns,
  livingProcesses,
  processesFile,
  type RunFolderName,
  readRunRecord,
  runFolder,
} from "../runs/records.ts";
import { listDvcQueue } from "./dvc-queue.ts";
import { listQueue, type QueueEntry, runningSequences } from "./entries.ts";

export type TaskState = "running" | "queued" | "failed" | "success";

export interface QueueTask {
  readonly state: TaskState;
  readonly name: string | null;
  /** Our number; null for what waits in DVC's own queue. */
  readonly sequence: number | null;
  /** The entry's commit, or the experiment's once it succeeded. */
  readonly commit: string;
  /** Seconds since the epoch; null where nobody knows. */
  readonly createdAt: number | null;
  readonly sweep: string | null;
  readonly overrides: readonly string[];
  /** The file with its output; null before it first ran. */
  readonly log: string | null;
  /** Of the process that runs it. */
  readonly coordinator: number | null;
  /** Process groups of its stages. */
  readonly stages: readonly number[];
  /** Why it failed. */
  readonly message: string | null;
  /** The failure as data; null also where an earlier version recorded it. */
  readonly failure: FailureFacts | null;
  readonly attempts: readonly Attempt[];
}

export interface QueueStatus {
  readonly tasks: readonly QueueTask[];
  readonly workers: {
    readonly active: number;
    readonly idle: number;
    /** The background coordinator. */
    readonly coordinator: { readonly pid: number; readonly jobs: number; readonly log: string } | null;
  };
  /** Refs of entries that can't be read. */
  readonly broken: readonly string[];
}

const stateOrder: readonly TaskState[] = ["running", "queued", "failed", "success"];

/** "read": what finished experiments were made of is looked up in their commits. */
export type FinishedFacts = "read" | "left out";

/** Reads refs, claims and run records; changes nothing. */
export async function queueStatus(
  context: ExperimentsContext,
  facts: FinishedFacts = "left out",
): Promise<QueueStatus> {
  const { entries, broken } = await listQueue(context);
  const running = runningSequences(context);
  const runs = listRuns(context.state);
  const ran = new Set(runs.map((run) => run.sequence));
  const tasks = [
    ...entries.map((entry) => entryTask(context, entry, { running, ran })),
    ...dvcTasks(context),
    ...finishedTasks(context, runs, new Set(entries.map((entry) => entry.sequence))),
  ];
  const rank = (task: QueueTask) => stateOrder.indexOf(task.state);
  return {
    tasks: (facts === "read" ? await withFacts(context, tasks) : tasks).sort((a, b) => rank(a) - rank(b)),
    workers: workersOf(context, tasks),
    broken: broken.map((entry) => entry.ref),
  };
}

interface Known {
  readonly running: ReadonlySet<number>;
  /** Those that have a run folder. */
  readonly ran: ReadonlySet<number>;
}

function entryTask(context: ExperimentsContext, entry: QueueEntry, { running, ran }: Known): QueueTask {
  const { state } = context;
  const { sequence, name, commit, queuedAt, record } = entry;
  const taskState = entry.state === "queued" && running.has(sequence) ? "running" : entry.state;
  const run = ran.has(sequence) ? runFolder(state, { sequence, name }) : undefined;
  const owner = taskState === "running" ? readLockOwner(`${state.claims}/${sequenceText(sequence)}`) : undefined;
  const groups: readonly ProcessIdentity[] =
    taskState === "running" ? livingProcesses(processesFile(state, sequence)) : [];
  const failed = taskState === "failed" && run !== undefined ? readRunRecord(run) : undefined;
  return {
    state: taskState,
    name,
    sequence,
    commit,
    createdAt: queuedAt,
    sweep: record.sweep ?? null,
    overrides: record.overrides.map((item) => item.text),
    log: run?.log ?? null,
    coordinator: owner === undefined || owner === "broken" ? null : owner.pid,
    stages: groups.map((group) => group.pid),
    message: failed?.message ?? null,
    failure: failed?.failure ?? null,
    attempts: run === undefined ? [] : readAttempts(run),
  };
}

const nothingRuns = { coordinator: null, stages: [], message: null, failure: null, attempts: [] } as const;

function dvcTasks({ repository }: ExperimentsContext): QueueTask[] {
  const unknown = { ...nothingRuns, sequence: null, createdAt: null, sweep: null, overrides: [], log: null };
  return listDvcQueue(repository).map(({ state, name, commit }) => ({ ...unknown, state, name, commit }));
}

/** Finished runs of the queue, as long as their records are kept. */
function finishedTasks(
  { state }: ExperimentsContext,
  runs: readonly RunFolderName[],
  inQueue: ReadonlySet<number>,
): QueueTask[] {
  return runs.flatMap(({ sequence, name, place }) => {
    if (place !== "queue" || inQueue.has(sequence)) return [];
    const run = runFolder(state, { sequence, name });
    const record = readRunRecord(run);
    if (record?.state !== "success") return [];
    const facts = { name: record.name, sequence, commit: record.commit ?? "", createdAt: record.queuedAt ?? null };
    return [{ ...nothingRuns, ...facts, state: "success" as const, sweep: null, overrides: [], log: run.log }];
  });
}

/** Finished tasks with the sweep and the overrides that their experiments' commits name. */
async function withFacts({ repository }: ExperimentsContext, tasks: readonly QueueTask[]): Promise<QueueTask[]> {
  const objects = new CatFile(repository);
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        if (task.state !== "success" || task.commit === "") return task;
        const object = await objects.read(task.commit);
        const facts = object?.type === "commit" ? parseFacts(parseCommit(object.content)) : undefined;
        if (facts === undefined) return task;
        return { ...task, sweep: facts.sweep ?? null, overrides: facts.overrides.map(({ text }) => text) };
      }),
    );
  } finally {
    objects.close();
  }
}

/** A worker is a place for one experiment: those at work, wherever, and the free ones of the background coordinator. */
function workersOf({ state }: ExperimentsContext, tasks: readonly QueueTask[]): QueueStatus["workers"] {
  const active = tasks.filter((task) => task.state === "running");
  const coordinator = backgroundCoordinator(state);
  if (coordinator === undefined) return { active: active.length, idle: 0, coordinator: null };
  const { pid, jobs } = coordinator;
  const its = active.filter((task) => task.coordinator === pid).length;
  return {
    active: active.length,
    idle: Math.max(0, jobs - its),
    coordinator: { pid, jobs, log: state.coordinatorLog },
  };
}

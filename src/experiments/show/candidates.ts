/** Which experiments there are, before any commit is read: refs, our queue, DVC's queue. */
import { unlessSystemFails } from "../../base/errors.ts";
import { readdirSync } from "../../base/files.ts";
import { readLockOwner } from "../../base/locks.ts";
import type { ObjectId } from "../../git/ids.ts";
import { type StateLayout, sequenceText } from "../layout.ts";
import { type DvcQueueEntry, listDvcQueue } from "../queue/dvc-queue.ts";
import { listQueue, type QueueEntry, runningSequences } from "../queue/entries.ts";
import type { Executor, RunState } from "../reading/types.ts";
import { checkpointMark } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import { parseRunFolder, readRunRecord, runFolder } from "../runs/records.ts";

/** An experiment before its commit is read. */
export interface Candidate {
  readonly baseline: ObjectId;
  readonly commit: ObjectId;
  readonly name: string | null;
  readonly state: RunState;
  readonly executor: Executor | null;
  /** Why it failed, "" where nobody knows; undefined where it did not fail. */
  readonly failure: string | undefined;
  /** Position in the queue; newest first among those of one second. */
  readonly sequence: number;
  readonly sweep: string | undefined;
  /** Of an entry of ours that is a trial. */
  readonly trial?: number;
  /** Of an entry of ours: what its checkpoints carry. */
  readonly mark?: string;
  /** What it has so far: it waits or runs, and its commit is the last of these. */
  readonly checkpoints?: "kept";
}

/** The newest run of each name, as far as its records are still there. */
function runsByName(state: StateLayout): ReadonlyMap<string, number> {
  const folders = unlessSystemFails([], () => readdirSync(state.runs));
  const newest = new Map<string, number>();
  for (const folder of folders) {
    const run = parseRunFolder(folder);
    // Of a run in the workspace DVC shows no executor.
    if (run?.place !== "queue") continue;
    newest.set(run.name, Math.max(newest.get(run.name) ?? 0, run.sequence));
  }
  return newest;
}

const noPlace = { root: null, log: null, pid: null, returnCode: null };

function finishedCandidate(state: StateLayout, runs: ReadonlyMap<string, number>) {
  return ({ baseline, commit, name }: FinishedExperiment): Candidate => {
    const sequence = runs.get(name);
    const log = sequence === undefined ? null : runFolder(state, { sequence, name }).log;
    const local = { ...noPlace, log, returnCode: 0, taskId: null };
    const executor: Executor | null = log === null ? null : { state: "success", name: "dvc-task", local };
    return { baseline, commit, name, state: "success", executor, failure: undefined, sequence: 0, sweep: undefined };
  };
}

function queueCandidate(state: StateLayout, running: ReadonlySet<number>) {
  return (entry: QueueEntry): Candidate => {
    const { sequence, name, commit, baseline } = entry;
    const run = runFolder(state, { sequence, name });
    const runState = entry.state === "queued" && running.has(sequence) ? "running" : entry.state;
    const owner = runState === "running" ? readLockOwner(`${state.claims}/${sequenceText(sequence)}`) : undefined;
    const pid = owner === undefined || owner === "broken" ? null : owner.pid;
    const failure = runState === "failed" ? (readRunRecord(run)?.message ?? "") : undefined;
    const local = { ...noPlace, pid, log: runState === "queued" ? null : run.log, taskId: commit };
    const executor: Executor = { state: runState, name: runState === "failed" ? null : "dvc-task", local };
    const { sweep, trial } = entry.record;
    const facts = { sweep, ...(trial === undefined ? {} : { trial }), mark: checkpointMark(entry) };
    return { baseline, commit, name, state: runState, executor, failure, sequence, ...facts };
  };
}

function dvcCandidate({ state, commit, baseline, name }: DvcQueueEntry): Candidate {
  const local = { ...noPlace, taskId: commit };
  const executor: Executor = { state, name: state === "failed" ? null : "dvc-task", local };
  const failure = state === "failed" ? "" : undefined;
  return { baseline, commit, name, state, executor, failure, sequence: 0, sweep: undefined };
}

/** All experiments: finished, in our queue, and in DVC's. */
export async function listCandidates(
  context: ExperimentsContext,
  finished: readonly FinishedExperiment[],
): Promise<readonly Candidate[]> {
  const queue = await listQueue(context);
  const running = queue.entries.length === 0 ? new Set<number>() : runningSequences(context);
  return [
    ...finished.map(finishedCandidate(context.state, runsByName(context.state))),
    ...queue.entries.map(queueCandidate(context.state, running)),
    ...listDvcQueue(context.repository).map(dvcCandidate),
  ];
}

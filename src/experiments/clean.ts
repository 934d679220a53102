/** Removes what runs left behind on the disk: old logs, unused copies of the workspace, leftovers of dead processes. */
import path from "node:path";
import { existsSync, lstatIfExists, readdirSync, removeTree } from "../base/files.ts";
import { isLockHeld, tryLock, unlock } from "../base/locks.ts";
import { removeLeft } from "./left-files.ts";
import { findLeftFiles } from "./leftovers.ts";
import { listQueue, runningSequences } from "./queue.ts";
import { recoverDeadRuns } from "./recovery.ts";
import { removeStubborn } from "./remove-stubborn.ts";
import type { ExperimentsContext } from "./repository.ts";
import { listRuns, type RunFolderName, readRunRecord, runFolder } from "./runs.ts";

export interface CleanRequest {
  /** So many of the newest logs stay, besides those of entries in the queue. */
  readonly keepRuns: number;
  /** Milliseconds; runs that are older go too. undefined: age does not count. */
  readonly olderThanMs: number | undefined;
}

export interface CleanOutcome {
  /** Names of the runs whose logs were removed, the oldest first. */
  readonly runs: readonly string[];
  /** How many copies of the workspace. */
  readonly copies: number;
  /** How many claims of dead processes, and files that they left. */
  readonly leftovers: number;
}

/** Never touches an experiment, an entry of the queue, or what a living process uses. */
export async function cleanExperiments(context: ExperimentsContext, request: CleanRequest): Promise<CleanOutcome> {
  const freed = await recoverDeadRuns(context);
  const runs = await removeRuns(context, request);
  return {
    runs,
    copies: removeCopies(context),
    leftovers: freed.length + removeAsides(context),
  };
}

async function removeRuns(context: ExperimentsContext, request: CleanRequest): Promise<readonly string[]> {
  const { state } = context;
  const { entries } = await listQueue(context);
  const kept = new Set([...entries.map((entry) => entry.sequence), ...runningSequences(context)]);
  const finished = listRuns(state).filter((run) => !kept.has(run.sequence) && hasEnded(context, run));
  const tooMany = finished.slice(0, Math.max(0, finished.length - request.keepRuns));
  const tooOld = finished.filter((run) => isOlder(context, run, request.olderThanMs));
  const chosen = [...new Set([...tooMany, ...tooOld])].sort((a, b) => a.sequence - b.sequence);
  for (const { sequence, name, place } of chosen) removeTree(runFolder(state, sequence, name, place).folder);
  return chosen.map((run) => run.name);
}

/** A run in the workspace has no claim: without a record it may be running, if anything is in the workspace. */
function hasEnded({ state }: ExperimentsContext, { sequence, name, place }: RunFolderName): boolean {
  if (place === "queue" || readRunRecord(runFolder(state, sequence, name, place)) !== undefined) return true;
  return !isLockHeld(state.workspaceLock);
}

function isOlder({ state }: ExperimentsContext, run: RunFolderName, olderThanMs: number | undefined): boolean {
  if (olderThanMs === undefined) return false;
  const folder = runFolder(state, run.sequence, run.name, run.place);
  const at = readRunRecord(folder)?.startedAt ?? lstatIfExists(folder.folder)?.mtimeMs ?? Date.now();
  return Date.now() - at > olderThanMs;
}

/** Copies that no living process holds; the next run makes them anew. */
function removeCopies({ state }: ExperimentsContext): number {
  if (!existsSync(state.copies)) return 0;
  const slots = readdirSync(state.copies).filter((name) => /^\d+$/.test(name));
  let removed = 0;
  for (const slot of slots) {
    const folder = path.join(state.copies, slot);
    if (!tryLock(`${folder}.lock`, "exp clean")) continue;
    removeStubborn(folder);
    unlock(`${folder}.lock`);
    removed++;
  }
  return removed;
}

function removeAsides(context: ExperimentsContext): number {
  const left = findLeftFiles(context);
  for (const file of left) removeLeft(file);
  return left.length;
}

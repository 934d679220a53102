/** Removes what runs left behind on the disk: old logs, unused copies of the workspace, leftovers of dead processes. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, lstatIfExists, readdirSync, removeTree } from "../../base/files.ts";
import { isLockHeld, tryLock, unlock } from "../../base/locks.ts";
import { removeAllThatGoes } from "../../base/remove-stubborn.ts";
import { isOwnFolder } from "../../project/gate.ts";
import { listQueue, runningSequences } from "../queue/entries.ts";
import { recoverDeadRuns } from "../recovery/recovery.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listRuns, type RunFolderName, readRunRecord, runFolder } from "../runs/records.ts";
import { findLeftFiles } from "./leftovers.ts";

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
  /** Files and folders that can't be removed. */
  readonly stuck: readonly string[];
}

/** Never touches an experiment, an entry of the queue, or what a living process uses. */
export async function cleanExperiments(context: ExperimentsContext, request: CleanRequest): Promise<CleanOutcome> {
  refuseLinks(context);
  const freed = await recoverDeadRuns(context);
  const runs = await removeRuns(context, request);
  const copies = removeCopies(context);
  const asides = findLeftFiles(context).map((file) => removeAllThatGoes(file));
  return {
    runs,
    copies: countRemoved(copies),
    leftovers: freed.length + countRemoved(asides),
    stuck: [...copies, ...asides].flatMap((file) => file ?? []),
  };
}

/** What is removed lies in folders of ours: a clone may bring links in their places. Throws OUTSIDE_PROJECT. */
function refuseLinks({ project, state }: ExperimentsContext): void {
  for (const folder of [state.root, state.copies, state.runs, state.claims, state.scratch])
    if (!isOwnFolder(project.dvcDir, folder))
      throw new SweeplineError({
        code: "OUTSIDE_PROJECT",
        message: `'${folder}' is a link, or behind one: nothing was removed`,
        hint: "It is none of ours: remove the link.",
      });
}

async function removeRuns(context: ExperimentsContext, request: CleanRequest): Promise<readonly string[]> {
  const { state } = context;
  const { entries } = await listQueue(context);
  const kept = new Set([...entries.map((entry) => entry.sequence), ...runningSequences(context)]);
  const finished = listRuns(state).filter((run) => !kept.has(run.sequence) && hasEnded(context, run));
  const tooMany = finished.slice(0, Math.max(0, finished.length - request.keepRuns));
  const tooOld = finished.filter((run) => isOlder(context, run, request.olderThanMs));
  const chosen = [...new Set([...tooMany, ...tooOld])].sort((a, b) => a.sequence - b.sequence);
  for (const { sequence, name, place } of chosen) removeTree(runFolder(state, { sequence, name, place }).folder);
  return chosen.map((run) => run.name);
}

/** A run in the workspace has no claim: without a record it may be running, if anything is in the workspace. */
function hasEnded({ state }: ExperimentsContext, { sequence, name, place }: RunFolderName): boolean {
  if (place === "queue" || readRunRecord(runFolder(state, { sequence, name, place })) !== undefined) return true;
  return !isLockHeld(state.workspaceLock);
}

function isOlder({ state }: ExperimentsContext, run: RunFolderName, olderThanMs: number | undefined): boolean {
  if (olderThanMs === undefined) return false;
  const folder = runFolder(state, run);
  const at = readRunRecord(folder)?.startedAt ?? lstatIfExists(folder.folder)?.mtimeMs ?? Date.now();
  return Date.now() - at > olderThanMs;
}

type Removal = string | undefined;

function countRemoved(removals: readonly Removal[]): number {
  return removals.filter((stuck) => stuck === undefined).length;
}

/** Copies that no living process holds; the next run makes them anew. Answers for each what can't be removed of it. */
function removeCopies({ state }: ExperimentsContext): readonly Removal[] {
  if (!existsSync(state.copies)) return [];
  const slots = readdirSync(state.copies).filter((name) => /^\d+$/.test(name));
  const removals: Removal[] = [];
  for (const slot of slots) {
    const folder = path.join(state.copies, slot);
    if (!tryLock(`${folder}.lock`, "exp clean")) continue;
    removals.push(removeAllThatGoes(folder));
    unlock(`${folder}.lock`);
  }
  return removals;
}

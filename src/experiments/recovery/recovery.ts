/** After a crash: ends stages of dead runs and frees what those held. Called by the next command, whatever it is. */

import { removeFile } from "../../base/files.ts";
import { isLockHeld, lockHolder, tryLock, unlock } from "../../base/locks.ts";
import { pause } from "../../base/pause.ts";
import { type ProcessIdentity, sendSignal } from "../../base/processes.ts";
import { dropLostLeases } from "../../pipeline/locks/leases.ts";
import { endLeftovers } from "../../pipeline/processes/leftovers.ts";
import { stopProcessGroup } from "../../pipeline/processes/process-group.ts";
import { sequenceText } from "../layout.ts";
import type { ExperimentsContext } from "../repository.ts";
import { livingProcesses, processesFile } from "../runs/records.ts";
import { toldWorkspaceRun } from "../runs/workspace-run.ts";
import { deadTables, filesIn, hasDeadWorkspaceRun, hasLostCheckpoint, haunted } from "./dead-runs.ts";
import { removeLeftScratch } from "./left-files.ts";
import { endDeadStages } from "./stage-tables.ts";

/** How long stages of a dead run may take to end: nobody waits for their results. */
const graceMs = 2_000;

/** SIGKILL to a group, waiting for nothing; a group that is gone is fine. */
export function killGroup(group: number): void {
  sendSignal(-group, "SIGKILL");
}

/** SIGTERM to the groups, SIGKILL to those that are still there after the grace time. */
export async function endProcessGroups(groups: readonly ProcessIdentity[]): Promise<void> {
  await Promise.all(groups.map((group) => stopProcessGroup(group.pid, graceMs)));
}

const recoveryMark = "recovery";
const waitMs = 10_000;
const pollMs = 25;

/** Somebody else cleans up behind the same dead owner: what it held is free when that is done. */
async function whenRecovered(file: string): Promise<void> {
  for (const until = Date.now() + waitMs; Date.now() < until; ) {
    if (lockHolder(file)?.what !== recoveryMark) return;
    await pause(pollMs);
  }
}

/** Whoever takes a dead owner's lock, or one that is gone, does the cleaning and removes it; a living owner keeps it. */
async function freeDeadLock(file: string, clean: () => Promise<void>): Promise<boolean> {
  if (isLockHeld(file) || !tryLock(file, recoveryMark)) {
    await whenRecovered(file);
    return false;
  }
  try {
    await clean();
  } finally {
    unlock(file);
  }
  return true;
}

async function endTable(table: string): Promise<void> {
  await endProcessGroups(livingProcesses(table));
  removeFile(table);
}

async function restoreLost(context: ExperimentsContext): Promise<void> {
  if (toldWorkspaceRun(context.state)?.mark === undefined) return;
  const { restoreLostCheckpoint } = await import("./lost-checkpoint.ts");
  await restoreLostCheckpoint(context);
}

/** Before a run in the workspace, by who holds its lock: stages of a run that died write into the same files, so they end first. */
export async function recoverWorkspace(context: ExperimentsContext): Promise<void> {
  await endProcessGroups(livingProcesses(context.state.workspaceProcesses));
  await restoreLost(context);
}

/**
 * Ends the process groups that dead coordinators left behind and removes their claims, so that their entries,
 * still in the queue, are run again; frees the copies and devices that they had, and removes temporary files. An entry
 * that was removed meanwhile leaves its table or its copy as the trace. Returns the sequence numbers that were freed.
 */
export async function recoverDeadRuns(context: ExperimentsContext): Promise<readonly number[]> {
  const { state } = context;
  const { claims, copies, devices, workspaceLock, workspaceProcesses } = state;
  const claimed = filesIn(claims, /^\d{10,}$/).map(Number);
  const freed: number[] = [];
  for (const sequence of new Set([...claimed, ...deadTables(state)])) {
    const table = processesFile(state, sequence);
    if (await freeDeadLock(`${claims}/${sequenceText(sequence)}`, () => endTable(table))) freed.push(sequence);
  }
  if (hasDeadWorkspaceRun(state) || hasLostCheckpoint(state))
    await freeDeadLock(workspaceLock, async () => {
      await endTable(workspaceProcesses);
      await restoreLost(context);
    });
  const locked = filesIn(copies, /\.lock$/).map((name) => `${copies}/${name.slice(0, -".lock".length)}`);
  for (const folder of new Set([...locked, ...haunted(state)]))
    await freeDeadLock(`${folder}.lock`, async () => {
      await endLeftovers(folder);
    });
  await endDeadStages(state);
  for (const name of filesIn(devices, /\.lock$/)) await freeDeadLock(`${devices}/${name}`, async () => undefined);
  removeLeftScratch(state);
  dropLostLeases(context.project.cacheDir);
  return freed;
}

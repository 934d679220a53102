/** What runs that died left running. Light to load: every command looks. */
import { existsSync, readdirSync } from "../../base/files.ts";
import { isLockHeld } from "../../base/locks.ts";
import type { ProcessIdentity } from "../../base/processes.ts";
import { copiesInUse } from "../../pipeline/processes/leftovers.ts";
import { type StateLayout, sequenceText } from "../layout.ts";
import { livingProcesses, processesFile } from "../runs/records.ts";
import { toldWorkspaceRun } from "../runs/workspace-run.ts";

export function filesIn(folder: string, pattern: RegExp): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => pattern.test(name));
}

function isUnheld(file: string): boolean {
  return !isLockHeld(file);
}

/** Tables of processes whose claim nobody holds: of dead runs, also of entries that have left the queue since. */
export function deadTables({ claims }: StateLayout): readonly number[] {
  const tables = filesIn(claims, /^\d{10,}\.processes$/).map((name) => Number.parseInt(name, 10));
  return tables.filter((sequence) => isUnheld(`${claims}/${sequenceText(sequence)}`));
}

function deadCopyLocks({ copies }: StateLayout): readonly string[] {
  return filesIn(copies, /^\d+\.lock$/)
    .map((name) => `${copies}/${name}`)
    .filter(isUnheld);
}

export function hasDeadWorkspaceRun({ workspaceProcesses, workspaceLock }: StateLayout): boolean {
  return existsSync(workspaceProcesses) && isUnheld(workspaceLock);
}

/** A run in the workspace that made checkpoints and was killed: its outputs may be half written. */
export function hasLostCheckpoint(state: StateLayout): boolean {
  return existsSync(state.workspaceRun) && isUnheld(state.workspaceLock) && toldWorkspaceRun(state)?.mark !== undefined;
}

/** Copies that no living run has, in which processes run all the same. */
export function haunted(state: StateLayout): readonly string[] {
  return copiesInUse(state.copies).filter((folder) => isUnheld(`${folder}.lock`));
}

/** Process groups of dead runs that still run, by their tables. */
export function deadGroups(state: StateLayout): readonly ProcessIdentity[] {
  const workspace = hasDeadWorkspaceRun(state) ? [state.workspaceProcesses] : [];
  const tables = [...deadTables(state).map((sequence) => processesFile(state, sequence)), ...workspace];
  return tables.flatMap(livingProcesses);
}

/**
 * Whether stages of dead runs still run on this machine. Where no run died a few small files tell, so that every command
 * can ask; locks of another machine on shared storage look dead too, but its processes are not here.
 */
export function hasDeadStages(state: StateLayout): boolean {
  const isSuspect = hasDeadWorkspaceRun(state) || deadTables(state).length > 0 || deadCopyLocks(state).length > 0;
  return isSuspect && (deadGroups(state).length > 0 || haunted(state).length > 0);
}

/** After a crash: ends stages of dead runs and frees what those held. Called by the next command that runs something. */
import { existsSync, readdirSync, removeFile } from "../base/files.ts";
import type { ProcessIdentity } from "../base/processes.ts";
import { stopProcessGroup } from "../pipeline/run/process-group.ts";
import { isLockHeld, tryLock, unlock } from "./locks.ts";
import type { ExperimentsContext } from "./repository.ts";
import { livingProcesses, processesFile } from "./runs.ts";

/** How long stages of a dead run may take to end: nobody waits for their results. */
const graceMs = 2_000;

/** SIGKILL to a group, waiting for nothing; a group that is gone is fine. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // Nobody is left, or those left belong to somebody else.
  }
}

/** SIGTERM to the groups, SIGKILL to those that are still there after the grace time. */
export async function endProcessGroups(groups: readonly ProcessIdentity[]): Promise<void> {
  await Promise.all(groups.map((group) => stopProcessGroup(group.pid, graceMs)));
}

/**
 * Ends the process groups that dead coordinators left behind and removes their claims, so that their entries,
 * still in the queue, are run again. Returns the sequence numbers that were freed.
 */
export async function recoverDeadRuns(context: ExperimentsContext): Promise<readonly number[]> {
  const { claims } = context.state;
  if (!existsSync(claims)) return [];
  const freed: number[] = [];
  for (const name of readdirSync(claims)) {
    if (!/^\d{10,}$/.test(name)) continue;
    const claim = `${claims}/${name}`;
    // Whoever takes the dead owner's lock does the cleaning; a living owner keeps it.
    if (isLockHeld(claim) || !tryLock(claim, "recovery")) continue;
    const sequence = Number(name);
    const table = processesFile(context.state, sequence);
    await endProcessGroups(livingProcesses(table));
    removeFile(table);
    unlock(claim);
    freed.push(sequence);
  }
  return freed;
}

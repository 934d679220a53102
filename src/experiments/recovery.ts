/** After a crash: ends stages of dead runs and frees what those held. Called by the next command that runs something. */
import { existsSync, readdirSync, removeFile } from "../base/files.ts";
import { isLockHeld, tryLock, unlock } from "../base/locks.ts";
import type { ProcessIdentity } from "../base/processes.ts";
import { dropLostLeases } from "../pipeline/run/leases.ts";
import { endLeftovers } from "../pipeline/run/leftovers.ts";
import { stopProcessGroup } from "../pipeline/run/process-group.ts";
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

/** Whoever takes a dead owner's lock does the cleaning and removes it; a living owner keeps it. */
async function freeDeadLock(file: string, clean: () => Promise<void>): Promise<boolean> {
  if (isLockHeld(file) || !tryLock(file, "recovery")) return false;
  await clean();
  unlock(file);
  return true;
}

function filesIn(folder: string, pattern: RegExp): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => pattern.test(name));
}

/**
 * Ends the process groups that dead coordinators left behind and removes their claims, so that their entries,
 * still in the queue, are run again; frees the copies and devices that they had. Returns the sequence numbers that
 * were freed.
 */
export async function recoverDeadRuns(context: ExperimentsContext): Promise<readonly number[]> {
  const { claims, copies, devices } = context.state;
  const freed: number[] = [];
  for (const name of filesIn(claims, /^\d{10,}$/)) {
    const sequence = Number(name);
    const isFreed = await freeDeadLock(`${claims}/${name}`, async () => {
      const table = processesFile(context.state, sequence);
      await endProcessGroups(livingProcesses(table));
      removeFile(table);
    });
    if (isFreed) freed.push(sequence);
  }
  for (const name of filesIn(copies, /\.lock$/))
    await freeDeadLock(`${copies}/${name}`, async () => {
      await endLeftovers(`${copies}/${name.slice(0, -".lock".length)}`);
    });
  for (const name of filesIn(devices, /\.lock$/)) await freeDeadLock(`${devices}/${name}`, async () => undefined);
  dropLostLeases(context.project.cacheDir);
  return freed;
}

/** Holding stages still for a moment: what they write to can be changed under them meanwhile. */
import { unlessSystemFails } from "../../base/errors.ts";
import { readdirSync } from "../../base/files.ts";
import { holdFor } from "../../base/pause.ts";
import { groupMembers, hasEnded, statFields } from "../../base/processes.ts";
import { signalGroup } from "./process-group.ts";

/** A process that waits for a disk stops only when it has what it waits for. */
const limitMs = 300;
/** Where the kernel does not tell who has stopped. */
const blindMs = 50;

/** Those of the threads that live. */
function threadStates(pid: string): readonly string[] {
  const names = unlessSystemFails([], () => readdirSync(`/proc/${pid}/task`));
  const threads = names.map((thread) => statFields(`${pid}/task/${thread}`));
  return threads.flatMap((fields) => (fields === undefined || hasEnded(fields) ? [] : (fields[0] ?? [])));
}

/** Whether somebody of the group lives, and all threads of all of them have stopped: none is within a write. */
function isStopped(group: number): boolean {
  const states = [...groupMembers(group)].flatMap(({ pid }) => threadStates(pid));
  return states.length > 0 && states.every((state) => state === "T" || state === "t");
}

function waitUntilStopped(groups: readonly number[]): boolean {
  if (process.platform !== "linux") {
    holdFor(blindMs);
    return true;
  }
  for (const until = Date.now() + limitMs; Date.now() < until; holdFor(1)) if (groups.every(isStopped)) return true;
  return false;
}

/**
 * Does the work while all the groups are stopped, and lets them go on; not where there are none, or where one does not
 * stop in time or has ended. One that somebody else stopped stays so.
 */
export function whileStopped(groups: readonly number[], work: () => void): void {
  if (groups.length === 0) return;
  const ours = process.platform === "linux" ? groups.filter((group) => !isStopped(group)) : groups;
  try {
    for (const group of ours) signalGroup(group, "SIGSTOP");
    if (waitUntilStopped(groups)) work();
  } finally {
    for (const group of ours) signalGroup(group, "SIGCONT");
  }
}

/** As whileStopped(), for work that is waited for. Answers whether it was done. */
export async function whileHeld(group: number, work: () => Promise<void>): Promise<boolean> {
  if (process.platform === "linux" && isStopped(group)) return false;
  try {
    signalGroup(group, "SIGSTOP");
    if (!waitUntilStopped([group])) return false;
    await work();
    return true;
  } finally {
    signalGroup(group, "SIGCONT");
  }
}

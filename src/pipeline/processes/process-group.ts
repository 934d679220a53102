/** Ending a stage's processes: all of its group, not the shell alone. */

import { pause } from "../../base/pause.ts";
import { hasLivingMember, sendSignal } from "../../base/processes.ts";

/** How long a group may take to end after SIGTERM before it is killed. */
const stopGraceMs = 5000;
const pollMs = 25;

/** A group that is gone is fine; about one of somebody else (sudo) we can do nothing. */
export function signalGroup(group: number, signal: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
  sendSignal(-group, signal);
}

/** Whether somebody of the group still runs. A zombie does not: in a container without init nobody takes it away. */
export function isGroupRunning(group: number): boolean {
  return sendSignal(-group, 0) === "sent" && hasLivingMember(group);
}

/** SIGTERM to the group, SIGKILL to those still there after the grace time; returns when none is left. */
export async function stopProcessGroup(group: number, graceMs = stopGraceMs): Promise<void> {
  signalGroup(group, "SIGTERM");
  const deadline = Date.now() + graceMs;
  while (isGroupRunning(group)) {
    if (Date.now() >= deadline) return signalGroup(group, "SIGKILL");
    await pause(pollMs);
  }
}

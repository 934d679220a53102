/** Ending a stage's processes: all of its group, not the shell alone. */

import { beforeEffect } from "../../base/effects.ts";
import { isSystemError, systemErrorCode } from "../../base/errors.ts";
import { pause } from "../../base/pause.ts";
import { hasLivingMember } from "../../base/processes.ts";

/** How long a group may take to end after SIGTERM before it is killed. */
const stopGraceMs = 5000;
const pollMs = 25;

/** A group that is gone is fine. */
export function signalGroup(group: number, signal: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
  beforeEffect("signal", `${signal} ${group}`);
  try {
    process.kill(-group, signal);
  } catch (error) {
    // ESRCH: nobody is left; EPERM: those left belong to somebody else (sudo), we can do nothing about them.
    if (systemErrorCode(error) !== "ESRCH" && systemErrorCode(error) !== "EPERM") throw error;
  }
}

/** Whether somebody of the group still runs. A zombie does not: in a container without init nobody takes it away. */
export function isGroupRunning(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    // Nobody is left, or those left belong to somebody else.
    if (isSystemError(error, "ESRCH", "EPERM")) return false;
    throw error;
  }
  return hasLivingMember(group);
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

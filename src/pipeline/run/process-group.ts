/** Ending a stage's processes: all of its group, not the shell alone. */
import { beforeEffect } from "../../base/effects.ts";
import { systemErrorCode } from "../../base/errors.ts";
import { readdirSync, readFileSync } from "../../base/files.ts";

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

/** State and group of a process, from /proc; undefined where it is gone. */
function stateOf(pid: string): { readonly state: string; readonly group: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", , group = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, group: Number(group) };
  } catch {
    return undefined;
  }
}

/** Whether somebody of the group still runs. A zombie does not: in a container without init nobody takes it away. */
export function isGroupRunning(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const found = stateOf(name);
    return found?.group === group && found.state !== "Z" && found.state !== "X";
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** SIGTERM to the group, SIGKILL to those still there after the grace time; returns when none is left. */
export async function stopProcessGroup(group: number, graceMs = stopGraceMs): Promise<void> {
  signalGroup(group, "SIGTERM");
  const deadline = Date.now() + graceMs;
  while (isGroupRunning(group)) {
    if (Date.now() >= deadline) return signalGroup(group, "SIGKILL");
    await wait(pollMs);
  }
}

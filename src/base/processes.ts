/** Which process is which: a pid alone says nothing once it is reused, so a process is named by pid and start time. */
import { readFileSync } from "node:fs";

export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the kernel tells it (Linux: clock ticks since boot and the boot's id); "" where it can't be read. */
  readonly startedAt: string;
}

let bootId: string | undefined;

function readBootId(): string {
  if (bootId === undefined) {
    try {
      bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    } catch {
      bootId = "";
    }
  }
  return bootId;
}

/** The start time of a living process, or undefined where there is none of that pid (a zombie counts as none). */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${fields[19]}@${readBootId()}`;
  } catch {
    return hasProcFs() ? undefined : startWithoutProcFs(pid);
  }
}

function hasProcFs(): boolean {
  return process.platform === "linux";
}

function startWithoutProcFs(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return "";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "" : undefined;
  }
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: processStart(pid) ?? "" };
}

/** Whether exactly that process is still alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  const start = processStart(identity.pid);
  return start !== undefined && (identity.startedAt === "" || start === "" || start === identity.startedAt);
}

/** Which process is which: a pid alone says nothing once it is reused, so a process is named by pid and start time. */
import { readdirSync, readFileSync } from "node:fs";

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

/** What the kernel tells of a living process, from its state on (a zombie counts as none). */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields;
  } catch {
    return undefined;
  }
}

/** The start time of a living process, or undefined where there is none of that pid (a zombie counts as none). */
export function processStart(pid: number): string | undefined {
  if (!hasProcFs()) return startWithoutProcFs(pid);
  const fields = statFields(pid);
  return fields === undefined ? undefined : `${fields[19]}@${readBootId()}`;
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

/** Whether exactly that process is stopped (SIGSTOP, Ctrl+Z, a debugger); false where the kernel does not tell. */
export function isSuspended(identity: ProcessIdentity): boolean {
  const state = hasProcFs() && isAlive(identity) ? statFields(identity.pid)?.[0] : undefined;
  return state === "T" || state === "t";
}

/**
 * Whether the process group that this process led still has members. A group outlives its leader, and the kernel
 * gives no new process the pid of a living group: so a missing leader of this boot means that the group is still the
 * same, while a living leader with another start time means that the pid was reused.
 */
export function isGroupAlive(leader: ProcessIdentity): boolean {
  try {
    process.kill(-leader.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (processStart(leader.pid) !== undefined) return isAlive(leader);
  const boot = leader.startedAt.split("@")[1] ?? "";
  return (boot === "" || boot === readBootId()) && hasLivingMember(leader.pid);
}

/** Where nobody waits for orphans, as in a container without an init, a group may consist of the ended alone. */
function hasLivingMember(group: number): boolean {
  if (!hasProcFs()) return true;
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const fields = statFields(Number(name));
    return fields !== undefined && fields[2] === String(group);
  });
}

/** Whether any process has that pid now; one that has ended, but whose parent never asks for its end, is none. */
export function existsProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return processStart(pid) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The words of a process's command line, or undefined where they can't be read. */
export function commandLineOf(pid: number): readonly string[] | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    if (words.at(-1) === "") words.pop();
    return words.length === 0 ? undefined : words;
  } catch {
    return undefined;
  }
}

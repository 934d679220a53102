/** Which process is which: a pid alone says nothing once it is reused, so a process is named by pid and start time. */

import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeEffect } from "./effects.ts";
import { systemErrorCode, unlessSystemFails } from "./errors.ts";

export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the kernel tells it (Linux: clock ticks since boot and the boot's id); "" where it can't be read. */
  readonly startedAt: string;
}

let bootId: string | undefined;

function readBootId(): string {
  if (bootId === undefined) {
    bootId = unlessSystemFails("", () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  }
  return bootId;
}

/** Where Linux tells of processes. Elsewhere, and in a jail without it, there is none. */
export const procFolder = "/proc";

/**
 * What the kernel tells of a process, from its state on: state, parent, group... undefined where it tells nothing.
 * @param pid of a thread too: `PID/task/THREAD`
 */
export function statFields(pid: number | string, proc = procFolder): readonly string[] | undefined {
  const stat = unlessSystemFails(undefined, () => readFileSync(`${proc}/${pid}/stat`, "utf8"));
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Whether what the kernel tells is of one that has ended: nobody has taken it away yet. */
export function hasEnded(fields: readonly string[]): boolean {
  return fields[0] === "Z" || fields[0] === "X";
}

/**
 * The start time of a living process, or undefined where there is none of that pid (a zombie counts as none); "" of one that
 * the kernel does not tell of: no Linux, or somebody else's that is hidden.
 */
export function processStart(pid: number, proc = procFolder): string | undefined {
  const fields = statFields(pid, proc);
  if (fields === undefined) return sendSignal(pid, 0) === "nobody" ? undefined : "";
  return hasEnded(fields) ? undefined : `${fields[19]}@${readBootId()}`;
}

function hasProcFs(proc: string): boolean {
  return statFields("self", proc) !== undefined;
}

const largestPid = 2 ** 31 - 1;

/**
 * Sends a signal, or with 0 only asks who is there. What became of it: "not ours" where those that are there belong to
 * somebody else (sudo), "nobody" where none is left, nor can be of such a number, which a file may have brought.
 * @param pid of a group: that of its leader, negative
 */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): "sent" | "not ours" | "nobody" {
  // 0 is our own group, -1 everybody.
  if (!Number.isInteger(pid) || pid === 0 || pid === -1 || Math.abs(pid) > largestPid) return "nobody";
  if (signal !== 0) beforeEffect("signal", `${signal} ${pid}`);
  try {
    process.kill(pid, signal);
    return "sent";
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ESRCH") return "nobody";
    if (code === "EPERM") return "not ours";
    throw error;
  }
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: processStart(pid) ?? "" };
}

/** Whether a process started on this machine, since it did; also where no system tells. */
export function isOfThisBoot({ startedAt }: ProcessIdentity): boolean {
  const boot = startedAt.split("@")[1] ?? "";
  return boot === "" || boot === readBootId();
}

/** Whether exactly that process is still alive. */
export function isAlive(identity: ProcessIdentity, proc = procFolder): boolean {
  const start = processStart(identity.pid, proc);
  return start !== undefined && (identity.startedAt === "" || start === "" || start === identity.startedAt);
}

/** Whether exactly that process is stopped (SIGSTOP, Ctrl+Z, a debugger); false where the kernel does not tell. */
export function isSuspended(identity: ProcessIdentity): boolean {
  const state = isAlive(identity) ? statFields(identity.pid)?.[0] : undefined;
  return state === "T" || state === "t";
}

/**
 * Whether the process group that this process led still has members. A group outlives its leader, and the kernel
 * gives no new process the pid of a living group: so a missing leader of this boot means that the group is still the
 * same, while a living leader with another start time means that the pid was reused.
 */
export function isGroupAlive(leader: ProcessIdentity, proc = procFolder): boolean {
  if (sendSignal(-leader.pid, 0) === "nobody") return false;
  if (processStart(leader.pid, proc) !== undefined) return isAlive(leader, proc);
  const boot = leader.startedAt.split("@")[1] ?? "";
  return (boot === "" || boot === readBootId()) && hasLivingMember(leader.pid, proc);
}

/** Ids of all processes; none where the kernel does not list them. */
export function processIds(proc = procFolder): readonly string[] {
  return hasProcFs(proc) ? readdirSync(proc).filter((name) => /^\d+$/.test(name)) : [];
}

/** The processes of a group, also those that have ended, found one by one. */
export function* groupMembers(
  group: number,
  proc = procFolder,
): Generator<{ readonly pid: string; readonly fields: readonly string[] }> {
  for (const pid of processIds(proc)) {
    const fields = statFields(pid, proc);
    if (fields !== undefined && Number(fields[2]) === group) yield { pid, fields };
  }
}

/** Where nobody waits for orphans, as in a container without an init, a group may consist of the ended alone. */
export function hasLivingMember(group: number, proc = procFolder): boolean {
  if (!hasProcFs(proc)) return true;
  for (const { fields } of groupMembers(group, proc)) if (!hasEnded(fields)) return true;
  return false;
}

/** Whether any process has that pid now; one that has ended, but whose parent never asks for its end, is none. */
export function existsProcess(pid: number): boolean {
  const answer = sendSignal(pid, 0);
  return answer === "not ours" || (answer === "sent" && processStart(pid) !== undefined);
}

/** The words of a process's command line, or undefined where they can't be read. */
export function commandLineOf(pid: number): readonly string[] | undefined {
  const words = unlessSystemFails("", () => readFileSync(`/proc/${pid}/cmdline`, "utf8")).split("\0");
  if (words.at(-1) === "") words.pop();
  return words.length === 0 ? undefined : words;
}

/** The environment that a process was started with, as the kernel tells it: NUL-separated; empty where it does not tell. */
export function environmentBytes(pid: number | string, proc = procFolder): Buffer {
  return unlessSystemFails(Buffer.alloc(0), () => readFileSync(`${proc}/${pid}/environ`));
}

/** The same by name; undefined where the system does not tell. */
export function environmentOf(pid: number): ReadonlyMap<string, string> | undefined {
  const text = environmentBytes(pid).toString();
  if (text === "") return undefined;
  const pairs = text.split("\0").filter((pair) => pair.includes("="));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** Whether a program is installed: told before it is needed. */
export function isOnPath(program: string, env: Readonly<Record<string, string | undefined>>): boolean {
  const folders = (env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.some((folder) =>
    unlessSystemFails(false, () => {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    }),
  );
}

/**
 * Processes that stages left running: in the background, in a session or a group of their own. They are known by a
 * variable in the environment that they inherited, so only where the kernel shows it (Linux), and only those that did
 * not empty their environment.
 */

import { pause } from "../../base/pause.ts";
import {
  environmentBytes,
  groupMembers,
  identifyProcess,
  isAlive,
  isGroupAlive,
  type ProcessIdentity,
  processIds,
  procFolder,
  sendSignal,
} from "../../base/processes.ts";

/** What all processes of a workspace copy have in their environment: the copy's folder. */
export const copyVariable = "SWEEPLINE_COPY";

/** What the processes of one command of a stage have in their environment, wherever it runs. */
export const commandVariable = "SWEEPLINE_COMMAND";

const graceMs = 2_000;
const pollMs = 20;

/** With a NUL in front, so that each variable has one; nothing of a process that has ended, or is another user's. */
function environmentText(pid: string, proc = procFolder): string {
  return `\0${environmentBytes(pid, proc).toString("latin1")}`;
}

/**
 * The processes with this in their environment.
 * @param variable with its value: `NAME=value`
 * @param others ids of processes that are known to be none of them
 */
function processesWith(variable: string, others: ReadonlySet<string>): readonly ProcessIdentity[] {
  const wanted = Buffer.from(`\0${variable}\0`).toString("latin1");
  return processIds()
    .filter((pid) => !others.has(pid) && Number(pid) !== process.pid && environmentText(pid).includes(wanted))
    .map((pid) => identifyProcess(Number(pid)))
    .filter((identity) => isAlive(identity));
}

/** The copies below a folder that processes belong to, each once, whoever started them. */
export function copiesInUse(copies: string): readonly string[] {
  const mark = Buffer.from(`\0${copyVariable}=${copies}/`).toString("latin1");
  const found = new Set<string>();
  for (const pid of processIds()) {
    const environment = environmentText(pid);
    const at = environment.indexOf(mark);
    const name = at < 0 ? "" : environment.slice(at + mark.length, environment.indexOf("\0", at + mark.length));
    if (/^\d+$/.test(name) && isAlive(identifyProcess(Number(pid)))) found.add(`${copies}/${name}`);
  }
  return [...found].sort();
}

function isMarked(pid: string, proc: string): boolean {
  return environmentText(pid, proc).includes(`\0${commandVariable}=`);
}

/**
 * Whether a process group that a table names still lives and is surely of one of our commands, so that it may be
 * signalled: a table may have come with a clone, and a pid alone could be anybody's. Asked for are the start time and
 * our mark in the environment of a member. Where the kernel shows neither (no Linux) it is never sure: stages of a run that
 * was killed there are left to the user.
 */
export function isOurGroup(leader: ProcessIdentity, proc = procFolder): boolean {
  if (leader.pid <= 1 || leader.startedAt === "" || !isGroupAlive(leader, proc)) return false;
  if (isMarked(String(leader.pid), proc)) return true;
  for (const { pid } of groupMembers(leader.pid, proc)) if (isMarked(pid, proc)) return true;
  return false;
}

function signalAll(processes: readonly ProcessIdentity[], signal: "SIGTERM" | "SIGKILL"): void {
  for (const { pid } of processes) sendSignal(pid, signal);
}

const nobody: ReadonlySet<string> = new Set();

/** The living processes of a command, by its mark. */
export function processesMarked(mark: string): readonly ProcessIdentity[] {
  return processesWith(`${commandVariable}=${mark}`, nobody);
}

/** Ends what is left of a command. */
export async function endMarked(mark: string): Promise<void> {
  await endProcessesWith(`${commandVariable}=${mark}`, nobody);
}

/**
 * Ends what is left of a copy's stages: SIGTERM, and SIGKILL after a moment. Answers how many there were.
 * @param others ids of processes that are known to be none of them
 */
export function endLeftovers(folder: string, others: ReadonlySet<string> = nobody): Promise<number> {
  return endProcessesWith(`${copyVariable}=${folder}`, others);
}

async function endProcessesWith(variable: string, others: ReadonlySet<string>): Promise<number> {
  const found = processesWith(variable, others);
  if (found.length === 0) return 0;
  signalAll(found, "SIGTERM");
  const deadline = Date.now() + graceMs;
  while (found.some((identity) => isAlive(identity)) && Date.now() < deadline) await pause(pollMs);
  // Those that were started meanwhile, too.
  for (let round = 0; round < 5; round++) {
    const left = processesWith(variable, others);
    if (left.length === 0) break;
    signalAll(left, "SIGKILL");
    await pause(pollMs);
  }
  return found.length;
}

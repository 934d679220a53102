/**
 * Processes that stages left running: in the background, in a session or a group of their own. They are known by a
 * variable in the environment that they inherited, so only where the kernel shows it (Linux), and only those that did
 * not empty their environment.
 */
import { beforeEffect } from "../../base/effects.ts";
import { systemErrorCode } from "../../base/errors.ts";
import { readdirSync, readFileSync } from "../../base/files.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "../../base/processes.ts";

/** What all processes of a workspace copy have in their environment: the copy's folder. */
export const copyVariable = "SWEEPLINE_COPY";

const graceMs = 2_000;
const pollMs = 20;

/** Ids of all processes; none where the kernel does not list them. */
export function processIds(): ReadonlySet<string> {
  if (process.platform !== "linux") return new Set();
  return new Set(readdirSync("/proc").filter((name) => /^\d+$/.test(name)));
}

function belongsTo(pid: string, mark: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(`\0${mark}\0`);
  } catch {
    // It has ended, or is another user's.
    return false;
  }
}

/**
 * The processes of a copy.
 * @param folder as `copyVariable` has it
 * @param others ids of processes that are known to be none of them
 */
function processesOfCopy(folder: string, others: ReadonlySet<string>): readonly ProcessIdentity[] {
  const mark = Buffer.from(`${copyVariable}=${folder}`).toString("latin1");
  return [...processIds()]
    .filter((pid) => !others.has(pid) && Number(pid) !== process.pid && belongsTo(pid, mark))
    .map((pid) => identifyProcess(Number(pid)))
    .filter(isAlive);
}

function signalAll(processes: readonly ProcessIdentity[], signal: "SIGTERM" | "SIGKILL"): void {
  for (const { pid } of processes) {
    beforeEffect("signal", `${signal} ${pid}`);
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (systemErrorCode(error) !== "ESRCH" && systemErrorCode(error) !== "EPERM") throw error;
    }
  }
}

/** Ends what is left of a copy's stages: SIGTERM, and SIGKILL after a moment. Answers how many there were. */
export async function endLeftovers(folder: string, others: ReadonlySet<string> = new Set()): Promise<number> {
  const found = processesOfCopy(folder, others);
  if (found.length === 0) return 0;
  signalAll(found, "SIGTERM");
  const deadline = Date.now() + graceMs;
  while (found.some(isAlive) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, pollMs));
  // Those that were started meanwhile, too.
  for (let round = 0; round < 5; round++) {
    const left = processesOfCopy(folder, others);
    if (left.length === 0) break;
    signalAll(left, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return found.length;
}

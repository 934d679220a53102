/** Starts a process that outlives us: in a session of its own, away from the terminal and from our pipes. */
import { type ChildProcess, spawn } from "node:child_process";
import { beforeEffect } from "../../base/effects.ts";
import { isStartFailure, SweeplineError } from "../../base/errors.ts";
import { closeSync } from "../../base/files.ts";
import { openAppend } from "../../base/open-files.ts";

export interface DetachedRequest {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Gets stdout and stderr, appended. */
  readonly log: string;
}

export interface DetachedProcess {
  readonly pid: number;
  /** Whether it has ended; known only as long as we live. */
  hasEnded(): boolean;
}

/** Errors: NOT_STARTED. */
export function startDetached(request: DetachedRequest): DetachedProcess {
  const log = openAppend(request.log);
  try {
    const child = start(request, log);
    if (child.pid === undefined) throw notStarted(request, "processes, memory or open files are used up");
    child.unref();
    return { pid: child.pid, hasEnded: () => child.exitCode !== null || child.signalCode !== null };
  } catch (error) {
    if (!isStartFailure(error)) throw error;
    throw notStarted(request, error.message);
  } finally {
    closeSync(log);
  }
}

function notStarted({ program }: DetachedRequest, words: string): SweeplineError {
  return new SweeplineError({ code: "NOT_STARTED", message: `'${program}' could not be started: ${words}` });
}

function start({ program, args, folder }: DetachedRequest, log: number): ChildProcess {
  beforeEffect("spawn", program);
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["ignore", log, log] });
  // That it has no pid tells the same, earlier.
  child.on("error", () => undefined);
  return child;
}

/** Starts a process that outlives us: in a session of its own, away from the terminal and from our pipes. */
import { spawn } from "node:child_process";
import { beforeEffect } from "../../base/effects.ts";
import { closeSync, openAppend } from "../../base/files.ts";

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

/** Throws where the program can't be started. */
export function startDetached(request: DetachedRequest): DetachedProcess {
  const log = openAppend(request.log);
  try {
    beforeEffect("spawn", request.program);
    const child = spawn(request.program, request.args, {
      cwd: request.folder,
      detached: true,
      stdio: ["ignore", log, log],
    });
    if (child.pid === undefined) throw new Error(`'${request.program}' could not be started`);
    child.unref();
    return { pid: child.pid, hasEnded: () => child.exitCode !== null || child.signalCode !== null };
  } finally {
    closeSync(log);
  }
}

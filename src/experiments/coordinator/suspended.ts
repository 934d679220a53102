/** Waiting for another process of ours: one that is stopped (Ctrl+Z, SIGSTOP) never answers, and keeps what it holds. */
import { SweeplineError } from "../../base/errors.ts";
import { isSuspended, type ProcessIdentity } from "../../base/processes.ts";

/** It may be stopped for a moment only, as by a debugger. */
const graceMs = 2_000;

export class SuspensionWatch {
  private since: number | undefined;

  constructor(private readonly owner: () => ProcessIdentity | undefined) {}

  /** The process that is waited for, once it has been stopped for a while. */
  suspended(): ProcessIdentity | undefined {
    const owner = this.owner();
    if (owner === undefined || !isSuspended(owner)) this.since = undefined;
    else this.since ??= Date.now();
    return this.since === undefined || Date.now() - this.since < graceMs ? undefined : owner;
  }
}

export function notAnswering({ pid }: Pick<ProcessIdentity, "pid">): SweeplineError {
  return new SweeplineError({
    code: "SUSPENDED",
    message: `process ${pid}, which runs the queue, does not answer: it is stopped (Ctrl+Z or SIGSTOP)`,
    hint: `\`kill -CONT ${pid}\` lets it go on, \`kill -KILL ${pid}\` ends it: what it ran is in the queue again.`,
  });
}

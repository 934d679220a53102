import type { FailureCause } from "../../experiments/runs/attempts.ts";
import type { CommandEnd, StageFailure } from "../../pipeline/types.ts";

/**
 * Signals that come from somebody else: a user, a scheduler, the kernel out of memory. A crash of the program itself
 * (SIGSEGV, SIGABRT...) is its own failure.
 */
const outsideSignals: ReadonlySet<NodeJS.Signals> = new Set(["SIGHUP", "SIGINT", "SIGKILL", "SIGTERM"]);

/** A shell that outlives its command tells the command's signal as 128 + its number. */
const outsideExitCodes: ReadonlySet<number> = new Set([128 + 9, 128 + 15]);

function isOutside(end: CommandEnd): boolean {
  return "signal" in end ? outsideSignals.has(end.signal) : outsideExitCodes.has(end.exitCode);
}

/** Whose failure it is: "outside" where every failed stage was ended by such a signal. */
export function causeOf(failures: readonly StageFailure[]): FailureCause {
  const isByOthers = (failure: StageFailure) => failure.kind === "command" && isOutside(failure.end);
  return failures.length > 0 && failures.every(isByOthers) ? "outside" : "code";
}

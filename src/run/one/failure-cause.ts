import type { FailureCause } from "../../experiments/runs/attempts.ts";
import type { StageFailure } from "../../pipeline/types.ts";

/**
 * Signals that come from somebody else: a user, a scheduler, the kernel out of memory. A crash of the program itself
 * (SIGSEGV, SIGABRT...) is its own failure.
 */
const outsideSignals: ReadonlySet<number> = new Set([1, 2, 9, 15]);

/** A shell that outlives its command tells the command's signal as 128 + its number. */
const outsideExitCodes: ReadonlySet<number> = new Set([128 + 9, 128 + 15]);

function isOutside({ exitCode }: StageFailure): boolean {
  if (exitCode === undefined) return false;
  return outsideSignals.has(-exitCode) || outsideExitCodes.has(exitCode);
}

/** Whose failure it is: "outside" where every failed stage was ended by such a signal. */
export function causeOf(failures: readonly StageFailure[]): FailureCause {
  return failures.length > 0 && failures.every(isOutside) ? "outside" : "code";
}

/** Words for a stage that failed: the only place that makes them. */
import { constants } from "node:os";
import type { ErrorCode } from "../../base/error-codes.ts";
import { SweeplineError } from "../../base/errors.ts";
import { quotedList, someLines } from "../../base/text/listing.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import type { CommandEnd, StageFailure } from "../types.ts";
import type { ReproduceOptions } from "./options.ts";

/** As DVC prints it: the exit code, or minus the signal's number. */
function statusOf(end: CommandEnd): number {
  return "signal" in end ? -constants.signals[end.signal] : end.exitCode;
}

/** The words of a command that failed, as DVC has them. */
export function commandFailed(command: string, end: CommandEnd): string {
  return `failed to run: ${command}, exited with ${statusOf(end)}`;
}

/** Why, in one line: `failed to run: sh train.sh, exited with 3`, `dependency 'x' does not exist`. */
export function stageFailureText(failure: StageFailure): string {
  const words = failure.kind === "command" ? commandFailed(failure.command, failure.end) : failure.message;
  return withoutCredentials(words);
}

/** What to do about it, where that is known. */
export function stageFailureHint(failure: StageFailure): string | undefined {
  return failure.kind === "command" || failure.kind === "system" ? undefined : failure.hint;
}

export function stageFailureCode(failure: StageFailure): ErrorCode {
  switch (failure.kind) {
    case "command":
      return "STAGE_FAILED";
    case "missing-inputs":
    case "refused":
      return failure.code;
    case "system":
      return "STAGE_REFUSED";
  }
}

const shownProblems = 20;

/** The failure that ended the run, or everything that was missing from the start. */
function reasonOf(failures: readonly StageFailure[]): string {
  const problems = failures.flatMap((failure) => (failure.kind === "missing-inputs" ? failure.problems : []));
  if (problems.length >= 2) {
    const lines = someLines(problems, shownProblems);
    return `:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  }
  const [only] = failures;
  if (only === undefined || failures.length > 1) return "";
  const place = only.kind === "missing-inputs" && only.place !== undefined ? ` (${only.place})` : "";
  return `: ${stageFailureText(only)}${place}`;
}

/** What all of them have in common; REPRODUCE_FAILED where that is nothing. */
function commonCode(failures: readonly StageFailure[]): ErrorCode {
  const [code, ...others] = new Set(failures.map(stageFailureCode));
  return code === undefined || others.length > 0 ? "REPRODUCE_FAILED" : code;
}

/** The error for a failed result, as DVC words it: with the reason where the first failure ended the run. */
export function reproductionError(
  failures: readonly StageFailure[],
  onError: ReproduceOptions["onError"],
): SweeplineError {
  const names = quotedList(failures.map((failure) => failure.name));
  const segment = failures.length > 1 ? " stages:" : "";
  const reason = onError === "stop" ? reasonOf(failures) : "";
  const hint = failures[0] === undefined ? undefined : stageFailureHint(failures[0]);
  return new SweeplineError({
    code: commonCode(failures),
    message: `failed to reproduce${segment} ${names}${reason}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The failure of a stage that was run alone. */
export function firstFailure([first]: readonly StageFailure[]): SweeplineError {
  if (first === undefined) return new SweeplineError({ code: "STAGE_FAILED", message: "failed to run" });
  return new SweeplineError({ code: stageFailureCode(first), message: stageFailureText(first) });
}

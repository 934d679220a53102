/** Why an experiment failed: data from the worker to the event and the record, and the only place that makes words of it. */
import type { ErrorCode } from "../base/error-codes.ts";
import type { SweeplineErrorFacts } from "../base/errors.ts";
import { withoutCredentials } from "../base/text/secrets.ts";
import { stageFailureCode, stageFailureHint, stageFailureText } from "../pipeline/reproduce/failure-words.ts";
import type { StageFailure } from "../pipeline/types.ts";

export type RunFailure =
  /** Its stages failed; more than one where the others went on. */
  | { readonly kind: "stages"; readonly failures: readonly StageFailure[] }
  /** It could not be run, or its result could not be kept. */
  | { readonly kind: "refused"; readonly error: SweeplineErrorFacts }
  /** A mistake of ours: `stack` has the places in src/. */
  | { readonly kind: "bug"; readonly message: string; readonly stack: string }
  /** `stage`: the one that ran, where one did. */
  | { readonly kind: "timed-out"; readonly limitMs: number; readonly stage?: string }
  /** By `queue kill`. */
  | { readonly kind: "killed" }
  /** With its worker ("worker"), or with the process that ran it. */
  | { readonly kind: "lost"; readonly reason: string };

/** A failure as programs read it: in the events and in the records. Of several stages, the first one that failed. */
export interface FailureFacts {
  readonly code: ErrorCode;
  /** The stage's address, where a stage failed or ran too long. */
  readonly stage?: string;
  /** The command of the stage that failed or could not be started, passwords in addresses left out, and how it ended. */
  readonly command?: string;
  readonly exitCode?: number;
  readonly signal?: string;
}

export function failureFacts(failure: RunFailure): FailureFacts {
  switch (failure.kind) {
    case "stages": {
      const [first] = failure.failures;
      if (first === undefined) return { code: "STAGE_REFUSED" };
      const stage = { code: stageFailureCode(first), stage: first.address };
      if (first.kind === "command") return { ...stage, command: withoutCredentials(first.command), ...first.end };
      if (first.kind !== "refused" || first.command === undefined) return stage;
      return { ...stage, command: withoutCredentials(first.command) };
    }
    case "refused":
      return { code: failure.error.code };
    case "bug":
      return { code: "BUG" };
    case "timed-out":
      return { code: "TIMED_OUT", ...(failure.stage === undefined ? {} : { stage: failure.stage }) };
    case "killed":
      return { code: "KILLED" };
    case "lost":
      return { code: "LOST" };
  }
}

/** One line, for messages, events, records and logs: without passwords in addresses. */
export function failureText(failure: RunFailure): string {
  return withoutCredentials(wordsOf(failure));
}

function wordsOf(failure: RunFailure): string {
  switch (failure.kind) {
    case "stages":
      return failure.failures
        .map((stage) => `failed to reproduce '${stage.address}': ${stageFailureText(stage)}`)
        .join("; ");
    case "refused":
      return failure.error.message;
    case "bug":
      return `a bug in sweepline: ${failure.message}`;
    case "timed-out":
      return `timed out: it ran longer than ${failure.limitMs / 1000} s`;
    case "killed":
      return "killed by `sweepline queue kill`";
    case "lost":
      return failure.reason;
  }
}

/** What to do about it, where that is known. */
export function failureHint(failure: RunFailure): string | undefined {
  if (failure.kind === "refused") return failure.error.hint;
  if (failure.kind === "bug")
    return "Please report it with its log, which has the stack: `sweepline exp logs` prints it.";
  if (failure.kind !== "stages") return undefined;
  // What is missing in a copy is told by `hintForMissing`, which knows the user's workspace.
  const [first] = failure.failures;
  return first === undefined || first.kind === "missing-inputs" ? undefined : stageFailureHint(first);
}

/** The files that were not there, absolute. */
export function missingFiles(failure: RunFailure): readonly string[] {
  if (failure.kind === "refused") return failure.error.missing ?? [];
  if (failure.kind !== "stages") return [];
  return failure.failures.flatMap((stage) => (stage.kind === "missing-inputs" ? stage.files : []));
}

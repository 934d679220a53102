/** The exit codes of the `matrix` commands: their own contract, since a CI system acts on them. */
import type { ErrorCode } from "../base/error-codes.ts";
import { SweeplineError } from "../base/errors.ts";

export const matrixExitCodes = {
  ok: 0,
  /** Points failed or are missing. */
  points: 1,
  /** A wrong plan, wrong options. */
  usage: 2,
  /** An outside cause (EX_TEMPFAIL): the same command may succeed later. */
  retry: 75,
} as const;

/** Failures whose cause may go away by itself. */
const passing: ReadonlySet<ErrorCode> = new Set([
  "GIT_REMOTE_FAILED",
  "INVALID_REMOTE",
  "LOCKED",
  "PUSH_REFUSED",
  "REFS_REFUSED",
  "REMOTE_CHANGED",
  "REMOTE_FILE_MISSING",
  "STORAGE_MISSING",
  "TRANSFER_FAILED",
]);

export function mayPass(error: unknown): boolean {
  return error instanceof SweeplineError && passing.has(error.code);
}

/** Runs a matrix command; expected failures get an exit code of the contract. Bugs go on up. */
export async function withMatrixExitCodes<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    const exitCode = mayPass(error) ? matrixExitCodes.retry : matrixExitCodes.usage;
    throw new SweeplineError({ ...error.toFacts(), exitCode, cause: error });
  }
}

import type { ErrorCode } from "../../base/error-codes.ts";

/** Why a value cannot be evaluated. Caught where the override is evaluated, which adds the place. */
export class EvaluationError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** The index of the argument at fault, where one argument of a call is. */
  argument: number | undefined;

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

import type { ErrorCode } from "./error-codes.ts";

/** Exit codes of the command line, as DVC's (spec: DVC 3.67.1, cli/__init__.py), and 1 where experiments of a sweep failed. */
export const exitCodes = {
  ok: 0,
  experimentsFailed: 1,
  /** As EX_NOINPUT of sysexits.h: what is to be read is a device, a pipe or a socket. */
  noInput: 66,
  configInvalid: 251,
  interrupted: 252,
  notARepository: 253,
  usage: 254,
  refused: 255,
} as const;

/** What the process ends with after a failure, by code, where it is not `refused`. (The `matrix` commands have their own.) */
const exitCodeOf: Readonly<Partial<Record<ErrorCode, number>>> = {
  BAD_FOLDER: exitCodes.usage,
  BAD_OPTIONS: exitCodes.usage,
  CONFIG_INVALID: exitCodes.configInvalid,
  FILTER_INVALID: exitCodes.usage,
  NOT_A_PROJECT: exitCodes.notARepository,
  NO_OVERRIDES: exitCodes.usage,
  REMOTE_UNKNOWN: exitCodes.configInvalid,
  STOPPED: exitCodes.interrupted,
  UNKNOWN_COMMAND: exitCodes.usage,
};

/** A place in a text: what the command line underlines. Offsets are UTF-16 code units from 0. */
export interface SourcePlace {
  /** What the text is: a file's path, or "override". */
  readonly name: string;
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  /** Of a file: where in it, from 1, and what is wrong there without saying where. */
  readonly inFile?: { readonly line: number; readonly column: number; readonly problem: string };
}

export interface SweeplineErrorFacts {
  /** Tests compare it, never the wording. */
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do next, one sentence. */
  readonly hint?: string;
  /** Where it is not that of the code. */
  readonly exitCode?: number;
  readonly place?: SourcePlace;
  /** Files whose absence it is, absolute. */
  readonly missing?: readonly string[];
  readonly cause?: unknown;
}

/** A failure that was expected: the command line prints its message, place and hint. Anything else is a bug and shows its stack. */
export class SweeplineError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: number;
  readonly place: SourcePlace | undefined;
  readonly missing: readonly string[];

  constructor(facts: SweeplineErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = "SweeplineError";
    this.code = facts.code;
    this.hint = facts.hint;
    this.exitCode = facts.exitCode ?? exitCodeOf[facts.code] ?? exitCodes.refused;
    this.place = facts.place;
    this.missing = facts.missing ?? [];
  }

  /** As a plain record, for worker messages and `--json`: a class does not survive structured cloning. */
  toFacts(): SweeplineErrorFacts {
    return {
      code: this.code,
      message: this.message,
      exitCode: this.exitCode,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.place === undefined ? {} : { place: this.place }),
      ...(this.missing.length === 0 ? {} : { missing: this.missing }),
    };
  }
}

/**
 * The `code` of a failed system call (ENOENT, EEXIST...), or undefined: our own failures have codes too, and so have mistakes in
 * calls of Node (ERR_INVALID_ARG_TYPE...), which are bugs.
 */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof SweeplineError || !("code" in error)) return undefined;
  const { code } = error;
  // A path with a NUL in it: Node does not even ask the system, which has no file of such a name.
  if (code === "ERR_INVALID_ARG_VALUE" && /URL without null bytes/.test(error.message)) return "ENOENT";
  // Node reads no file of 2 GiB and more: a limit of its own, like EFBIG.
  return typeof code === "string" && (/^E[A-Z0-9]+$/.test(code) || code === "ERR_FS_FILE_TOO_LARGE") ? code : undefined;
}

/** Whether a system call failed, with one of the codes where any are given: what a `catch` expects by name. */
export function isSystemError(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  const code = systemErrorCode(error);
  return code !== undefined && (codes.length === 0 || codes.includes(code));
}

/** What `work` gives, or `otherwise` where a system call in it failed. Anything else that it throws goes on up. */
export function unlessSystemFails<T, U>(otherwise: U, work: () => T): T | U {
  try {
    return work();
  } catch (error) {
    if (isSystemError(error)) return otherwise;
    throw error;
  }
}

/** Whether a failure is one of a known kind: refused by us, or by the system. Anything else is a bug. */
export function isExpected(error: unknown): error is Error {
  return error instanceof SweeplineError || isSystemError(error);
}

/** Whether a process could not be started: the system refused, or a word for it holds a NUL (which data may bring), as Node says. */
export function isStartFailure(error: unknown): error is NodeJS.ErrnoException {
  return (
    isSystemError(error) || (error instanceof TypeError && "code" in error && error.code === "ERR_INVALID_ARG_VALUE")
  );
}

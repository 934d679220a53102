/** Where a value came from, in words and as a place to underline. */
import type { ErrorCode } from "../base/error-codes.ts";
import { SweeplineError } from "../base/errors.ts";
import { lineOf, locate } from "../params/text/source-text.ts";
import type { Source } from "./types.ts";

/** `conf/db/mysql.yaml:3`, the override as typed, or `hydra`. */
export function sourceWords(source: Source): string {
  if (source.kind === "override") return source.text;
  if (source.kind === "hydra") return "hydra's own defaults";
  return `${source.file.path}:${lineOf(source.file.text, source.offset)}`;
}

export interface ConfigProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** A problem with a value of a file: names file, line and column, and shows the line. Elsewhere only the message. */
export function problemOf(source: Source, problem: ConfigProblem): SweeplineError {
  const { code, message, hint } = problem;
  const facts = { code, ...(hint === undefined ? {} : { hint }) };
  if (source.kind === "file") {
    const { place, words } = locate(source.file, source.offset, message);
    return new SweeplineError({ ...facts, message: words, place });
  }
  if (source.kind === "hydra") return new SweeplineError({ ...facts, message });
  const place = { name: "override", text: source.text, offset: 0, length: source.text.length };
  return new SweeplineError({ ...facts, message, place });
}

/** A problem without a place. */
export function refuse(problem: ConfigProblem): SweeplineError {
  return new SweeplineError(problem);
}

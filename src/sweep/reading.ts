/** Overrides of a command line read one by one, each with its words or its failure. */
import { SweeplineError } from "../base/errors.ts";
import { type EvaluatedOverride, evaluateOverride, issueError } from "./evaluate.ts";
import { refusal, splitFile } from "./expand.ts";
import { explainOverride } from "./explain.ts";
import type { EvaluationContext } from "./functions/chance.ts";
import { EvaluationError } from "./functions/evaluation-error.ts";
import { blanksHint } from "./split-words.ts";

export type ReadOutcome = { readonly file: string; readonly text: string } & (
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly error: SweeplineError }
);

/** Reads all of them, also where some cannot be read. Pieces of an override typed with blanks are not explained. */
export function readForPeople(args: readonly string[], context: EvaluationContext): ReadOutcome[] {
  return args.map((argument, index) => {
    try {
      return readOne(argument, { hint: blanksHint(args, index), context });
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      return { file: "", text: argument, ok: false, error };
    }
  });
}

interface Reading {
  readonly hint: string | undefined;
  readonly context: EvaluationContext;
}

function readOne(argument: string, { hint, context }: Reading): ReadOutcome {
  const { file, text } = splitFile(argument);
  const outcome = evaluateOverride(text, context);
  if (!outcome.ok) {
    const issue = hint === undefined ? outcome.issue : { ...outcome.issue, hint };
    return { file, text, ok: false, error: issueError(text, issue) };
  }
  const explained = explain(file, outcome.override, context);
  if (explained instanceof SweeplineError) return { file, text, ok: false, error: explained };
  return { file, text, ok: true, lines: hint === undefined ? explained : [hint] };
}

function explain(
  file: string,
  override: EvaluatedOverride,
  context: EvaluationContext,
): readonly string[] | SweeplineError {
  try {
    return explainOverride(file, override, context);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return refusal(override, error);
  }
}

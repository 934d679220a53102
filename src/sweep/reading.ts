/** Overrides of a command line read one by one, each with its words or its failure. */
import type { SweeplineError } from "../base/errors.ts";
import { evaluateOverride, issueError } from "./evaluate.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { refusal, splitFile } from "./expand.ts";
import { explainOverride } from "./explain.ts";
import type { EvaluationContext } from "./functions.ts";
import { blanksHint } from "./split-words.ts";

export type ReadOutcome = { readonly file: string; readonly text: string } & (
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly error: SweeplineError }
);

/** Reads all of them, also where some cannot be read. */
export function readForPeople(args: readonly string[], context: EvaluationContext): ReadOutcome[] {
  return args.map((argument, index) => {
    const { file, text } = splitFile(argument);
    const outcome = evaluateOverride(text, context);
    const hint = blanksHint(args, index);
    if (!outcome.ok)
      return {
        file,
        text,
        ok: false,
        error: issueError(text, hint === undefined ? outcome.issue : { ...outcome.issue, hint }),
      };
    try {
      const lines = explainOverride(file, outcome.override, context);
      return { file, text, ok: true, lines: hint === undefined ? lines : [...lines, hint] };
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return { file, text, ok: false, error: refusal(outcome.override, error) };
    }
  });
}

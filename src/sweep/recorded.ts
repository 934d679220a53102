/** One override or one product as one JSON record: the line protocol of `parse --jsonl` and `expand --jsonl`. */
import { elementsOf } from "./enumerate.ts";
import {
  type EvaluatedOverride,
  type EvaluationIssue,
  type EvaluationOutcome,
  evaluateOverride,
  sweepOf,
} from "./evaluate.ts";
import { maxPoints } from "./expand.ts";
import type { EvaluationContext } from "./functions/chance.ts";
import { EvaluationError } from "./functions/evaluation-error.ts";
import { renderElement } from "./functions/render.ts";
import { axesOf, axisValues, batchSizes, combinationCount, combinations } from "./product.ts";
import { type TypedJson, typedElement, typedSweep } from "./typed-json.ts";

/** Columns count characters (code points) from 0; an evaluation error stands for a whole call and has none. */
function recordedIssue(text: string, issue: EvaluationIssue): TypedJson {
  const column = issue.phase === "eval" ? null : [...text.slice(0, issue.offset)].length;
  const hint = issue.hint === undefined ? {} : { hint: issue.hint };
  return { phase: issue.phase, code: issue.code, column, message: issue.message, ...hint };
}

function recordedError(error: EvaluationError): TypedJson {
  return { error: { phase: "eval", code: error.code, column: null, message: error.message } };
}

/** What work gives, or the refusal as a record. */
function orError<T>(work: () => T): T | TypedJson {
  try {
    return work();
  } catch (error) {
    if (error instanceof EvaluationError) return recordedError(error);
    throw error;
  }
}

/** An override with its type, value and what a sweep makes of it; or why it cannot be read. */
export function recordedOverride(text: string, context: EvaluationContext): TypedJson {
  const outcome: EvaluationOutcome = evaluateOverride(text, context);
  if (!outcome.ok) return { ok: false, error: recordedIssue(text, outcome.issue) };
  const { override } = outcome;
  const sweep = sweepOf(override);
  const expanded = orError(() => axisValues(override, context).map((value) => value.text));
  return {
    ok: true,
    type: override.type,
    key: override.key,
    package: override.package,
    key_element: override.keyElement,
    value_type: override.valueType,
    value: sweep === undefined ? typedElement(override.value) : null,
    is_hydra_override: /^hydra[./]/.test(override.key),
    sweep: sweep === undefined ? null : typedSweep(sweep),
    value_str: sweep === undefined ? orError(() => renderElement(override.value)) : null,
    ...(sweep === undefined || sweep.kind === "interval"
      ? {}
      : { elements: orError(() => Array.from(elementsOf(sweep, context), typedElement)) }),
    expanded,
  };
}

export interface ProductRequest {
  readonly args: readonly string[];
  readonly maxBatchSize: number | null;
  /** hydra.sweeper.params: they come before the arguments, and an argument of the same key wins. */
  readonly params: readonly string[];
  readonly context: EvaluationContext;
}

/** The jobs of a product and the sizes of their batches; or the first error. */
export function recordedProduct({ args, maxBatchSize, params, context }: ProductRequest): TypedJson {
  const overrides: EvaluatedOverride[] = [];
  for (const text of [...params, ...args]) {
    const outcome = evaluateOverride(text, context);
    if (!outcome.ok) return { error: { input: text, ...recordedIssue(text, outcome.issue) } };
    overrides.push(outcome.override);
  }
  return orError((): TypedJson => {
    const lists = axesOf(overrides, context).map((axis) => axis.values.map((value) => value.text));
    const count = combinationCount(lists);
    if (count > maxPoints) throw new EvaluationError("TOO_MANY_POINTS", `The product has ${count} jobs.`);
    const jobs = [...combinations(lists)];
    return { jobs, batches: batchSizes(jobs.length, maxBatchSize) };
  }) as TypedJson;
}

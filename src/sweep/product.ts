/** The product of Hydra's basic sweeper: the last key varies fastest; a key given again keeps its place and takes the new values. */

import { elementsOf, renderSwept } from "./enumerate.ts";
import { type EvaluatedOverride, sweepOf } from "./evaluate.ts";
import type { EvaluationContext } from "./functions/chance.ts";
import { withChance } from "./functions/chance.ts";
import type { Element } from "./functions/elements.ts";
import { EvaluationError } from "./functions/evaluation-error.ts";
import { renderElement } from "./functions/render.ts";

export interface AxisValue {
  readonly element: Element;
  /** As it stands in a job: `train.lr=0.1`. */
  readonly text: string;
}

/** One key and its values; a key that is not swept has one. */
export interface Axis {
  readonly override: EvaluatedOverride;
  readonly values: readonly AxisValue[];
}

/**
 * The axes of a product, in order.
 * @throws EvaluationError where a sweep cannot be listed or a value not be rendered; `overrideAt` names the culprit
 */
export function axesOf(overrides: readonly EvaluatedOverride[], context: EvaluationContext = {}): Axis[] {
  const axes = new Map<string, Axis>();
  for (const override of overrides) axes.set(override.keyElement, { override, values: axisValues(override, context) });
  return [...axes.values()];
}

/** The values of one override as texts of a job. */
export function axisValues(override: EvaluatedOverride, context: EvaluationContext): AxisValue[] {
  const { keyElement, value } = override;
  const sweep = sweepOf(override);
  if (sweep === undefined) return [{ element: value, text: `${keyElement}=${renderElement(value)}` }];
  const values: AxisValue[] = [];
  for (const element of elementsOf(sweep, withChance(context, override.text)))
    values.push({ element, text: `${keyElement}=${renderSwept(sweep, element)}` });
  return values;
}

/** All combinations, one value of each list, the last list fastest; one empty combination where there is no list. */
export function* combinations<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  if (lists.some((list) => list.length === 0)) return;
  const at = lists.map(() => 0);
  while (true) {
    yield lists.map((list, axis) => list[at[axis] ?? 0] as T);
    let axis = lists.length - 1;
    while (axis >= 0 && (at[axis] ?? 0) + 1 === lists[axis]?.length) at[axis--] = 0;
    if (axis < 0) return;
    at[axis] = (at[axis] ?? 0) + 1;
  }
}

/** How many combinations there are. */
export function combinationCount(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((count, list) => count * list.length, 1);
}

/**
 * The sizes of the batches that jobs are cut into: one batch where no size is given, even an empty one.
 * @throws EvaluationError for a size below one
 */
export function batchSizes(jobs: number, maxBatchSize: number | null): number[] {
  if (maxBatchSize === null) return [jobs];
  if (!Number.isInteger(maxBatchSize) || maxBatchSize < 1)
    throw new EvaluationError("BATCH_SIZE", "The size of a batch must be a whole number above zero.");
  const sizes = new Array<number>(Math.floor(jobs / maxBatchSize)).fill(maxBatchSize);
  return jobs % maxBatchSize === 0 ? sizes : [...sizes, jobs % maxBatchSize];
}

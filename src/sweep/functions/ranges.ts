/**
 * Ranges. Integers only: Python's range. One float among the bounds: the decimals that the bounds print as, and
 * start + i * step, so that range(0,1,0.1) has 0.7 in it (the rule of Hydra 1.4; 1.3 drifts).
 */

import { aligned, decimalOf, half, plus, times, toFloat } from "./decimal.ts";
import type { Element, RangeBound, RangeSweep } from "./elements.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { castToFloat, castToInt } from "./numbers.ts";

const isInt = (bound: RangeBound): bound is bigint | boolean => typeof bound === "bigint" || typeof bound === "boolean";
const isSpecial = (bound: RangeBound): bound is number => typeof bound === "number" && !Number.isFinite(bound);
const numeric = (bound: RangeBound): number => (typeof bound === "object" ? toFloat(bound) : Number(bound));

/**
 * How many elements a range has.
 * @throws EvaluationError where the step is zero, a bound is nan, or the range has no end
 */
export function rangeCount(range: RangeSweep): bigint {
  const bounds = [range.start, range.stop, range.step];
  if (bounds.some((bound) => typeof bound === "number" && Number.isNaN(bound)))
    throw new EvaluationError("RANGE_NOT_A_NUMBER", "A range cannot have nan as a bound or step.");
  const step = decimalStep(range.step);
  if (step === 0) throw new EvaluationError("RANGE_STEP_ZERO", "The step of a range must not be zero.");
  if (bounds.some(isSpecial)) return countWithInfinity(range, step);
  const { coefficients } = aligned(decimalOf(range.start), decimalOf(range.stop), decimalOf(range.step));
  const [start = 0n, stop = 0n, width = 0n] = coefficients;
  const distance = width > 0n ? stop - start : start - stop;
  const size = width > 0n ? width : -width;
  return distance <= 0n ? 0n : (distance + size - 1n) / size;
}

function decimalStep(step: RangeBound): -1 | 0 | 1 {
  if (isSpecial(step)) return step > 0 ? 1 : -1;
  const { coefficient } = decimalOf(step);
  return coefficient === 0n ? 0 : coefficient > 0n ? 1 : -1;
}

function countWithInfinity(range: RangeSweep, direction: -1 | 1): bigint {
  const start = numeric(range.start);
  const stop = numeric(range.stop);
  const isEmpty = direction > 0 ? start >= stop : start <= stop;
  if (isEmpty) return 0n;
  throw new EvaluationError("RANGE_UNBOUNDED", "The range has no end: a bound or step is infinite.");
}

/** The element at an index, casts applied. Needs a range that rangeCount accepted. */
function rangeElement(range: RangeSweep, index: bigint): bigint | number {
  let element: bigint | number = plainElement(range, index);
  for (const cast of range.casts) element = cast === "int" ? castToInt(element) : castToFloat(element);
  return element;
}

function plainElement({ start, stop, step }: RangeSweep, index: bigint): bigint | number {
  if (isInt(start) && isInt(stop) && isInt(step)) return BigInt(start) + BigInt(step) * index;
  return toFloat(plus(decimalOf(start), times(decimalOf(step), index)));
}

/** The same elements the other way round, as Hydra 1.4 writes it down. */
function reversedRange(range: RangeSweep): RangeSweep {
  const count = rangeCount(range);
  if (count <= 1n) return range;
  const { start, step } = range;
  if (isInt(start) && isInt(range.stop) && isInt(step)) {
    const last = BigInt(start) + BigInt(step) * (count - 1n);
    return { ...range, start: last, stop: BigInt(start) - BigInt(step), step: -BigInt(step) };
  }
  const first = decimalOf(start);
  const back = times(decimalOf(step), -1n);
  return {
    ...range,
    start: plus(first, times(decimalOf(step), count - 1n)),
    stop: plus(first, half(back)),
    step: back,
  };
}

/** Sorted by direction: ascending or descending. */
export function sortedRange(range: RangeSweep, direction: "ascending" | "descending"): RangeSweep {
  const ordered: RangeSweep = { ...range, order: "given" };
  const isAscending = isSpecial(range.step) ? range.step > 0 : decimalOf(zeroForNan(range.step)).coefficient > 0n;
  return isAscending === (direction === "ascending") ? ordered : reversedRange(ordered);
}

const zeroForNan = (bound: RangeBound): RangeBound => (typeof bound === "number" && Number.isNaN(bound) ? 0 : bound);

/** The elements one by one. */
export function* rangeElements(range: RangeSweep): Generator<Element> {
  const count = rangeCount(range);
  for (let index = 0n; index < count; index++) yield rangeElement(range, index);
}

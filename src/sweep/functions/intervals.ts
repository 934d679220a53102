/** Values between two ends, by a number from 0 up to 1: what samplers draw. */
import type { Element, IntervalSweep } from "./elements.ts";
import { EvaluationError } from "./evaluation-error.ts";

/** Digits that a drawn float keeps: enough to tell points apart, few enough to be the same on every machine and to be read. */
const digits = 6;

/**
 * `interval(a,b)` gives floats from a up to b, `int(interval(a,b))` integers from a to b. With `tag(log, ...)` their logarithm is
 * drawn evenly.
 * @param at from 0 up to 1
 * @throws EvaluationError for a logarithm of what is not above zero
 */
export function intervalElement({ start, end, tags }: IntervalSweep, at: number): Element {
  const isWhole = typeof start === "bigint" && typeof end === "bigint";
  const low = Number(start);
  // A whole number has a share of its own, the last one too.
  const high = isWhole ? Number(end) + 1 : Number(end);
  if (!tags.includes("log")) return numberOf(low + at * (high - low), { isWhole, low, high: Number(end) });
  if (low <= 0 || high <= 0)
    throw new EvaluationError(
      "INTERVAL_NOT_POSITIVE",
      "tag(log, interval()) needs ends above zero.",
      "Without tag(log, ...) the values are drawn evenly.",
    );
  const value = Math.exp(Math.log(low) + at * (Math.log(high) - Math.log(low)));
  return numberOf(value, { isWhole, low, high: Number(end) });
}

interface Ends {
  readonly isWhole: boolean;
  readonly low: number;
  readonly high: number;
}

/** Rounding must not lead out of the interval, whichever end is the larger one. */
function numberOf(value: number, { isWhole, low, high }: Ends): Element {
  const rounded = isWhole ? Math.floor(value) : Number(value.toPrecision(digits));
  const inside = Math.min(Math.max(rounded, Math.min(low, high)), Math.max(low, high));
  return isWhole ? BigInt(inside) : inside;
}

/**
 * The number that intervalElement makes that value of, or one that makes nearly it; undefined for what is not in the interval.
 * Of a whole number it is the middle of its share.
 */
export function intervalShare({ start, end, tags }: IntervalSweep, value: number): number | undefined {
  const isWhole = typeof start === "bigint" && typeof end === "bigint";
  const low = Number(start);
  const high = isWhole ? Number(end) + 1 : Number(end);
  const at = isWhole ? value + 0.5 : value;
  const share = tags.includes("log")
    ? (Math.log(at) - Math.log(low)) / (Math.log(high) - Math.log(low))
    : (at - low) / (high - low);
  if (Number.isNaN(share) || share < 0 || share > 1) return undefined;
  return Math.min(share, 1 - Number.EPSILON);
}

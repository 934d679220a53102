/** linspace() and logspace(): so many values from one to another, both included. Ours: Hydra has no such functions. */
import type { ChoiceSweep } from "./elements.ts";
import { EvaluationError } from "./evaluation-error.ts";

export type Spacing = "linspace" | "logspace";

const mostValues = 100_000;

/** Floats carry noise in their last digits, which no user has typed: 0.30000000000000004. */
const digits = 12;

/**
 * @param values whole, above zero
 * @throws EvaluationError for a number of values that can't be, or a logarithm of what is not above zero
 */
export function spaced(name: Spacing, ends: readonly [number, number], values: number): ChoiceSweep {
  const [from, to] = ends;
  if (!Number.isInteger(values) || values < 1 || values > mostValues)
    throw new EvaluationError("SPACING", `${name}() makes 1 to ${mostValues} values, not ${values}.`);
  if (!Number.isFinite(from) || !Number.isFinite(to))
    throw new EvaluationError("SPACING", `${name}() needs ends that are finite.`);
  if (name === "logspace" && (from <= 0 || to <= 0))
    throw new EvaluationError(
      "SPACING",
      "logspace() needs ends above zero.",
      "Its ends are values, not exponents: logspace(0.0001,0.1,4) gives 0.0001, 0.001, 0.01, 0.1.",
    );
  const at = (share: number): number =>
    name === "linspace"
      ? from + share * (to - from)
      : Math.exp(Math.log(from) + share * (Math.log(to) - Math.log(from)));
  const items = Array.from({ length: values }, (_, index) => {
    if (index === 0) return from;
    return index === values - 1 ? to : Number(at(index / (values - 1)).toPrecision(digits));
  });
  return { kind: "choice", items, form: "call", order: "given", tags: [] };
}

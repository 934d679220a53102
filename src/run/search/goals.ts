/** What a search is for: metrics to be small or large, and conditions that its results have to keep. */
import { type ConditionText, compileCondition, readCondition } from "../../sweep/conditions/compile.ts";
import { truth } from "../../sweep/conditions/values.ts";
import { type FlatMetrics, metricIn, metricNumber } from "../stopping/metrics.ts";
import type { Goal } from "../stopping/rules.ts";

export interface Constraint {
  /** The metrics that it looks at. */
  readonly names: readonly string[];
  holdsFor(metrics: FlatMetrics): boolean;
}

/** One number a goal; undefined where one is missing or no number. */
export function valuesOf(goals: readonly Goal[], metrics: FlatMetrics): readonly number[] | undefined {
  const values = goals.map(({ metric }) => metricNumber(metrics, metric));
  return values.some((value) => value === undefined) ? undefined : values.flatMap((value) => value ?? []);
}

/** A condition on metrics. What is missing keeps none. Throws FILTER_INVALID. */
export function constraintOf(text: string): Constraint {
  const condition: ConditionText = { text, option: "--constraint" };
  const names = new Set<string>();
  const nameOf = ({ name }: { readonly name: string }) => {
    names.add(name);
    return (metrics: FlatMetrics) => metricIn(metrics, name);
  };
  const evaluate = compileCondition(readCondition(condition), { ...condition, nameOf });
  return { names: [...names], holdsFor: (metrics) => truth(evaluate(metrics)) === true };
}

/** Names of goals and constraints that a result has no number or value of. */
export function lackingIn(
  metrics: FlatMetrics,
  { goals, constraints }: { readonly goals: readonly Goal[]; readonly constraints: readonly Constraint[] },
): readonly string[] {
  const numbers = goals.map(({ metric }) => metric).filter((metric) => metricNumber(metrics, metric) === undefined);
  const looked = constraints.flatMap(({ names }) => names);
  return [...new Set([...numbers, ...looked.filter((name) => metricIn(metrics, name) === undefined)])];
}

/** Below zero: a is better by that goal. */
function order({ direction }: Goal, a: number, b: number): number {
  return direction === "minimize" ? a - b : b - a;
}

export interface Rated {
  readonly values: readonly number[];
}

function dominates(goals: readonly Goal[], a: Rated, b: Rated): boolean {
  const orders = goals.map((goal, at) => order(goal, a.values[at] ?? 0, b.values[at] ?? 0));
  return orders.every((each) => each <= 0) && orders.some((each) => each < 0);
}

/** The best; of several goals all that no other one is better than in one and not worse in the others (Pareto), the best by the first one first. */
export function bestOf<T extends Rated>(goals: readonly Goal[], rated: readonly T[]): readonly T[] {
  const [goal] = goals;
  if (goal === undefined) return [];
  const front = rated.reduce((best: readonly T[], one) => withOne(goals, best, one), []);
  return front.toSorted((a, b) => order(goal, a.values[0] ?? 0, b.values[0] ?? 0));
}

/** Those that are the best, in any order, when there is one more: of one goal one, the first of equals. */
export function withOne<T extends Rated>(goals: readonly Goal[], best: readonly T[], one: T): readonly T[] {
  const isEqual = (other: T) => goals.length === 1 && other.values[0] === one.values[0];
  if (best.some((other) => isEqual(other) || dominates(goals, other, one))) return best;
  return [...best.filter((other) => !dominates(goals, one, other)), one];
}

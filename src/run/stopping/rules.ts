/** Which runs are ended before their time: functions of what all runs have reported so far, without clock or process. */

export const stoppingRules = ["asha", "median", "halving"] as const;
export type StoppingRule = (typeof stoppingRules)[number];

export interface Goal {
  /** `loss`, or `metrics.json:loss`. */
  readonly metric: string;
  readonly direction: "minimize" | "maximize";
}

export interface StoppingPolicy {
  readonly rule: StoppingRule;
  readonly goal: Goal;
  /** Nothing is ended before that step; the first rung of asha and halving. */
  readonly minSteps: number;
  /** One of so many goes on at a rung. */
  readonly reduction: number;
}

export interface StepValue {
  readonly step: number;
  readonly value: number;
}

/** What a run has reported, in the order of its steps. */
export interface StepCurve {
  readonly steps: readonly StepValue[];
  readonly state: "running" | "finished" | "ended";
}

/** So many runs finish before the median of them says something (as Optuna has it). */
const medianRuns = 5;

/** Whether the run is to be ended at the last step of its curve. @param others all other runs, whatever became of them */
export function isHopeless(policy: StoppingPolicy, own: StepCurve, others: readonly StepCurve[]): boolean {
  const last = own.steps.at(-1);
  if (last === undefined || last.step < policy.minSteps) return false;
  return policy.rule === "median" ? isBelowMedian(policy, own, others) : isOutOfRung(policy, own, others);
}

/** The value that is at least as far: at that step, or the first one reported after it. */
function valueAtStep({ steps }: StepCurve, step: number): number | undefined {
  return steps.find((point) => point.step >= step)?.value;
}

/** Golovin et al. 2017 (Vizier), as Optuna's MedianPruner: the best so far, beside what finished runs had at that step. */
function isBelowMedian({ goal }: StoppingPolicy, own: StepCurve, others: readonly StepCurve[]): boolean {
  const finished = others.filter(({ state }) => state === "finished");
  if (finished.length < medianRuns) return false;
  const { step = 0 } = own.steps.at(-1) ?? {};
  const values = finished.flatMap((curve) => valueAtStep(curve, step) ?? []).filter((value) => !Number.isNaN(value));
  const known = own.steps.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  if (known.length === 0) return true;
  if (values.length === 0) return false;
  const sign = goal.direction === "minimize" ? 1 : -1;
  return Math.min(...known.map((value) => sign * value)) > sign * medianOf(values);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/** The rungs that a step has reached: min, min * reduction, min * reduction^2... */
function rungsTo(step: number, { minSteps, reduction }: StoppingPolicy): readonly number[] {
  const rungs: number[] = [];
  for (let rung = Math.max(1, minSteps); rung <= step; rung *= reduction) rungs.push(rung);
  return rungs;
}

/**
 * Li et al. 2020 (ASHA), as Optuna's SuccessiveHalvingPruner: at a rung a run goes on if it is among the best 1/reduction of those
 * that came there, at any time, or the best while they are fewer. `halving` ends nothing at a rung where they are fewer.
 */
function isOutOfRung(policy: StoppingPolicy, own: StepCurve, others: readonly StepCurve[]): boolean {
  const { step = 0 } = own.steps.at(-1) ?? {};
  const before = own.steps.at(-2)?.step ?? 0;
  for (const rung of rungsTo(step, policy)) {
    // What was decided at an earlier step stays so.
    if (rung <= before) continue;
    const value = valueAtStep(own, rung);
    if (value === undefined || Number.isNaN(value)) return true;
    const rivals = others.flatMap((curve) => valueAtStep(curve, rung) ?? []).filter((rival) => !Number.isNaN(rival));
    const count = rivals.length + 1;
    if (policy.rule === "halving" && count < policy.reduction) continue;
    const places = Math.max(1, Math.floor(count / policy.reduction));
    const better = rivals.filter((rival) => (policy.goal.direction === "minimize" ? rival < value : rival > value));
    if (better.length >= places) return true;
  }
  return false;
}

/** What all runs of a process have reported, and which of them are hopeless. */
import type { ExperimentFacts, StoppedEarly } from "../../experiments/record.ts";
import { isHopeless, type StepCurve, type StepValue, type StoppingPolicy } from "./rules.ts";

export class EarlyStops {
  readonly #known: StepCurve[];
  readonly #running = new Map<number, StepCurve>();

  /** @param before what finished experiments reported: who goes on with a sweep decides as if it had never been ended */
  constructor(
    readonly policy: StoppingPolicy,
    before: readonly Pick<ExperimentFacts, "curve" | "stopped">[] = [],
  ) {
    this.#known = before.flatMap(({ curve, stopped }) =>
      curve === undefined ? [] : [{ steps: curve.map(stepOf), state: stopped === undefined ? "finished" : "ended" }],
    );
  }

  /** Answers whether the run is to be ended now. @param run any number of its own */
  look(run: number, steps: readonly StepValue[]): StoppedEarly | undefined {
    const others = [...this.#known, ...[...this.#running].flatMap(([other, curve]) => (other === run ? [] : [curve]))];
    for (const point of steps) {
      const own: StepCurve = { steps: [...(this.#running.get(run)?.steps ?? []), point], state: "running" };
      this.#running.set(run, own);
      if (isHopeless(this.policy, own, others)) return { rule: this.policy.rule, step: point.step };
    }
    return undefined;
  }

  /** What ran is over; what is to run again has said nothing. */
  ended(run: number, state: "finished" | "ended" | "again"): void {
    const curve = this.#running.get(run);
    this.#running.delete(run);
    if (curve !== undefined && state !== "again") this.#known.push({ ...curve, state });
  }
}

function stepOf([step, value]: readonly [number, number]): StepValue {
  return { step, value };
}

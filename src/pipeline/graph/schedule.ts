/** Which step may start next. No clock, no process: what ran is told to it. */

import type { StageAddress } from "../types.ts";
import { type Plan, reachable } from "./plan.ts";

export interface Schedule {
  /** The first step of the plan that waits for nothing; undefined where none is free. */
  take(): StageAddress | undefined;
  /** The step was done, so those that wait for it come nearer. */
  finish(step: StageAddress): void;
  /** The step failed: those that need it, directly or not, are taken off; answers them in the order of the plan. */
  skipDependents(step: StageAddress): StageAddress[];
}

/** Steps ready to start, by their place in the plan. */
class ReadyList {
  private readonly ranks: number[] = [];

  add(rank: number): void {
    let low = 0;
    let high = this.ranks.length;
    // The smallest rank is kept last, where taking it costs nothing.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranks[middle] ?? 0) > rank) low = middle + 1;
      else high = middle;
    }
    this.ranks.splice(low, 0, rank);
  }

  take(): number | undefined {
    return this.ranks.pop();
  }
}

export function createSchedule(plan: Plan): Schedule {
  const rankOf = new Map(plan.steps.map((step, rank) => [step, rank]));
  const unmet = new Map(plan.steps.map((step) => [step, plan.needs.get(step)?.length ?? 0]));
  const off = new Set<StageAddress>();
  const ready = new ReadyList();
  for (const [step, count] of [...unmet].reverse()) if (count === 0) ready.add(rankOf.get(step) ?? 0);
  return {
    take() {
      for (let rank = ready.take(); rank !== undefined; rank = ready.take()) {
        const step = plan.steps[rank];
        if (step !== undefined && !off.has(step)) return step;
      }
      return undefined;
    },
    finish(step) {
      for (const next of plan.feeds.get(step) ?? []) {
        const left = (unmet.get(next) ?? 1) - 1;
        unmet.set(next, left);
        if (left === 0) ready.add(rankOf.get(next) ?? 0);
      }
    },
    skipDependents(step) {
      const dependents = reachable(plan.feeds, [step]);
      dependents.delete(step);
      const fresh = plan.steps.filter((each) => dependents.has(each) && !off.has(each));
      for (const each of fresh) off.add(each);
      return fresh;
    },
  };
}

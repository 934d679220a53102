/** Whether an experiment that failed runs again, and when. Pure. */
import type { Attempt, FailureCause } from "../../experiments/runs/attempts.ts";

export interface RetryPolicy {
  /** How often an experiment runs again after a failure of its own (--retries). */
  readonly retries: number;
  /** How often after a failure from outside: killed, out of memory, its worker lost. */
  readonly outsideRetries: number;
  /** How often after the death of the process that ran it: nearly always a kill of that process alone. */
  readonly runnerRetries: number;
  /** The pause before the first of them; each further one doubles it. */
  readonly delayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { retries: 0, outsideRetries: 3, runnerRetries: 9, delayMs: 1_000 };

/** However many attempts failed: no pause is longer. */
export const longestDelayMs = 5 * 60_000;

function allowedAfter(policy: RetryPolicy, cause: FailureCause): number {
  const byItself = { code: 0, outside: policy.outsideRetries, runner: policy.runnerRetries };
  return Math.max(byItself[cause], policy.retries);
}

export type RetryDecision =
  | { readonly kind: "give-up" }
  | { readonly kind: "again"; readonly delayMs: number; readonly attempt: number; readonly attempts: number };

/** @param before the attempts that failed before this one */
export function decideRetry(policy: RetryPolicy, before: readonly Attempt[], cause: FailureCause): RetryDecision {
  const sameCause = before.filter((attempt) => attempt.cause === cause).length;
  const allowed = allowedAfter(policy, cause);
  if (sameCause >= allowed) return { kind: "give-up" };
  const delayMs = Math.min(longestDelayMs, policy.delayMs * 2 ** Math.min(before.length, 30));
  return { kind: "again", delayMs, attempt: sameCause + 1, attempts: allowed + 1 };
}

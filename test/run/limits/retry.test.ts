import { describe, expect, test } from "vitest";
import type { Attempt } from "../../../src/experiments/runs/attempts.ts";
import { decideRetry, defaultRetryPolicy } from "../../../src/run/limits/retry.ts";

function attempts(...causes: Attempt["cause"][]): Attempt[] {
  return causes.map((cause) => ({ cause, message: "", endedAt: 0, notBefore: 0 }));
}

describe("a failure", () => {
  test("of the experiment itself is final, unless --retries says otherwise", () => {
    expect(decideRetry(defaultRetryPolicy, [], "code")).toEqual({ kind: "give-up" });
    const policy = { ...defaultRetryPolicy, retries: 2 };
    expect(decideRetry(policy, [], "code")).toMatchObject({ kind: "again", delayMs: 1000, attempt: 1, attempts: 3 });
    expect(decideRetry(policy, attempts("code"), "code")).toMatchObject({ delayMs: 2000, attempt: 2 });
    expect(decideRetry(policy, attempts("code", "code"), "code")).toEqual({ kind: "give-up" });
  });

  test("from outside is tried again, three times by itself", () => {
    expect(decideRetry(defaultRetryPolicy, attempts("outside", "outside"), "outside").kind).toBe("again");
    expect(decideRetry(defaultRetryPolicy, attempts("outside", "outside", "outside"), "outside").kind).toBe("give-up");
  });

  test("of the process that ran it is tried again nine times, beside those from outside", () => {
    const before = attempts("outside", "outside", "outside", ...Array.from({ length: 8 }, () => "runner" as const));
    expect(decideRetry(defaultRetryPolicy, before, "runner")).toMatchObject({ attempt: 9, attempts: 10 });
    expect(decideRetry(defaultRetryPolicy, [...before, ...attempts("runner")], "runner").kind).toBe("give-up");
  });

  test("counts by its cause, the pause by all attempts", () => {
    const policy = { ...defaultRetryPolicy, retries: 1 };
    expect(decideRetry(policy, attempts("outside", "outside"), "code")).toMatchObject({ attempt: 1, delayMs: 4000 });
  });

  test("never pauses for more than five minutes", () => {
    const policy = { retries: 1000, outsideRetries: 0, runnerRetries: 0, delayMs: 1000 };
    const before = attempts(...Array.from({ length: 500 }, () => "code" as const));
    expect(decideRetry(policy, before, "code")).toMatchObject({ delayMs: 300_000 });
  });
});

/** What is said of runs, line by line, on a terminal and without one. */
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../src/experiments/events.ts";
import {
  countsText,
  finishedText,
  interruptingText,
  requeuedText,
  trialText,
} from "../../../src/report/progress/lines.ts";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

const experiment = { name: "one", sequence: 1, overrides: ["lr=0.1", "seed=1"] };
const finished: EventOf<"finished"> = {
  ...{ type: "finished", experiment, commit: "c", elapsedMs: 1500, at: 0 },
  metrics: new Map([["acc", 0.123456789]]),
};

describe("an experiment that finished", () => {
  test("with its metrics before its overrides, which a narrow terminal cuts", () => {
    expect(finishedText(finished)).toBe("one in 1.5s: acc=0.12346 (lr=0.1 seed=1)");
    expect(
      finishedText({ ...finished, metrics: new Map(), experiment: { name: "one", sequence: 1, overrides: [] } }),
    ).toBe("one in 1.5s");
  });

  test("with a doubt, and without control characters", () => {
    const odd = {
      ...finished,
      experiment: { name: "o\u001b[m", sequence: 1, overrides: [] },
      metrics: new Map(),
      warning: "seed is 0",
    };
    expect(finishedText(odd)).toBe("o\\x1b[m in 1.5s (WARNING: seed is 0)");
  });
});

test("back in the queue, stopped", () => {
  expect(requeuedText({ type: "requeued", experiment, reason: "stopped", at: 0 })).toBe("one: stopped");
  expect(interruptingText({ type: "interrupting", cause: "request", at: 0 })).toContain("once more ends them at once");
  expect(interruptingText({ type: "interrupting", cause: "error", at: 0 })).toMatch(/^stopping after an error: /);
  const failures = (count?: number) =>
    interruptingText({
      type: "interrupting",
      cause: "failures",
      at: 0,
      ...(count === undefined ? {} : { failures: count }),
    });
  expect(failures()).toBe("stopping after the first failure: running stages are being stopped");
  expect(failures(3)).toBe("stopping after 3 failures: running stages are being stopped");
});

describe("the summary", () => {
  const none = { running: 0, failed: 0, succeeded: 0 };
  const summary: EventOf<"summary"> = {
    ...{ type: "summary", succeeded: [], failed: [], requeued: [], queued: 0, elsewhere: none, elapsedMs: 2000, at: 0 },
  };

  test("says nothing where nothing was to do", () => {
    expect(countsText(summary)).toBeUndefined();
  });

  test("counts what ended here, what is left, and what others did", () => {
    const failed = [
      { name: "two", code: "STAGE_FAILED", message: "exited with 3", log: "l", hint: "Look." },
      { name: "three", code: "STAGE_FAILED", message: "exited with 4", log: "l" },
    ] as const;
    const elsewhere = { running: 1, failed: 2, succeeded: 3 };
    const counts = countsText({
      ...summary,
      succeeded: ["one"],
      failed,
      requeued: ["four"],
      queued: 2,
      elsewhere,
    });
    expect(counts?.split("\n")).toEqual([
      "1 succeeded, 2 failed, 1 put back into the queue in 2.0s",
      "2 still queued: the same command, or exp run --run-all, goes on",
      "1 is run by another process",
      "3 succeeded in another process",
      "2 failed in another process",
    ]);
    expect(countsText({ ...summary, elsewhere: { ...none, running: 2 } })).toContain("2 are run by");
  });
});

describe("a trial of a search", () => {
  const trial: EventOf<"trial"> = {
    type: "trial",
    name: "one",
    number: 5,
    violated: "none",
    values: { loss: 0.3 },
    at: 0,
  };

  test("with its place, the best so far, and what is left", () => {
    const best = { name: "two", value: 0.25 };
    expect(trialText({ ...trial, total: 60, best, left: { ms: 200_000, by: "trials" } })).toBe(
      "trial 5 of 60, one: loss=0.3 (best 0.25 of two), about 3m 20s left",
    );
    expect(trialText({ ...trial, left: { ms: 200_000, by: "time" } })).toBe("trial 5, one: loss=0.3, 3m 20s left");
    expect(trialText({ ...trial, left: { ms: 0, by: "time" } })).toBe("trial 5, one: loss=0.3");
  });

  test("that was stopped early, or breaks a constraint", () => {
    const stopped = { rule: "asha", step: 4 };
    expect(trialText({ ...trial, violated: "some", stopped })).toBe(
      "trial 5, one: loss=0.3, breaks a constraint, stopped early by asha after step 4",
    );
  });
});

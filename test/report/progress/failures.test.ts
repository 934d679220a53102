import { expect, test } from "vitest";
import type { ToldFailure } from "../../../src/experiments/events.ts";
import { FailureNews, failureLines } from "../../../src/report/progress/failures.ts";

function failure(facts: Partial<ToldFailure>): ToldFailure {
  const message = "failed to reproduce 'train': failed to run: sh t.sh, exited with 1";
  return { message, code: "STAGE_FAILED", stage: "train", exitCode: 1, log: "l", ...facts };
}

const noHelper = "ModuleNotFoundError: No module named 'helper'";
const failed = [
  { name: "a", ...failure({ output: noHelper, hint: "add it" }) },
  // The values of a point may be part of its command.
  { name: "b", ...failure({ output: noHelper, message: "other words, exited with 1" }) },
  { name: "c", ...failure({ output: "out of memory" }) },
  { name: "d", ...failure({ code: "TIMED_OUT", message: "timed out" }) },
  { name: "e", ...failure({ output: noHelper, exitCode: 3 }) },
];

test("the first failure of a kind says why, those after it which one they are like", () => {
  const news = new FailureNews();
  const lines = failed.map(({ name, ...told }) =>
    news.text({ type: "failed", experiment: { name, sequence: 1, overrides: [] }, ...told, elapsedMs: 1, at: 1 }),
  );
  const words = "failed to reproduce 'train': failed to run: sh t.sh, exited with 1";
  expect(lines).toEqual([
    `a: ${words}: ${noHelper} (log: l)`,
    "b: as a",
    `c: ${words}: out of memory (log: l)`,
    "d: timed out (log: l)",
    `e: ${words}: ${noHelper} (log: l)`,
  ]);
});

test("at the end each kind stands once, with its number; the way to the log stands once", () => {
  const rest = { succeeded: [], requeued: [], queued: 0, elapsedMs: 1, at: 1 };
  const elsewhere = { running: 0, failed: 0, succeeded: 0 };
  const lines = failureLines({ type: "summary", failed, elsewhere, ...rest });
  expect(lines.map(({ text, more }) => [text.replace(/failed to reproduce.*exited with/, "..."), ...more])).toEqual([
    [`2 failed alike: ... 1: ${noHelper}`, "  a, b", "HINT: add it"],
    ["c: ... 1: out of memory (log: l)"],
    ["d: timed out (log: l)"],
    [`e: ... 1: ${noHelper} (log: l)`, "HINT: `sweepline exp logs a` shows all that it printed."],
  ]);
});

test("names, reasons and hints obey no terminal", () => {
  const bad = "\u001b[31m";
  const rest = { succeeded: [], requeued: [], queued: 0, elapsedMs: 1, at: 1 };
  const elsewhere = { running: 0, failed: 0, succeeded: 0 };
  const all = [1, 2].map((n) => ({ name: `${bad}${n}`, ...failure({ output: bad, hint: bad }) }));
  const [lines] = failureLines({ type: "summary", failed: all, elsewhere, ...rest });
  expect(JSON.stringify(lines)).not.toContain("\\u001b");
});

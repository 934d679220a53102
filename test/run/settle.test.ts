/** What becomes of an entry after its run: its refs, its record, its next attempt, and what is told. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RunFailure } from "../../src/experiments/failure.ts";
import type { QueueEntry } from "../../src/experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../src/experiments/repository.ts";
import { readAttempts } from "../../src/experiments/runs/attempts.ts";
import { type RunFolder, readRunRecord, startRun } from "../../src/experiments/runs/records.ts";
import type { RefTransactions } from "../../src/git/refs.ts";
import { defaultRetryPolicy, type RetryPolicy } from "../../src/run/limits/retry.ts";
import { MissingHints } from "../../src/run/missing-hints.ts";
import { giveUpLost, keepInterrupted, type RunEnd, type SettleTools, settle } from "../../src/run/settle.ts";
import { experimentNames, makeExperimentRepository, queueRefs } from "../cli/exp-project.ts";
import type { Repository } from "../rig/index.ts";
import { contextOf, openQueued, queueAs, recorder } from "./queued.ts";

let made: Repository;
let repository: Repository;
let context: ExperimentsContext;
let refs: RefTransactions;
let entry: QueueEntry;
let run: RunFolder;
let told: ReturnType<typeof recorder>;

beforeAll(async () => {
  made = makeExperimentRepository();
  await queueAs(contextOf(made), ["x=2,3"]);
});
beforeEach(async () => {
  ({ repository, context, refs, entry } = await openQueued(made));
  run = startRun(context.state, entry);
  writeFileSync(run.log, "the log\n");
  told = recorder();
});
afterEach(() => refs.close());

const tools = (retry?: Partial<RetryPolicy>): SettleTools => ({
  context,
  refs,
  hints: new MissingHints(context),
  retry: retry === undefined ? undefined : { ...defaultRetryPolicy, ...retry },
  emit: told.emit,
});
const end = (how: RunEnd, retry?: Partial<RetryPolicy>) =>
  settle(tools(retry), { entry, run, end: how, startedAt: Date.now() });

const failure: RunFailure = {
  kind: "stages",
  failures: [{ kind: "command", address: "copy", name: "copy", command: "sh copy.sh", end: { exitCode: 7 } }],
};
const failed: RunEnd = { kind: "failed", cause: "code", failure, missing: [] };
const words = "failed to reproduce 'copy': failed to run: sh copy.sh, exited with 7";

test("a result becomes an experiment, and its entry is gone", async () => {
  const done: RunEnd = {
    kind: "done",
    commit: entry.commit,
    tree: entry.tree,
    metrics: new Map([["score", 2n]]),
    left: ["side.txt"],
    warning: "odd",
  };
  expect(await end(done)).toEqual({ kind: "succeeded", experiment: { name: "p-1", sequence: 1, overrides: ["x=2"] } });
  expect([experimentNames(repository), queueRefs(repository)]).toEqual([["p-1"], ["queued/2"]]);
  expect(readRunRecord(run)).toMatchObject({ name: "p-1", state: "success", commit: entry.commit });
  expect(told.events).toEqual([
    expect.objectContaining({
      type: "finished",
      commit: entry.commit,
      metrics: new Map([["score", 2n]]),
      untracked: ["side.txt"],
      warning: "odd",
    }),
  ]);
});

test("a result whose name somebody took meanwhile is kept under the next one", async () => {
  repository.git("update-ref", `refs/exps/${entry.baseline.slice(0, 2)}/${entry.baseline.slice(2)}/p-1`, "HEAD");
  const settled = await end({ kind: "done", commit: entry.commit, tree: entry.tree, metrics: new Map(), left: [] });
  expect(settled).toMatchObject({ kind: "succeeded", experiment: { name: "p-1-2" } });
  expect(readRunRecord(run)).toMatchObject({ name: "p-1-2" });
});

describe("a failure", () => {
  test("moves the entry to the failed ones, with all that is known of it", async () => {
    const settled = await end(failed);
    const facts = { message: words, output: "the log", stage: "copy", command: "sh copy.sh", exitCode: 7 };
    const log = path.relative(repository.folder, run.log);
    expect(settled).toMatchObject({ kind: "failed", failed: { told: { ...facts, log }, isInLog: true } });
    expect(queueRefs(repository)).toEqual(["failed/1", "queued/2"]);
    expect(readRunRecord(run)).toMatchObject({ state: "failed", message: words, failure: { exitCode: 7 } });
    expect(told.events).toEqual([expect.objectContaining({ type: "failed", ...facts, log })]);
  });

  test("of its own is final, unless --retries or the entry's own limit says otherwise", async () => {
    expect(await end(failed, {})).toMatchObject({ kind: "failed" });
    expect(readAttempts(run)).toHaveLength(1);
  });

  test("is tried again where it may: back in the queue, not before its time", async () => {
    const settled = await end(failed, { retries: 1 });
    expect(settled).toMatchObject({ kind: "requeued", experiment: { name: "p-1" } });
    const dueAt = settled.kind === "requeued" ? settled.dueAt : undefined;
    expect(readAttempts(run)).toEqual([expect.objectContaining({ cause: "code", message: words, notBefore: dueAt })]);
    const reason = `${words} (attempt 1 of 2; again in 1.0 s)`;
    const facts = { code: "STAGE_FAILED", stage: "copy", command: "sh copy.sh", exitCode: 7 };
    expect(told.events).toEqual([expect.objectContaining({ type: "requeued", reason, ...facts })]);
    expect(readRunRecord(run)).toMatchObject({ state: "cancelled", message: reason });
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
    // The second one is the last, and says how many there were.
    expect(await end(failed, { retries: 1 })).toMatchObject({
      kind: "failed",
      failed: { told: { message: `${words} (2 attempts)` }, isInLog: false },
    });
  });

  test("keeps to the limit that its entry was queued with", async () => {
    const own = { ...entry, record: { ...entry.record, limits: { retries: 2 } } };
    const settled = await settle(tools({}), { entry: own, run, end: failed, startedAt: 0 });
    expect(settled.kind).toBe("requeued");
  });

  test("of an entry that somebody removed meanwhile says so", async () => {
    repository.git("update-ref", "-d", entry.ref);
    const settled = await end(failed);
    expect(settled).toMatchObject({
      kind: "failed",
      failed: { told: { message: expect.stringContaining(`${words} (`) }, isInLog: false },
    });
    expect(queueRefs(repository)).toEqual(["queued/2"]);
  });

  test("over a file that Git does not track says where the copy gets it from", async () => {
    repository.write({ "extra.txt": "1\n" });
    writeFileSync(run.log, "cat: extra.txt: No such file or directory\n");
    expect(await end(failed)).toMatchObject({ failed: { told: { hint: expect.stringContaining("-C extra.txt") } } });
  });
});

test.each<[what: string, end: RunEnd, message: string, code: string]>([
  ["too long a run", { kind: "timed-out", limitMs: 1500 }, "timed out: it ran longer than 1.5 s", "TIMED_OUT"],
  ["a kill", { kind: "killed" }, "killed by `sweepline queue kill`", "KILLED"],
  ["a lost worker", { kind: "lost", reason: "out of memory" }, "its worker was lost: out of memory", "LOST"],
])("%s is a failure of its own kind", async (_what, how, message, code) => {
  expect(await end(how)).toMatchObject({ kind: "failed", failed: { told: { message, code } } });
  expect(readRunRecord(run)).toMatchObject({ state: "failed", message, failure: { code } });
});

test("a lost worker is an outside cause: tried again without --retries; a kill by the user never", async () => {
  expect(await end({ kind: "lost", reason: "out of memory" }, {})).toMatchObject({ kind: "requeued" });
  expect(await end({ kind: "killed" }, { retries: 9 })).toMatchObject({ kind: "failed" });
});

test("a run that was stopped is back in the queue", async () => {
  expect(await end({ kind: "cancelled" }, {})).toEqual({
    kind: "requeued",
    experiment: { name: "p-1", sequence: 1, overrides: ["x=2"] },
  });
  expect(readRunRecord(run)).toMatchObject({ state: "cancelled", message: "stopped" });
  expect(readAttempts(run)).toEqual([]);
});

test("one that was ended at once is no run that was lost", () => {
  keepInterrupted({ entry, run });
  expect(readRunRecord(run)).toMatchObject({ name: "p-1", state: "cancelled", message: "stopped" });
});

describe("an entry whose last run took its process with it", () => {
  test("runs again, until that has happened too often", async () => {
    expect(await giveUpLost(tools({ runnerRetries: 1 }), entry, run)).toBeUndefined();
    expect(readAttempts(run)).toEqual([expect.objectContaining({ cause: "runner" })]);
    expect(await giveUpLost(tools({ runnerRetries: 1 }), entry, run)).toMatchObject({
      kind: "failed",
      failed: { told: { message: "the process that ran it was killed (2 attempts)", code: "LOST" } },
    });
    expect(queueRefs(repository)).toEqual(["failed/1", "queued/2"]);
    expect(readRunRecord(run)).toMatchObject({ cause: "lost" });
  });

  test("is one only where a run began and nobody wrote down its end", async () => {
    const other = startRun(context.state, { sequence: 2, name: "p-2" });
    expect(await giveUpLost(tools({ runnerRetries: 0 }), entry, other)).toBeUndefined();
    expect(await giveUpLost(tools(), entry, run)).toBeUndefined();
    mkdirSync(path.dirname(run.record), { recursive: true });
    keepInterrupted({ entry, run });
    expect(await giveUpLost(tools({ runnerRetries: 0 }), entry, run)).toBeUndefined();
    expect(existsSync(path.join(run.folder, "attempts.json"))).toBe(false);
  });
});

/** A run of the queue as a command asks for it: its limits, its warnings, and what it tells whoever watches. */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { identifyProcess } from "../../src/base/processes.ts";
import type { RunEvent } from "../../src/experiments/events.ts";
import type { ExperimentsContext } from "../../src/experiments/repository.ts";
import { jobsNumber } from "../../src/run/local-engine.ts";
import { type QueueWatcher, type RunQueueRequest, runQueue } from "../../src/run/run-queue.ts";
import { makeExperimentRepository, queueRefs } from "../cli/exp-project.ts";
import type { Repository } from "../rig/index.ts";
import { contextOf, queueAs } from "./queued.ts";

let repository: Repository;
let context: ExperimentsContext;
let warnings: string[];
let told: string[];
let events: RunEvent[];

beforeAll(async () => {
  repository = makeExperimentRepository();
  context = contextOf(repository);
  await queueAs(context, ["x=2,3"]);
});
beforeEach(() => {
  [warnings, told, events] = [[], [], []];
});

const watcher: QueueWatcher = {
  emit: (event) => void events.push(event),
  warn: (message) => void warnings.push(message),
  started: () => void told.push("started"),
  ended: async () => void told.push("ended"),
};

/** Of entries that are not in the queue: nothing is to run. */
const request = (asked: Partial<RunQueueRequest> = {}): RunQueueRequest => ({
  jobs: 1,
  onFailure: "continue",
  claims: "take",
  only: new Set([99]),
  ...asked,
});

test("nothing to run: nothing is started, and the summary says so", async () => {
  expect(await runQueue(context, request({ sweep: "s" }), watcher)).toEqual({
    summary: {
      succeeded: [],
      failed: [],
      requeued: [],
      queued: 0,
      elsewhere: { running: 0, failed: 0, succeeded: 0 },
    },
    interrupted: false,
  });
  expect(events).toEqual([
    expect.objectContaining({ type: "planned", sweep: "s", total: 0, jobs: 1 }),
    expect.objectContaining({ type: "summary", succeeded: [], queued: 0 }),
  ]);
  expect(told).toEqual(["started", "ended"]);
  expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
});

test("somebody who stops it at the start has interrupted it, and has put nothing back", async () => {
  let count = -1;
  const run = await runQueue(context, request(), {
    ...watcher,
    started: (control) => {
      control.stop();
      count = control.endAtOnce();
    },
  });
  expect([run.interrupted, count]).toEqual([true, 0]);
  expect(events.map(({ type }) => type)).toContain("interrupting");
});

describe("jobs", () => {
  test("are as many as there are cores, or as asked for", async () => {
    expect([jobsNumber("auto"), jobsNumber(7)]).toEqual([availableParallelism(), 7]);
    await runQueue(context, request({ jobs: "auto" }), watcher);
    expect(events[0]).toMatchObject({ type: "planned", jobs: availableParallelism() });
    expect(warnings).toEqual([]);
  });

  test("beyond the cores are said to share them", async () => {
    await runQueue(context, request({ jobs: 1024 }), watcher);
    expect(warnings).toEqual([expect.stringMatching(/^--jobs 1024 is more than the \d+ cores/)]);
  });

  test.each([0, -1, 1.5, 1025, Number.NaN])("%d can't be", async (jobs) => {
    await expect(runQueue(context, request({ jobs }), watcher)).rejects.toMatchObject({ code: "BAD_OPTIONS" });
    expect(told).toEqual([]);
  });
});

describe("devices, where workers in the background", () => {
  const devices = { gpus: ["0"], perGpu: 1, slots: new Map() };
  const other = identifyProcess(process.ppid);
  beforeEach(() => {
    mkdirSync(context.state.devices, { recursive: true });
    writeFileSync(context.state.coordinatorLock, JSON.stringify({ ...other, what: "queue worker" }));
    writeFileSync(context.state.coordinatorFacts, `${other.pid} 1 working`);
    writeFileSync(path.join(context.state.devices, `runner-${other.pid}.lock`), "");
  });

  test("have none: they may use any, which is said", async () => {
    await runQueue(context, request({ limits: { devices } }), watcher);
    expect(warnings).toEqual([expect.stringContaining(`(process ${other.pid}) have no --gpus or --slots`)]);
    await runQueue(context, request(), watcher);
    expect(warnings).toHaveLength(1);
  });

  test("have some of their own: nothing is said", async () => {
    writeFileSync(
      path.join(context.state.devices, `runner-${other.pid}.lock`),
      JSON.stringify({ ...other, what: "devices" }),
    );
    await runQueue(context, request({ limits: { devices } }), watcher);
    expect(warnings).toEqual([]);
  });
});

/** The background coordinator is one process: another one does nothing, and the role is free again whatever happens. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { identifyProcess } from "../../src/base/processes.ts";
import type { ExperimentsContext } from "../../src/experiments/repository.ts";
import { runInBackground } from "../../src/run/background.ts";
import type { QueueWatcher } from "../../src/run/run-queue.ts";
import { makeRepository } from "../rig/index.ts";
import { contextOf } from "./queued.ts";

let context: ExperimentsContext;
beforeEach(() => {
  context = contextOf(makeRepository());
});

const silent: QueueWatcher = {
  emit: () => undefined,
  warn: () => undefined,
  started: () => undefined,
  ended: async () => undefined,
};

test("where another process has the role, nothing is run", async () => {
  mkdirSync(context.state.root, { recursive: true });
  const owner = { ...identifyProcess(process.ppid), what: "queue worker" };
  writeFileSync(context.state.coordinatorLock, JSON.stringify(owner));
  const request = { jobs: 1, onFailure: "continue", idleMs: 0 } as const;
  expect(await runInBackground(context, request, silent)).toBeUndefined();
  expect(existsSync(context.state.coordinatorFacts)).toBe(false);
});

test("a run that is refused gives the role back", async () => {
  const request = { jobs: 5000, onFailure: "continue", idleMs: 0 } as const;
  await expect(runInBackground(context, request, silent)).rejects.toMatchObject({ code: "BAD_OPTIONS" });
  expect(existsSync(context.state.coordinatorLock)).toBe(false);
});

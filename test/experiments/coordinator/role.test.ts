/** The role of the background coordinator: one process has it, tells of itself, and gives it up unless it is asked for more. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { identifyProcess } from "../../../src/base/processes.ts";
import { backgroundCoordinator } from "../../../src/experiments/coordinator/facts.ts";
import { readRequests, writeRequest } from "../../../src/experiments/coordinator/requests.ts";
import { CoordinatorRole } from "../../../src/experiments/coordinator/role.ts";
import { type StateLayout, stateLayout } from "../../../src/experiments/layout.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

let state: StateLayout;
beforeEach(() => {
  state = stateLayout({ tmpDir: path.join(makeTemporaryFolder(), "tmp") });
});

function takenBy(owner: { readonly pid: number; readonly startedAt: string }): void {
  mkdirSync(state.root, { recursive: true });
  writeFileSync(state.coordinatorLock, JSON.stringify({ ...owner, what: "queue worker" }));
}

function taken(jobs = 3): CoordinatorRole {
  const role = CoordinatorRole.take(state, jobs);
  if (role === undefined) throw new Error("another process has the role");
  return role;
}

const own = identifyProcess(process.pid);

describe("who has the role", () => {
  test("is told with its jobs and what it does", () => {
    expect(backgroundCoordinator(state)).toBeUndefined();
    const role = taken(3);
    expect(backgroundCoordinator(state)).toEqual({ ...own, jobs: 3, state: "working" });
    role.tell({ jobs: 4, state: "draining" });
    expect(backgroundCoordinator(state)).toEqual({ ...own, jobs: 4, state: "draining" });
    role.leave();
    expect(backgroundCoordinator(state)).toBeUndefined();
  });

  test("is one process: another living one keeps it, a dead one does not", () => {
    takenBy(identifyProcess(process.ppid));
    expect(CoordinatorRole.take(state, 1)).toBeUndefined();
    takenBy({ pid: 4_194_000, startedAt: "1@x" });
    taken(2).leave();
    expect(existsSync(state.coordinatorLock)).toBe(false);
  });

  test.each([
    ["nothing yet", undefined],
    ["of an earlier one", "4194000 8 working"],
    ["without jobs", String(process.pid)],
    ["in other words", `${process.pid} many working`],
  ])("is not known before it has told of itself: %s", (_what, facts) => {
    takenBy(own);
    if (facts !== undefined) writeFileSync(state.coordinatorFacts, facts);
    expect(backgroundCoordinator(state)).toBeUndefined();
  });
});

describe("giving the role up", () => {
  test("is refused where more jobs were asked for in the last moment", async () => {
    const role = taken();
    writeRequest(state, { kind: "jobs", jobs: 5 });
    expect(await role.retire()).toBe(false);
    expect(backgroundCoordinator(state)).toMatchObject({ jobs: 3 });
    expect(readRequests(state)).toEqual([{ kind: "jobs", jobs: 5 }]);
  });

  test("takes no notice of other requests, and lets `queue start` in again", async () => {
    const role = taken();
    writeRequest(state, { kind: "kill", sequence: 7, manner: "stop" });
    expect(await role.retire()).toBe(true);
    expect([existsSync(state.coordinatorLock), existsSync(state.startLock)]).toEqual([false, false]);
  });

  test("leaves alone what another process has taken over", () => {
    const role = taken();
    takenBy(identifyProcess(process.ppid));
    role.leave();
    expect(existsSync(state.coordinatorLock)).toBe(true);
    writeFileSync(state.coordinatorLock, "nonsense");
    role.leave();
    expect(existsSync(state.coordinatorLock)).toBe(true);
  });
});

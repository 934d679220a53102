/** Whether one more experiment may start: jobs, devices, and other processes that give out devices. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identifyProcess } from "../../../src/base/processes.ts";
import { type StateLayout, stateLayout } from "../../../src/experiments/layout.ts";
import type { Measured } from "../../../src/run/limits/auto-jobs.ts";
import { Capacity, type CapacityOptions } from "../../../src/run/limits/capacity.ts";
import { deviceRunners } from "../../../src/run/limits/devices.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

let state: StateLayout;
const running = new Set<Measured>();
const opened: Capacity[] = [];
const run: Measured = { groups: () => [] };

beforeEach(() => {
  state = stateLayout({ tmpDir: path.join(makeTemporaryFolder(), "tmp") });
  running.clear();
});
afterEach(() => {
  for (const capacity of opened.splice(0)) capacity.close();
});

function open(options: Partial<CapacityOptions> = {}): Capacity {
  const capacity = new Capacity(state, { jobs: 2, claims: "take", ...options }, () => running);
  opened.push(capacity);
  return capacity;
}

const devices = { gpus: ["0", "1"], perGpu: 1, slots: new Map() };
/** Another process that runs the queue with devices: the one that runs the tests' own parent. */
function claimElsewhere(): void {
  mkdirSync(state.devices, { recursive: true });
  const owner = { ...identifyProcess(process.ppid), what: "devices" };
  writeFileSync(path.join(state.devices, `runner-${process.ppid}.lock`), JSON.stringify(owner));
}

describe("jobs", () => {
  test("are full while as many run, and no longer when one has ended or more are asked for", () => {
    const capacity = open({ jobs: 1 });
    expect(capacity.acquire()).toEqual({ environment: {}, locks: [] });
    running.add(run);
    expect(capacity.acquire()).toBe("full");
    capacity.jobs = 2;
    expect(capacity.acquire()).toEqual({ environment: {}, locks: [] });
    capacity.jobs = 1;
    running.delete(run);
    expect(capacity.acquire()).toEqual({ environment: {}, locks: [] });
  });

  test("whose memory is measured wait until the first has been", () => {
    const capacity = open({ memory: "measured" });
    expect(capacity.acquire()).toEqual({ environment: {}, locks: [] });
    running.add(run);
    expect(capacity.acquire()).toBe("later");
    running.delete(run);
    capacity.release({ environment: {}, locks: [] }, run);
    running.add({ groups: () => [] });
    // The average is known now, and it is nothing.
    expect(capacity.acquire()).toEqual({ environment: {}, locks: [] });
  });
});

describe("devices", () => {
  test("are given to one run each, and come back with it", () => {
    const capacity = open({ jobs: 3, devices });
    const shares = [capacity.acquire(), capacity.acquire(), capacity.acquire()];
    expect(shares.map((share) => (typeof share === "string" ? share : share.environment.CUDA_VISIBLE_DEVICES))).toEqual(
      ["0", "1", "later"],
    );
    const [first] = shares;
    if (typeof first !== "object") throw new TypeError("no share");
    capacity.release(first, run);
    expect(capacity.acquire()).toMatchObject({ environment: { CUDA_VISIBLE_DEVICES: "0" } });
  });

  test("are announced to the other processes as long as it is open, where the entries could be theirs", () => {
    const capacity = open({ devices });
    expect(deviceRunners(state)).toEqual([process.pid]);
    capacity.close();
    expect(deviceRunners(state)).toEqual([]);
    open({ devices, claims: "held" });
    expect(deviceRunners(state)).toEqual([]);
  });

  test("of another process keep a run without devices back, but not one whose entries are its own", () => {
    claimElsewhere();
    expect(deviceRunners(state)).toEqual([process.ppid]);
    expect(open().acquire()).toBe("later");
    expect(open({ claims: "held" }).acquire()).toEqual({ environment: {}, locks: [] });
    expect(open({ devices }).acquire()).toMatchObject({ environment: { CUDA_VISIBLE_DEVICES: "0" } });
  });
});

test("nobody who has died, and no other file, counts as one that gives out devices", () => {
  expect(deviceRunners(state)).toEqual([]);
  mkdirSync(state.devices, { recursive: true });
  const dead = { pid: 4_194_000, startedAt: "1@x", what: "devices" };
  writeFileSync(path.join(state.devices, "runner-4194000.lock"), JSON.stringify(dead));
  writeFileSync(path.join(state.devices, "gpu-0-0.lock"), JSON.stringify(identifyProcess(process.pid)));
  expect(deviceRunners(state)).toEqual([]);
});

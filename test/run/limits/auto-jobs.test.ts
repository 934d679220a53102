import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { AutoJobs, mayStartAnother } from "../../../src/run/limits/auto-jobs.ts";
import { memoryOfGroups } from "../../../src/run/limits/memory.ts";

const gb = 2 ** 30;
const machine = { available: 10 * gb, reserve: 2 * gb };

describe("--jobs auto", () => {
  test("starts one always", () => {
    expect(mayStartAnother({ running: [], average: 100 * gb, available: 0, reserve: gb })).toBe(true);
  });

  test("waits for the first to be measured before it starts a second", () => {
    expect(mayStartAnother({ ...machine, running: [undefined], average: undefined })).toBe(false);
    expect(mayStartAnother({ ...machine, running: [gb], average: undefined })).toBe(true);
  });

  test("takes the largest running one for the average before the first has ended", () => {
    // 10 free, 2 kept, the small one may grow by 4: 4 are left.
    expect(mayStartAnother({ ...machine, running: [5 * gb, gb], average: undefined })).toBe(false);
    expect(mayStartAnother({ ...machine, running: [4 * gb, gb], average: undefined })).toBe(true);
  });

  test("leaves room for those that have not grown to the average yet", () => {
    expect(mayStartAnother({ ...machine, running: [undefined, undefined], average: 2 * gb })).toBe(true);
    expect(mayStartAnother({ ...machine, running: [undefined, undefined, undefined], average: 2.1 * gb })).toBe(false);
    expect(mayStartAnother({ ...machine, running: [undefined], average: 0 })).toBe(true);
  });
});

describe.skipIf(process.platform !== "linux")("the memory of a process group", () => {
  test("is that of all its processes", async () => {
    const child = spawn("sh", ["-c", "sleep 60 & echo ready; wait"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { pid } = child;
    if (pid === undefined) throw new Error("sh was not started");
    try {
      await once(child.stdout, "data");
      const bytes = memoryOfGroups(new Set([pid])).get(pid) ?? 0;
      expect(bytes).toBeGreaterThan(100_000);
      expect(bytes).toBeLessThan(gb);
    } finally {
      process.kill(-pid, "SIGKILL");
    }
  });
});

test("the running experiments are measured, and forgotten when they have ended", () => {
  const ours = { groups: () => [] };
  const running = new Set([ours]);
  const jobs = new AutoJobs(() => running);
  try {
    expect(jobs.mayStart()).toBe(false);
    jobs.sample();
    // Without a process it uses nothing: there is room for another.
    expect(jobs.mayStart()).toBe(true);
    jobs.ended(ours);
    running.clear();
    expect(jobs.mayStart()).toBe(true);
  } finally {
    jobs.close();
  }
});

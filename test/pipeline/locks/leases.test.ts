import { existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { dropLostLeases, takeLease } from "../../../src/pipeline/locks/leases.ts";
import { takeTurn } from "../../../src/pipeline/locks/single-flight.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

const key = "a".repeat(64);
const runner = { id: "entry 1", label: "experiment 'one'" };
const other = { id: "entry 2", label: "experiment 'two'" };

let cache: string;
beforeEach(() => {
  cache = path.join(makeTemporaryFolder(), "cache");
});
const names = () => readdirSync(path.join(cache, "running"));

describe("a lease", () => {
  test("is held against others of the same process, and free again after release", () => {
    const lease = takeLease(cache, key, runner);
    expect(takeLease(cache, key, other)).toMatchObject({ kind: "busy", owner: { ...runner, pid: process.pid } });
    expect(takeLease(cache, "b".repeat(64), other).kind).toBe("taken");
    if (lease.kind === "taken") lease.release();
    expect(takeLease(cache, key, other).kind).toBe("taken");
  });

  test.each([
    ["a dead process", "4194000 abcdef entry 2\texperiment 'two'"],
    ["a recycled pid", `${process.pid} abcdef entry 2\texperiment 'two'`],
    ["nonsense", "nonsense"],
    ["JSON null", "null"],
  ])("of %s is taken over", (_, text) => {
    mkdirSync(path.join(cache, "running"), { recursive: true });
    symlinkSync(text, path.join(cache, "running", key));
    expect(takeLease(cache, key, runner).kind).toBe("taken");
    expect(names()).toEqual([key]);
  });

  test("is short enough for the file system to keep in its inode", () => {
    takeLease(cache, key, { id: "workspace", label: "'sweepline repro'" });
    expect(readlinkSync(path.join(cache, "running", key)).length).toBeLessThan(60);
  });

  test("that can't be had keeps nobody from running", () => {
    writeFileSync(cache, "a file, no folder");
    expect(takeLease(cache, key, runner).kind).toBe("unavailable");
  });

  test("of a lost thread is dropped, others of the process stay; a release after that harms nobody", () => {
    const lost = takeLease(cache, key, runner);
    takeLease(cache, "b".repeat(64), other);
    dropLostLeases(cache, runner.id);
    expect(names()).toEqual(["b".repeat(64)]);
    takeLease(cache, key, other);
    if (lost.kind === "taken") lost.release();
    expect(existsSync(path.join(cache, "running"))).toBe(true);
    expect(names()).toHaveLength(2);
  });
});

describe("a turn", () => {
  const facts = { runner: other, signal: new AbortController().signal, waiting: () => undefined };

  test("looks once more when the lease is had: the run may be finished", async () => {
    const turn = await takeTurn({ ...facts, cacheDir: cache, key, find: async () => "kept" });
    expect(turn).toEqual({ kind: "found", found: "kept" });
    expect(names()).toEqual([]);
  });

  test("gives the lease back when looking fails", async () => {
    const find = () => Promise.reject(new Error("looking failed"));
    await expect(takeTurn({ ...facts, cacheDir: cache, key, find })).rejects.toThrow("looking failed");
    expect(names()).toEqual([]);
  });

  test("waits while it is busy, says for whom once, and ends at an abort", async () => {
    takeLease(cache, key, runner);
    const abort = new AbortController();
    const told: unknown[] = [];
    const turn = takeTurn({
      ...facts,
      cacheDir: cache,
      key,
      signal: abort.signal,
      find: async () => undefined,
      waiting: (owner) => {
        told.push(owner);
        setImmediate(() => abort.abort());
      },
    });
    expect(await turn).toEqual({ kind: "cancelled" });
    expect(told).toMatchObject([{ pid: process.pid, ...runner }]);
  });
});

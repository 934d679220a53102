import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runCacheKey, runCacheValue } from "../../../src/pipeline/lock/hash.ts";
import { findCachedRun, isRunCacheable, type RunCacheStage, saveRun } from "../../../src/pipeline/lock/run-cache.ts";
import type { LockEntry, OutputSpec } from "../../../src/pipeline/types.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

function entry(output: string, facts: Partial<LockEntry> = {}): LockEntry {
  const item = { hash: "md5", size: 2 } as const;
  return {
    cmd: "make it",
    deps: [{ ...item, path: "in", md5: "b1946ac92492d2347c6235b4d2611184" }],
    params: new Map([["params.yaml", new Map([["size", 1n]])]]),
    outs: [{ ...item, path: "out", md5: output }],
    ...facts,
  };
}

const one = "c4ca4238a0b923820dcc509a6f75849b";
const two = "c81e728d9d4c2f636f067f89cc14862c";

function runFile(cacheDir: string, run: LockEntry): string {
  const key = runCacheKey(run);
  return path.join(cacheDir, "runs", key.slice(0, 2), key, runCacheValue(run));
}

describe("the run-cache", () => {
  it("finds a run by what went in", async () => {
    const cacheDir = makeTemporaryFolder();
    saveRun(cacheDir, entry(one));
    expect(await findCachedRun(cacheDir, entry(two))).toEqual(entry(one));
    expect(await findCachedRun(cacheDir, entry(one, { cmd: "make another" }))).toBeUndefined();
  });

  it("takes the newest of several outcomes", async () => {
    const cacheDir = makeTemporaryFolder();
    saveRun(cacheDir, entry(one));
    saveRun(cacheDir, entry(two));
    utimesSync(runFile(cacheDir, entry(two)), 1_600_000_000, 1_600_000_000);
    expect(await findCachedRun(cacheDir, entry(one))).toEqual(entry(one));
    utimesSync(runFile(cacheDir, entry(one)), 1_500_000_000, 1_500_000_000);
    expect(await findCachedRun(cacheDir, entry(one))).toEqual(entry(two));
  });

  it("removes a broken file and takes the next", async () => {
    const cacheDir = makeTemporaryFolder();
    saveRun(cacheDir, entry(one));
    utimesSync(runFile(cacheDir, entry(one)), 1_500_000_000, 1_500_000_000);
    writeFileSync(runFile(cacheDir, entry(two)), "cmd: [\n");
    expect(await findCachedRun(cacheDir, entry(one))).toEqual(entry(one));
    expect(readdirSync(path.dirname(runFile(cacheDir, entry(one))))).toHaveLength(1);
  });

  it("names a run without sizes, and by its outputs' names only", () => {
    const bigger = entry(one, { outs: [{ path: "out", hash: "md5", md5: one, size: 99 }] });
    expect(runCacheValue(bigger)).toBe(runCacheValue(entry(one)));
    expect(runCacheKey(entry(two))).toBe(runCacheKey(entry(one)));
    // DVC leaves out every key called size, a parameter of that name too.
    const other = entry(one, { params: new Map([["params.yaml", new Map([["size", 2n]])]]) });
    expect(runCacheKey(other)).toBe(runCacheKey(entry(one)));
  });
});

describe("isRunCacheable", () => {
  const output: OutputSpec = { path: "out", kind: "out", cache: true, persist: false };
  const stage: RunCacheStage = { cmd: "make it", alwaysChanged: false, outs: [output], workingFolder: "/project/sub" };

  it.each<[string, boolean, RunCacheStage, LockEntry]>([
    ["a plain stage", true, stage, entry(one)],
    ["one with parameters only", true, stage, entry(one, { deps: [] })],
    ["one that nothing goes into", false, stage, entry(one, { deps: [], params: new Map() })],
    ["one without outputs", false, { ...stage, outs: [] }, entry(one, { outs: [] })],
    ["one that always runs", false, { ...stage, alwaysChanged: true }, entry(one)],
    ["one that keeps an output", false, { ...stage, outs: [{ ...output, persist: true }] }, entry(one)],
    ["one that writes outside", false, { ...stage, outs: [{ ...output, path: "../../x" }] }, entry(one)],
  ])("%s: %s", (_name, expected, each, itsEntry) => {
    expect(isRunCacheable("/project", each, itsEntry)).toBe(expected);
  });
});

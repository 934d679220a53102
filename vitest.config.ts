import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { seed } from "./test/seed.ts";

// Where .ci/run reads the counts from.
const report = process.env.SWEEPLINE_TEST_REPORT;

const memoryFolder = "/dev/shm";

/** Thousands of small repositories cost less in memory than on a disk: where Linux gives a gigabyte of it, to run from. */
export function temporaryFolder(): string {
  if (process.env.TMPDIR !== undefined || process.platform !== "linux") return tmpdir();
  const mount = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .find((line) => line.split(" ")[1] === memoryFolder);
  if (mount === undefined || /\b(noexec|ro)\b/.test(mount)) return tmpdir();
  const { bavail, bsize } = statfsSync(memoryFolder);
  return bavail * bsize > 1 << 30 ? memoryFolder : tmpdir();
}

/** The reporters of a run: one to look at, and .ci/run's. */
export const reportersOf = (shown: "default" | "dot"): Pick<typeof settings, "reporters"> => ({
  reporters: report === undefined ? [shown] : ["dot", ["json", { outputFile: report }]],
});

/** Of all tests; `npm test` takes some of them: vitest.quick.config.ts. */
export const settings: NonNullable<ViteUserConfig["test"]> = {
  include: ["test/**/*.test.ts"],
  // Minutes long: `npm run test:faults`.
  exclude: ["test/faults/**", "test/fuzz/**"],
  globalSetup: ["test/announce.ts"],
  setupFiles: ["test/setup.ts"],
  env: { TMPDIR: temporaryFolder() },
  // Only to end a hang. A wait for one command has a limit of its own, which says more: test/rig/time-limit.ts.
  testTimeout: 900_000,
  hookTimeout: 900_000,
  pool: "threads",
  // A worker loads a module once, not for each file anew: no test changes what a module keeps.
  isolate: false,
  // Most of them wait for a process most of the time.
  maxWorkers: availableParallelism() + 2,
  // No test needs another one before it.
  sequence: { shuffle: { files: false, tests: true }, seed: seed ?? Date.now() },
};

export default defineConfig({ test: { ...settings, ...reportersOf("default") } });

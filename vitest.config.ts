import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { defineConfig } from "vitest/config";

// Where .ci/run reads the counts from.
const report = process.env.SWEEPLINE_TEST_REPORT;

const memoryFolder = "/dev/shm";

/** Thousands of small repositories cost less in memory than on a disk: where Linux gives a gigabyte of it, to run from. */
function temporaryFolder(): string {
  if (process.env.TMPDIR !== undefined || process.platform !== "linux") return tmpdir();
  const mount = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .find((line) => line.split(" ")[1] === memoryFolder);
  if (mount === undefined || /\b(noexec|ro)\b/.test(mount)) return tmpdir();
  const { bavail, bsize } = statfsSync(memoryFolder);
  return bavail * bsize > 1 << 30 ? memoryFolder : tmpdir();
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Minutes long: `npm run test:faults`.
    exclude: ["test/faults/**"],
    setupFiles: ["test/setup.ts"],
    env: { TMPDIR: temporaryFolder() },
    // Tests of real processes need room on a 2-core machine; none of them asserts a duration.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    pool: "threads",
    // A worker loads a module once, not for each file anew: no test changes what a module keeps.
    isolate: false,
    // Most of them wait for a process most of the time.
    maxWorkers: availableParallelism() + 2,
  },
});

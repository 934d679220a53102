import { defineConfig } from "vitest/config";
import { temporaryFolder } from "./vitest.config.ts";

// Where .ci/run reads the counts from.
const report = process.env.SWEEPLINE_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/faults/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    env: { TMPDIR: temporaryFolder() },
    // One test is many runs; each command in them has its own limit.
    testTimeout: 6 * 3_600_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    pool: "threads",
    // Each file tries two faults at a time.
    maxWorkers: 1,
    fileParallelism: false,
  },
});

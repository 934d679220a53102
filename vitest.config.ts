import { defineConfig } from "vitest/config";

// Where .ci/run reads the counts from.
const report = process.env.SWEEPLINE_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Minutes long: `npm run test:faults`.
    exclude: ["test/faults/**"],
    setupFiles: ["test/setup.ts"],
    // Tests of real processes need room on a 2-core machine; none of them asserts a duration.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    pool: "threads",
    maxWorkers: 2,
  },
});

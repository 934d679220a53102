/** The counts of .ci/run: what vitest reports, and what it can't report because it did not get that far. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout, makeTemporaryFolder } from "../rig/index.ts";

function counts(report: unknown, exitCode: number, asked: readonly string[] = []): { stdout: string; stderr: string } {
  const file = path.join(makeTemporaryFolder(), "report.json");
  if (report !== undefined) writeFileSync(file, JSON.stringify(report));
  const script = path.join(checkout, "scripts", "test-counts.mjs");
  return spawnSync(process.execPath, [script, file, String(exitCode), ...asked], { cwd: checkout, encoding: "utf8" });
}

const fileOf = (status: string, message: string, tests: readonly string[]) => ({
  name: path.join(checkout, "test", "a.test.ts"),
  status,
  message,
  assertionResults: tests.map((state, index) => ({ status: state, fullName: `case ${index}` })),
});

test("passed and failed tests are counted, skipped ones are not", () => {
  const report = { numPassedTests: 1, testResults: [fileOf("failed", "", ["passed", "failed", "skipped"])] };
  expect(counts(report, 1)).toMatchObject({ stdout: "1 1\n", stderr: "failed: test/a.test.ts: case 1\n" });
});

test("a file that could not be loaded is one failure", () => {
  const report = { numPassedTests: 4, testResults: [fileOf("failed", "no such module", [])] };
  expect(counts(report, 1)).toMatchObject({ stdout: "4 1\n", stderr: "failed: test/a.test.ts: no such module\n" });
});

test("a run without a report is one failure, and so is a bad exit code alone", () => {
  expect(counts(undefined, 137).stdout).toBe("0 1\n");
  expect(counts({ numPassedTests: 3, testResults: [] }, 1).stdout).toBe("3 1\n");
  expect(counts({ numPassedTests: 3, testResults: [] }, 0).stdout).toBe("3 0\n");
});

test("--files names the files with failures, or that could not be loaded", () => {
  const other = { ...fileOf("passed", "", ["passed"]), name: path.join(checkout, "test", "b.test.ts") };
  const report = { numPassedTests: 1, testResults: [fileOf("failed", "no such module", []), other] };
  expect(counts(report, 1, ["--files"])).toMatchObject({ stdout: "test/a.test.ts\n", stderr: "" });
  expect(counts(undefined, 137, ["--files"]).stdout).toBe("");
});

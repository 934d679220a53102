// Reads a JSON report of vitest and prints "PASSED FAILED", then on stderr the names of what failed. With --files it prints the
// files in which something failed instead, a line each.
// usage: test-counts.mjs REPORT EXITCODE [--files]
// A file that could not be loaded has no failed test in it, and a run that was killed no report: both count as one failure.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const [report, exitCode, asked] = process.argv.slice(2);

const nothing = { numPassedTests: 0, testResults: [] };
const { numPassedTests, testResults } = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : nothing;

function countFailed() {
  let failed = 0;
  for (const { name, status, message, assertionResults } of testResults) {
    const file = path.relative(process.cwd(), name);
    const failures = assertionResults.filter((test) => test.status === "failed");
    for (const test of failures) process.stderr.write(`failed: ${file}: ${test.fullName}\n`);
    failed += failures.length;
    if (status !== "failed" || failures.length > 0) continue;
    process.stderr.write(`failed: ${file}: ${message}\n`);
    failed += 1;
  }
  return failed;
}

if (asked === "--files")
  for (const { name, status } of testResults)
    if (status === "failed") process.stdout.write(`${path.relative(process.cwd(), name)}\n`);
if (asked === undefined) {
  const failed = countFailed();
  process.stdout.write(`${numPassedTests} ${failed === 0 && exitCode !== "0" ? 1 : failed}\n`);
}

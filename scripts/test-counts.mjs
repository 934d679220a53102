// Reads a JSON report of vitest and prints "PASSED FAILED", then on stderr the names of what failed.
// usage: test-counts.mjs REPORT EXITCODE
// A file that could not be loaded has no failed test in it, and a run that was killed no report: both count as one failure.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const [report, exitCode] = process.argv.slice(2);

function readCounts() {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
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
  return { passed: numPassedTests, failed };
}

const { passed, failed } = readCounts();
process.stdout.write(`${passed} ${failed === 0 && exitCode !== "0" ? 1 : failed}\n`);

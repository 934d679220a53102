import path from "node:path";
import { expect, test } from "vitest";
import { logTail } from "../../../src/experiments/runs/log-tail.ts";
import { makeRepository } from "../../rig/index.ts";

test("the end of a log, nothing of one that is missing or a folder", () => {
  const long = `first\n${"x".repeat(64 * 1024 - 5)}last\n`;
  const { folder } = makeRepository({ git: false, dvc: false, files: { short: "a\n", long } });
  expect(logTail(path.join(folder, "short")).toString()).toBe("a\n");
  expect(logTail(path.join(folder, "long")).toString()).toBe(long.slice(-64 * 1024));
  expect(logTail(path.join(folder, "missing")).length).toBe(0);
  expect(logTail(folder).length).toBe(0);
});

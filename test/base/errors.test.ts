import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { isExpected, isStartFailure, isSystemError, SweeplineError, systemErrorCode } from "../../src/base/errors.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

const missing = thrownBy(() => statSync("/no/such/file"));
const misuse = thrownBy(() => statSync(1 as unknown as string));
const refused = new SweeplineError({ code: "LOCKED", message: "locked" });

test("a failed system call is one, a wrong call of Node and a failure of ours are none", () => {
  expect([missing, misuse, refused].map(systemErrorCode)).toEqual(["ENOENT", undefined, undefined]);
  expect([missing, misuse, refused].map((error) => isSystemError(error))).toEqual([true, false, false]);
  expect([missing, misuse, refused].map(isExpected)).toEqual([true, false, true]);
  expect(isSystemError(missing, "EACCES", "ENOENT")).toBe(true);
  expect(isSystemError(missing, "EACCES")).toBe(false);
});

test("a NUL in a word of a command is a failure to start, another wrong call is a bug", () => {
  expect(isStartFailure(thrownBy(() => spawnSync("true", ["a\0b"])))).toBe(true);
  expect(isStartFailure(misuse)).toBe(false);
});

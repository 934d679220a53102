/** A process that is waited for, and stopped: after a while it is told that it will not answer. */
import { spawn } from "node:child_process";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { identifyProcess, isSuspended, type ProcessIdentity } from "../../../src/base/processes.ts";
import { notAnswering, SuspensionWatch } from "../../../src/experiments/coordinator/suspended.ts";

const start = new Date("2026-01-01T00:00:00Z");
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: start }));
afterEach(() => void vi.useRealTimers());

const later = (seconds: number): void => void vi.setSystemTime(start.getTime() + 1000 * seconds);

function started(): { readonly owner: ProcessIdentity; signal(name: NodeJS.Signals): void } {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  const { pid } = child;
  if (pid === undefined) throw new Error("sleep was not started");
  return { owner: identifyProcess(pid), signal: (name) => void child.kill(name) };
}

/** The kernel tells it a moment after the signal. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test.skipIf(process.platform !== "linux")("only after two seconds, and no longer when it goes on", async () => {
  const { owner, signal } = started();
  try {
    const watch = new SuspensionWatch(() => owner);
    expect(watch.suspended()).toBeUndefined();
    signal("SIGSTOP");
    await until(() => isSuspended(owner));
    expect(watch.suspended()).toBeUndefined();
    later(1.9);
    expect(watch.suspended()).toBeUndefined();
    later(2.1);
    expect(watch.suspended()).toEqual(owner);
    signal("SIGCONT");
    await until(() => !isSuspended(owner));
    expect(watch.suspended()).toBeUndefined();
    signal("SIGSTOP");
    await until(() => isSuspended(owner));
    expect(watch.suspended()).toBeUndefined();
  } finally {
    signal("SIGKILL");
  }
});

test("nobody is no suspended process", () => {
  const watch = new SuspensionWatch(() => undefined);
  later(10);
  expect(watch.suspended()).toBeUndefined();
});

test("the failure says how to go on", () => {
  expect(notAnswering({ pid: 12 })).toMatchObject({
    code: "SUSPENDED",
    message: expect.stringContaining("process 12, which runs the queue"),
    hint: expect.stringMatching(/kill -CONT 12.*kill -KILL 12/),
  });
});

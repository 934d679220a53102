import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { existsProcess, isAlive, isGroupAlive, processStart, sendSignal } from "../../src/base/processes.ts";

/** Starts a group whose leader has a child that ends at once and that it never asks about; answers the child's pid. */
async function startWithEndedChild(): Promise<{ readonly leader: number; readonly child: number; end(): void }> {
  // `exec` replaces the shell, which would have waited for its child.
  const running = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [text] = (await once(running.stdout, "data")) as [Buffer];
  return { leader: running.pid ?? 0, child: Number(text.toString()), end: () => running.kill("SIGKILL") };
}

test.skipIf(process.platform !== "linux")(
  "a process that has ended, but that its parent has not asked about, is none",
  async () => {
    const { leader, child, end } = await startWithEndedChild();
    try {
      await expect.poll(() => processStart(child)).toBeUndefined();
      // The kernel still has it.
      expect(() => process.kill(child, 0)).not.toThrow();
      expect(existsProcess(child)).toBe(false);
      expect(existsProcess(leader)).toBe(true);
      const identity = { pid: leader, startedAt: processStart(leader) ?? "" };
      expect(isGroupAlive(identity)).toBe(true);
      expect(isGroupAlive({ pid: child, startedAt: identity.startedAt })).toBe(false);
    } finally {
      end();
    }
  },
);

test.each([0, -1, 1.5, 2 ** 31, Number.NaN])("no signal goes to %s, which a file may have brought", (pid) => {
  expect(sendSignal(pid, "SIGKILL")).toBe("nobody");
  expect(isGroupAlive({ pid: -pid, startedAt: "" })).toBe(false);
});

test("where the kernel tells nothing, a process that is there counts as alive, whatever its start time", () => {
  const proc = "/nowhere";
  expect(processStart(process.pid, proc)).toBe("");
  expect(isAlive({ pid: process.pid, startedAt: "1@boot" }, proc)).toBe(true);
  expect(processStart(2 ** 31 - 1, proc)).toBeUndefined();
});

test("who is asked for is there, or nobody is", async () => {
  const running = spawn("sleep", ["60"], { stdio: "ignore" });
  const ended = once(running, "exit");
  const pid = running.pid ?? 0;
  expect(sendSignal(pid, 0)).toBe("sent");
  expect(sendSignal(pid, "SIGKILL")).toBe("sent");
  await ended;
  expect(sendSignal(pid, 0)).toBe("nobody");
});

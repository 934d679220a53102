import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { identifyProcess } from "../../../src/base/processes.ts";
import { commandVariable, isOurGroup } from "../../../src/pipeline/processes/leftovers.ts";

const started: ChildProcess[] = [];

async function leader(environment: Record<string, string>): Promise<number> {
  const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore", env: { ...process.env, ...environment } });
  await once(child, "spawn");
  started.push(child);
  return child.pid ?? 0;
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    const end = once(child, "exit");
    child.kill("SIGKILL");
    await end;
  }
});

describe.runIf(process.platform === "linux")("which process groups are surely ours", () => {
  test("one of a command of ours, by its start time", async () => {
    const pid = await leader({ [commandVariable]: "5d3c6a3e-0000-4000-8000-000000000000" });
    expect(isOurGroup(identifyProcess(pid))).toBe(true);
    expect(isOurGroup({ pid, startedAt: "" })).toBe(false);
    expect(isOurGroup({ pid, startedAt: "1@another-boot" })).toBe(false);
  });

  test("none without our mark, though its start time is right", async () => {
    const pid = await leader({});
    expect(isOurGroup(identifyProcess(pid))).toBe(false);
  });

  test.each([0, 1])("never the group of pid %i", (pid) => {
    expect(isOurGroup({ pid, startedAt: identifyProcess(1).startedAt })).toBe(false);
  });
});

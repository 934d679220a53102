import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { identifyProcess, isGroupAlive } from "../../../src/base/processes.ts";
import { commandVariable, isOurGroup } from "../../../src/pipeline/processes/leftovers.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

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

  test("none where the kernel tells nothing, or not what it is: no Linux, a jail, a process of another start", async () => {
    const pid = await leader({ [commandVariable]: "5d3c6a3e-0000-4000-8000-000000000000" });
    const identity = identifyProcess(pid);
    const proc = makeTemporaryFolder();
    expect(isOurGroup(identity, path.join(proc, "nothing"))).toBe(false);
    // As a kernel that tells of processes, and not of their environment.
    for (const name of ["self", String(pid)]) {
      mkdirSync(path.join(proc, name));
      writeFileSync(path.join(proc, name, "stat"), readFileSync(`/proc/${name}/stat`));
    }
    expect(isGroupAlive(identity, proc)).toBe(true);
    expect(isOurGroup(identity, proc)).toBe(false);
    writeFileSync(path.join(proc, String(pid), "environ"), readFileSync(`/proc/${pid}/environ`));
    expect(isOurGroup(identity, proc)).toBe(true);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
    stat[21] = "1";
    writeFileSync(path.join(proc, String(pid), "stat"), stat.join(" "));
    expect(isOurGroup(identity, proc)).toBe(false);
  });

  test.each([0, 1])("never the group of pid %i", (pid) => {
    expect(isOurGroup({ pid, startedAt: identifyProcess(1).startedAt })).toBe(false);
  });
});

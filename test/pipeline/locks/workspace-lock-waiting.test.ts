/** Waiting for a workspace that another one has: for a moment, then a refusal that names it; and where no program can lock. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WorkspaceLock } from "../../../src/pipeline/locks/workspace-lock.ts";
import { openProject } from "../../../src/project/open.ts";
import type { Project } from "../../../src/project/project.ts";
import { makeRepository, makeTemporaryFolder } from "../../rig/index.ts";

let project: Project;
beforeEach(() => {
  project = openProject(makeRepository({ git: false }).folder);
});

describe("a workspace that is locked", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  test("is waited for, then refused with the name of whoever has it", async () => {
    const first = await WorkspaceLock.acquire(project, { command: "sweepline repro" });
    try {
      const second = WorkspaceLock.acquire(project, { command: "sweepline add x" });
      vi.setSystemTime(Date.now() + 10_000);
      await expect(second).rejects.toMatchObject({
        code: "LOCKED",
        message: expect.stringContaining(`(pid ${process.pid})`),
      });
    } finally {
      first.release();
    }
  });

  test("is refused without a name where its owner wrote none, and had at once where nobody waits for it any more", async () => {
    const first = await WorkspaceLock.acquire(project, { command: "sweepline repro" });
    writeFileSync(path.join(project.tmpDir, "lock"), "nonsense");
    try {
      const second = WorkspaceLock.acquire(project, { command: "sweepline add x" });
      vi.setSystemTime(Date.now() + 10_000);
      await expect(second).rejects.toMatchObject({ message: expect.stringMatching(/: another process$/) });
      const stopped = await WorkspaceLock.acquire(project, { command: "x", signal: AbortSignal.abort() });
      stopped.release();
    } finally {
      first.release();
    }
  });

  test("is had as soon as it is free", async () => {
    const first = await WorkspaceLock.acquire(project, { command: "sweepline repro" });
    const second = WorkspaceLock.acquire(project, { command: "sweepline add x" });
    first.release();
    const lock = await second;
    expect(readFileSync(path.join(project.tmpDir, "lock"), "utf8")).toBe(` ${process.pid}\n`);
    expect(await lock.step(async () => "done")).toBe("done");
    lock.release();
  });
});

test("where no program can take DVC's lock, our own processes have one among themselves", async () => {
  const repository = makeRepository({ files: { x: "1\n" } });
  repository.git("rm", "--quiet", "--cached", "x");
  const bin = makeTemporaryFolder();
  for (const program of ["git", "sh"])
    symlinkSync(
      execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim(),
      path.join(bin, program),
    );
  const own = path.join(repository.folder, ".dvc/tmp/sweepline.lock");
  mkdirSync(path.dirname(own), { recursive: true });
  // Of a process that died: nobody waits for it.
  writeFileSync(own, JSON.stringify({ pid: 4_194_000, startedAt: "1@x", what: "sweepline repro" }));
  await repository.succeed(["add", "x"], { env: { PATH: bin } });
  expect(repository.exists("x.dvc")).toBe(true);
  expect(repository.exists(".dvc/tmp/sweepline.lock")).toBe(false);
});

/** Owners of locks on other machines: what is told of their jobs by programs that answer as Slurm's do. */
import { chmodSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { jobLife, jobOf } from "../../src/base/cluster-jobs.ts";
import { isLockHeld, isOwnerAlive, tryLock } from "../../src/base/locks.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

const before = { ...process.env };
let folder: string;
beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => {
  process.env.PATH = before.PATH;
  delete process.env.SLURM_JOB_ID;
});

function program(name: string, script: string): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** `squeue` says that, `scontrol ping` ends so. */
function slurm(squeue: string, ping: string): void {
  program("squeue", squeue);
  program("scontrol", ping);
  process.env.PATH = `${folder}:${before.PATH}`;
}

/** Each asks anew: an answer is kept for a moment. */
let number = 100;
const job = (restarts = 0) => ({ id: String(++number), restarts });

describe("a job", () => {
  test.each([
    ["echo 'RUNNING  0'", "exit 0", "lives"],
    ["echo 'COMPLETING  0'", "exit 0", "lives"],
    ["echo 'PENDING  1'", "exit 0", "gone"],
    ["echo 'RUNNING  1'", "exit 0", "gone"],
    ["echo 'TIMEOUT  0'", "exit 0", "gone"],
    ["exit 1", "exit 0", "gone"],
    ["exit 1", "exit 1", "unknown"],
  ] as const)("where squeue says %j and ping %j: %s", (squeue, ping, life) => {
    slurm(squeue, ping);
    expect(jobLife(job())).toBe(life);
  });

  test("is that of the environment, with its restarts", () => {
    expect(jobOf({ SLURM_JOB_ID: "17", SLURM_RESTART_COUNT: "2" })).toEqual({ id: "17", restarts: 2 });
    expect(jobOf({ SLURM_JOB_ID: "17; rm" })).toBeUndefined();
    expect(jobOf({})).toBeUndefined();
  });
});

describe("a lock of another machine", () => {
  const elsewhere = { pid: process.pid, startedAt: "1@another-boot", what: "run 1", host: "node7" };

  test("is held as long as its job lives, or nobody knows", () => {
    slurm("echo 'RUNNING 0'", "exit 0");
    expect(isOwnerAlive({ ...elsewhere, job: job() })).toBe(true);
    slurm("exit 1", "exit 1");
    expect(isOwnerAlive({ ...elsewhere, job: job() })).toBe(true);
    slurm("exit 1", "exit 0");
    expect(isOwnerAlive({ ...elsewhere, job: job() })).toBe(false);
  });

  test("without a job counts as dead, but in a job, where a login node can't be asked", () => {
    expect(isOwnerAlive(elsewhere)).toBe(false);
    process.env.SLURM_JOB_ID = "17";
    expect(isOwnerAlive(elsewhere)).toBe(true);
    expect(isOwnerAlive({ ...elsewhere, host: hostname() })).toBe(false);
  });

  test("is taken over once its job is gone, and not before", () => {
    const file = path.join(folder, "lock");
    const living = job();
    writeFileSync(file, JSON.stringify({ ...elsewhere, job: living }));
    slurm("echo 'RUNNING 0'", "exit 0");
    expect(tryLock(file, "run 1")).toBe(false);
    writeFileSync(file, JSON.stringify({ ...elsewhere, job: job() }));
    slurm("exit 1", "exit 0");
    expect(tryLock(file, "run 1")).toBe(true);
    expect(isLockHeld(file)).toBe(true);
  });
});

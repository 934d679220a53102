import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { beforeEach, describe, expect, test } from "vitest";
import { isLockHeld, readLockOwner, tryLock, unlock, withLock } from "../../src/base/locks.ts";
import { identifyProcess, processStart } from "../../src/base/processes.ts";
import { checkout, makeTemporaryFolder, whenFileEnds, within } from "../rig/index.ts";

let file: string;
beforeEach(() => {
  file = path.join(makeTemporaryFolder(), "deep", "queue.lock");
});

const write = (owner: unknown) => {
  tryLock(file, "makes the folder");
  writeFileSync(file, typeof owner === "string" ? owner : JSON.stringify(owner));
};
/** A pid that no process has. */
const deadPid = 4_194_000;

describe("a lock", () => {
  test("names its owner, and is free again after unlock", () => {
    expect(readLockOwner(file)).toBeUndefined();
    expect(tryLock(file, "a test")).toBe(true);
    expect(readLockOwner(file)).toEqual({ ...identifyProcess(process.pid), what: "a test", host: hostname() });
    expect(isLockHeld(file)).toBe(true);
    expect(tryLock(file, "another")).toBe(false);
    unlock(file);
    expect(tryLock(file, "another")).toBe(true);
    expect(readdirSync(path.dirname(file))).toEqual(["queue.lock"]);
  });

  test.each<[string, unknown]>([
    ["a dead pid", { pid: deadPid, startedAt: "1@x", what: "" }],
    ["a recycled pid: ours, with another start time", { pid: process.pid, startedAt: "1@0", what: "" }],
    ["pid 1 of another boot", { pid: 1, startedAt: "1@another-boot", what: "" }],
    ["nonsense", "nonsense"],
    ["an empty file", ""],
    ["JSON that is no owner", "[]"],
    ["JSON null", "null"],
    ["a pid that is no number", { pid: "1", startedAt: "", what: "" }],
  ])("of %s is taken over", (_, owner) => {
    write(owner);
    expect(isLockHeld(file)).toBe(false);
    expect(tryLock(file, "next")).toBe(true);
    expect(readLockOwner(file)).toMatchObject({ pid: process.pid, what: "next" });
    expect(readdirSync(path.dirname(file))).toEqual(["queue.lock"]);
  });

  test("a takeover that died half way is taken over too", () => {
    write({ pid: deadPid, startedAt: "1@x", what: "" });
    writeFileSync(`${file}.removal`, JSON.stringify({ pid: deadPid, startedAt: "2@x", what: "" }));
    expect(tryLock(file, "next")).toBe(true);
    expect(readdirSync(path.dirname(file))).toEqual(["queue.lock"]);
  });

  test("a living process of another kind is respected, whoever it is", () => {
    const startedAt = processStart(process.ppid) ?? "";
    write({ pid: process.ppid, startedAt, what: "somebody else" });
    expect(tryLock(file, "next")).toBe(false);
  });

  test("withLock gives it back when its work fails, and refuses by name after the wait", async () => {
    await expect(
      withLock({ file, what: "failing" }, async () => {
        expect(existsSync(file)).toBe(true);
        throw new Error("work failed");
      }),
    ).rejects.toThrow("work failed");
    expect(existsSync(file)).toBe(false);
    tryLock(file, "exp run --queue");
    await expect(withLock({ file, what: "second", waitMs: 1 }, async () => undefined)).rejects.toMatchObject({
      code: "LOCKED",
      message: expect.stringMatching(new RegExp(`'exp run --queue' \\(pid ${process.pid}\\)`)),
    });
  });

  test("withLock runs one after the other", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock({ file, what: "one of five" }, work)));
    expect(most).toBe(1);
  });
});

/** A process of its own that takes locks when it is told; answers in the order of the questions. */
function startRival(bundle: string): (file: string) => Promise<string> {
  const child = spawn(process.execPath, [path.join(checkout, "test/base/lock-rival.mjs"), bundle], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  whenFileEnds(() => void child.kill("SIGKILL"));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (lock) => {
    child.stdin.write(`${lock}\n`);
    const { value } = await within(answers.next(), `a rival's answer to ${lock}`);
    return String(value);
  };
}

describe("three processes for one lock", () => {
  test("exactly one gets it, free or stale, 200 rounds", async () => {
    const folder = makeTemporaryFolder();
    const bundle = path.join(folder, "locks.mjs");
    const entryPoints = [path.join(checkout, "src/base/locks.ts")];
    await build({ entryPoints, outfile: bundle, bundle: true, format: "esm", platform: "node", logLevel: "silent" });
    const rivals = [startRival(bundle), startRival(bundle), startRival(bundle)];
    mkdirSync(path.join(folder, "claims"));
    for (let round = 0; round < 200; round++) {
      const lock = path.join(folder, "claims", String(round));
      // Every fourth is free; the others were left by a process that is gone, or by one whose pid was used again.
      const owner = { pid: round % 2 === 0 ? deadPid : process.pid, startedAt: "1@x", what: "" };
      if (round % 4 !== 0) writeFileSync(lock, JSON.stringify(owner));
      const answers = await Promise.all(rivals.map((ask) => ask(lock)));
      expect(answers.sort(), `round ${round}`).toEqual(["false", "false", "true"]);
    }
    const left = readdirSync(path.join(folder, "claims"));
    expect(left).toHaveLength(200);
  });
});

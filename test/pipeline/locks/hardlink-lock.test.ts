import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tryHardlinkLock } from "../../../src/pipeline/locks/hardlink-lock.ts";
import { makeRepository, makeTemporaryFolder } from "../../rig/index.ts";

const newFile = () => path.join(makeTemporaryFolder(), "lock");
/** A process that has ended: its number is nobody's. */
const dead = 2 ** 22 - 1;

describe("a lock that is a file", () => {
  test("is taken once, counts for a year as DVC's does, and is gone when it is given back", () => {
    const file = newFile();
    const release = tryHardlinkLock(file, "repro");
    expect(release).toBeDefined();
    expect(tryHardlinkLock(file, "repro")).toBeUndefined();
    expect(statSync(file).mtimeMs).toBeGreaterThan(Date.now() + 300 * 86_400_000);
    release?.();
    expect(existsSync(file)).toBe(false);
  });

  test("of DVC is left alone, whoever made it", () => {
    const file = newFile();
    writeFileSync(file, `${file}|host|${dead}|123\n`);
    expect(tryHardlinkLock(file, "repro")).toBeUndefined();
    expect(readFileSync(file, "utf8")).toContain("|host|");
  });

  test.each([
    ["one of ours whose process is gone", JSON.stringify({ pid: dead, startedAt: "1@x", what: "repro" })],
    ["what the other kind of lock leaves", ` ${dead}\n`],
  ])("is taken over: %s", (_, content) => {
    const file = newFile();
    writeFileSync(file, content);
    expect(tryHardlinkLock(file, "repro")).toBeDefined();
  });

  test("stays while the number in what is left is that of a living process", () => {
    const file = newFile();
    writeFileSync(file, ` ${process.pid}\n`);
    expect(tryHardlinkLock(file, "repro")).toBeUndefined();
  });
});

test("with core.hardlink_lock commands leave no lock, and one that is held is named", async () => {
  const repository = makeRepository({
    files: { "dvc.yaml": 'stages: {a: {cmd: "echo a > a.txt", outs: [a.txt]}}\n' },
  });
  await repository.succeed(["config", "core.hardlink_lock", "true"]);
  const lock = path.join(repository.folder, ".dvc/tmp/lock");
  await repository.succeed(["repro"]);
  expect(existsSync(lock)).toBe(false);
  const release = tryHardlinkLock(lock, "a test");
  const refused = await repository.run(["repro"]);
  release?.();
  expect(refused.exitCode).toBe(255);
  expect(refused.stderr).toContain("'a test'");
});

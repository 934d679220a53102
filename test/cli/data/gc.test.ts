import { beforeAll, beforeEach, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

let made: Repository;
let repository: Repository;
beforeAll(async () => {
  made = makeRepository({ files: { "one.txt": "one\n" } });
  made.git("rm", "-q", "--cached", "one.txt");
  await made.succeed(["add", "-q", "one.txt"]);
  made.commit("one");
  made.write({ "one.txt": "another\n" });
  await made.succeed(["add", "-q", "one.txt"]);
  made.commit("another");
});
beforeEach(() => {
  repository = made.copy();
});

const warning = "WARNING: This will remove all cache except items used in the workspace";

test("says what it removes and how much that frees; asks before it does", async () => {
  const dry = await repository.run(["gc", "-w", "--dry"]);
  expect([dry.exitCode, dry.stderr]).toEqual([0, `${warning} of the current repo.\n`]);
  expect(dry.stdout.split("\n")).toEqual([
    "1 unused objects in the cache: 4 bytes to free.",
    expect.stringMatching(/^Removing .*files\/md5\/5b\/bf5a52328e7439ae6e719dfe712200$/),
    "Removed 1 objects from repo cache.",
    "No unused 'legacy' cache to remove.",
    "",
  ]);
  // Without a terminal the answer is no.
  expect((await repository.run(["gc", "-w"])).exitCode).toBe(1);
  expect(await repository.succeed(["gc", "-A", "-f"])).toContain("No unused 'repo' cache");
  expect(await repository.succeed(["gc", "-w", "-f"])).toContain("Removed 1 objects from repo cache.");
  expect(await repository.succeed(["gc", "-w", "-f", "-q"])).toBe("");
});

test.each([
  [[], "Either of `-w|--workspace`"],
  [["-w", "-r", "store"], "`--remote` requires `--cloud` or `--not-in-remote`"],
  [["-w", "-c", "--not-in-remote"], "mutually exclusive"],
  [["-n", "3", "-T"], "`--num` can only be used alongside `--rev` or `--all-branches`"],
  [["--rev", "nosuch", "-f"], "unknown Git revision 'nosuch'"],
])("refuses %j", async (args, words) => {
  const { exitCode, stderr } = await repository.run(["gc", ...args]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining(words)]);
});

test("without a remote --cloud is refused before anything is removed", async () => {
  expect((await repository.run(["gc", "-w", "-c", "-f"])).exitCode).toBe(251);
  expect(await repository.succeed(["gc", "-w", "--dry"])).toContain("Removed 1 objects from repo cache.");
});

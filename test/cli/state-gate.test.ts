/** State below .dvc/tmp that came with a clone: no command believes it. */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeTemporaryFolder, type Repository } from "../rig/index.ts";
import { makeExperimentRepository } from "./exp-project.ts";

function track(repository: Repository): void {
  repository.git("add", "--force", ".dvc");
  repository.git("commit", "--quiet", "--message", "innocent");
}

const forged = [
  ".dvc/tmp/exps/sweepline/order.json",
  ".dvc/tmp/exps/sweepline/claims/0000000001",
  ".dvc/tmp/exps/sweepline/requests/stop",
  ".dvc/tmp/exps/sweepline/coordinator.jobs",
  ".dvc/tmp/exps/sweepline/runs/0000000001-a/record.json",
  ".dvc/tmp/sweepline/state/files.log",
];

test.each(forged)("%s is refused where Git tracks it, and taken where it does not", async (name) => {
  const repository = makeExperimentRepository();
  repository.write({ [name]: '{"pid": 1}\n' });
  const before = await repository.run(["exp", "list"]);
  expect(before.stderr).not.toContain("Git tracks");
  track(repository);
  const { exitCode, stderr } = await repository.run(["exp", "list"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining(`Git tracks '${name}'`)]);
});

describe("links", () => {
  test.each([".dvc/tmp", ".dvc/tmp/exps", ".dvc/tmp/exps/sweepline/copies", ".dvc/tmp/lock"])(
    "%s as a link that Git tracks leads nowhere",
    async (name) => {
      const repository = makeExperimentRepository();
      const outside = makeTemporaryFolder();
      const link = path.join(repository.folder, name);
      mkdirSync(path.dirname(link), { recursive: true });
      if (existsSync(link)) repository.git("clean", "-fdxq", name);
      symlinkSync(outside, link);
      if (name === ".dvc/tmp/lock") repository.write({ ".dvc/tmp/exps/sweepline/order.json": "[]" });
      track(repository);
      const { exitCode, stderr } = await repository.run(["exp", "run", "--queue", "-S", "x=3"]);
      expect([exitCode, stderr]).toEqual([255, expect.stringContaining("Git tracks")]);
      expect(existsSync(path.join(outside, "exps"))).toBe(false);
    },
  );
});

describe("a cache", () => {
  test.each([".dvc/cache", ".dvc/cache/files", ".dvc/cache/runs"])("%s as a link", async (name) => {
    const repository = makeExperimentRepository();
    const outside = makeTemporaryFolder();
    const link = path.join(repository.folder, name);
    rmSync(link, { recursive: true, force: true });
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(outside, link);
    repository.write({ "own.txt": "own\n" });
    // The user's own: to a bigger disk.
    await repository.succeed(["add", "own.txt"]);
    expect(readdirSync(outside)).toHaveLength(name === ".dvc/cache/runs" ? 0 : 1);
    track(repository);
    repository.write({ "more.txt": "more\n" });
    const { exitCode, stderr } = await repository.run(["add", "more.txt"]);
    expect([exitCode, stderr]).toEqual([255, expect.stringContaining(`Git tracks '${name}'`)]);
  });
});

test("what DVC keeps there, and somebody committed, is in nobody's way", async () => {
  const repository = makeExperimentRepository();
  repository.write({ ".dvc/tmp/btime": "", ".dvc/tmp/updater": "{}", ".dvc/tmp/exps/sweepline/order.json": "[]" });
  repository.git("add", "--force", ".dvc/tmp/btime", ".dvc/tmp/updater");
  repository.git("commit", "--quiet", "--message", "by mistake");
  await repository.succeed(["exp", "list"]);
});

/** Commands on projects whose paths lead elsewhere, or where something else is than what is meant. */
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeTemporaryFolder, type Repository } from "../../rig/index.ts";
import { experimentFiles, makeExperimentRepository, queueRefs } from "../exp-project.ts";

test("a parameter file outside of the repository is no hindrance to queueing", async () => {
  const shared = path.join(makeTemporaryFolder(), "shared.yaml");
  writeFileSync(shared, "y: 1\n");
  const repository = makeExperimentRepository();
  const name = path.relative(repository.folder, shared);
  const stage = String(experimentFiles["dvc.yaml"]).replace("    - x\n", `    - x\n    - ${name}:\n      - y\n`);
  repository.write({ "dvc.yaml": stage });
  repository.commit("outside");
  await repository.succeed(["exp", "run", "--queue", "-S", "x=3"]);
  expect(queueRefs(repository)).toEqual(["queued/1"]);
});

test("a folder whose name is not UTF-8 is in nobody's way", async () => {
  const repository = makeExperimentRepository();
  mkdirSync(Buffer.concat([Buffer.from(`${repository.folder}/`), Buffer.from("dir\xe9", "latin1")]));
  for (const args of [["status"], ["repro"], ["exp", "run", "-n", "a", "-S", "x=2"], ["checkout"]])
    expect(await repository.succeed(args)).not.toContain("ENOENT");
});

test.each(["params.yaml", "dvc.lock", ".dvcignore", ".gitignore", ".dvc/config.local"])(
  "a folder in the place of %s is said to be one",
  async (name) => {
    const repository = makeExperimentRepository();
    rmSync(path.join(repository.folder, name), { force: true });
    mkdirSync(path.join(repository.folder, name));
    for (const args of [["status"], ["repro"], ["exp", "run", "-S", "x=2"]]) {
      const { exitCode, stderr } = await repository.run(args);
      if (exitCode === 0) continue;
      expect(stderr).toMatch(/folder|directory|missing|does not exist/);
      expect(stderr).not.toContain("bug in sweepline");
    }
  },
);

test("'exp clean' removes nothing behind a link", async () => {
  const repository = makeExperimentRepository();
  const photos = makeTemporaryFolder();
  mkdirSync(path.join(photos, "2023"));
  const state = path.join(repository.folder, ".dvc/tmp/exps/sweepline");
  mkdirSync(state, { recursive: true });
  symlinkSync(photos, path.join(state, "copies"));
  const { exitCode, stderr } = await repository.run(["exp", "clean"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining("is a link")]);
  expect(readdirSync(photos)).toEqual(["2023"]);
});

const dvcFile = (md5: string, name: string) =>
  `outs:\n- md5: ${md5}\n  size: 4\n  hash: md5\n  isexec: true\n  path: ${name}\n`;

function withObject(repository: Repository): string {
  const md5 = "8d777f385d3dfec8815d20f7496026dc";
  repository.write({ [`.dvc/cache/files/md5/8d/${md5.slice(2)}`]: "data" });
  return md5;
}

test.each(["../outside", ".git/hooks/post-checkout", ".GIT/hooks/x", "lnk/outside", "."])(
  "data at %s is refused by checkout, pull and fetch, and nothing else is changed",
  async (name) => {
    const repository = makeExperimentRepository();
    symlinkSync("..", path.join(repository.folder, "lnk"));
    const md5 = withObject(repository);
    repository.write({ "a.dvc": dvcFile(md5, "good"), "b.dvc": dvcFile(md5, name) });
    const before = readdirSync(path.join(repository.folder, ".."));
    for (const args of [["checkout"], ["pull"], ["fetch"]]) {
      const { exitCode, stderr } = await repository.run(args);
      expect([exitCode, stderr]).toEqual([255, expect.stringMatching(/project|link/)]);
    }
    expect(repository.exists("good")).toBe(false);
    expect(readdirSync(path.join(repository.folder, ".."))).toEqual(before);
  },
);

test("links to a cache that was moved are made anew by checkout, and no hindrance to --temp", async () => {
  const repository = makeExperimentRepository({ "dd/a": "1" });
  repository.git("rm", "--quiet", "-r", "--cached", "dd");
  await repository.succeed(["config", "cache.type", "symlink"]);
  await repository.succeed(["add", "dd"]);
  const moved = path.join(makeTemporaryFolder(), "cache");
  renameSync(path.join(repository.folder, ".dvc/cache"), moved);
  await repository.succeed(["config", "cache.dir", moved]);
  repository.commit("moved");
  await repository.succeed(["exp", "run", "--temp", "-n", "a", "-S", "x=2"]);
  await repository.succeed(["checkout", "dd"]);
  expect(repository.read("dd/a")).toBe("1");
});

/** States of a repository in which an experiment can't start: each is refused before anything runs, with the way out. */
import { describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { projectFiles, WorkTree } from "./battery.ts";

const starts = [
  ["exp", "run"],
  ["exp", "run", "--temp"],
  ["exp", "run", "--queue"],
  ["sweep", "x=1,2"],
  ["exp", "save"],
];

async function expectRefusals(rig: Repository, commands: readonly string[][], text: RegExp): Promise<void> {
  const tree = new WorkTree({ rig, tree: "", project: "" });
  for (const words of commands) expect(await tree.refusal(...words)).toMatch(text);
  expect(rig.exists("m.json")).toBe(false);
  expect(rig.exists("dvc.lock")).toBe(false);
}

describe("refused, and nothing is run:", () => {
  test("a repository, and a branch, without a commit", async () => {
    const rig = makeRepository({ git: false, files: projectFiles });
    rig.git("init", "--quiet");
    await expectRefusals(rig, starts, /no commits yet\nHINT: Commit the pipeline first/);
    for (const words of [
      ["exp", "show"],
      ["queue", "status"],
      ["params", "diff"],
    ])
      await rig.succeed(words);
    rig.commit("start");
    rig.git("checkout", "--quiet", "--orphan", "new");
    await expectRefusals(rig, [["exp", "run"]], /no commits yet/);
  });

  test("a merge with conflicts", async () => {
    const rig = makeRepository({ files: projectFiles });
    rig.git("checkout", "--quiet", "-b", "other");
    rig.write({ "input.txt": "other\n" });
    rig.commit("other");
    rig.git("checkout", "--quiet", "main");
    rig.write({ "input.txt": "main\n" });
    rig.commit("main");
    expect(() => rig.git("merge", "other")).toThrow();
    await expectRefusals(
      rig,
      starts.slice(0, 4),
      /a merge is not finished, there are conflicts in input\.txt\nHINT: .*git add/,
    );
  });

  test("nobody's name is known", async () => {
    const rig = makeRepository({ files: projectFiles });
    rig.git("config", "user.useConfigOnly", "true");
    rig.write({ "../home/.gitconfig": "" });
    await expectRefusals(rig, starts, /does not know who you are.*\nHINT: .*git config user\.name/);
  });

  test("a format that this Git can't read", async () => {
    const rig = makeRepository({ files: projectFiles });
    rig.git("config", "core.repositoryFormatVersion", "1");
    rig.git("config", "extensions.fromTheFuture", "1");
    const reads = [
      ["exp", "show"],
      ["exp", "list"],
      ["queue", "status"],
      ["params", "diff"],
    ];
    await expectRefusals(rig, [...starts, ...reads], /this Git can't read the repository.*fromthefuture'\nHINT: /);
  });

  test("a repository of another user", async () => {
    const rig = makeRepository({ files: projectFiles });
    const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
    for (const words of [...starts, ["exp", "show"], ["exp", "list"]]) {
      const { exitCode, stderr } = await rig.run(words, { env });
      expect([exitCode, stderr]).toEqual([
        255,
        expect.stringMatching(/belongs to another user\nHINT: .*safe\.directory/),
      ]);
    }
    expect(rig.exists("m.json")).toBe(false);
  });
});

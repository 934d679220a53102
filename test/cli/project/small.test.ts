/** `root`, `cache dir`, `check-ignore`, `install` and `destroy`. */
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { withPreCommitHooks } from "../../../src/project/hooks.ts";
import { ignoreReasons } from "../../../src/project/ignore-reasons.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";

let made: Repository;
let repository: Repository;
beforeAll(async () => {
  made = makeRepository({ files: { "dvc.yaml": "stages:\n  a: {cmd: cp data a, deps: [data], outs: [a]}\n" } });
  made.write({ data: "1\n", "sub/x": "x\n" });
  await made.succeed(["add", "-q", "data"]);
  await made.succeed(["repro", "-q"]);
  made.commit("made");
});
beforeEach(() => {
  repository = made.copy();
});

test("root: the way to it", async () => {
  expect(await repository.succeed(["root"])).toBe(".\n");
  expect(await repository.succeed(["root"], { cwd: "sub" })).toBe("..\n");
});

test("cache dir: printed, set from here, taken away", async () => {
  expect(await repository.succeed(["cache", "dir"])).toBe(`${repository.folder}/.dvc/cache\n`);
  await repository.succeed(["cache", "dir", "../../elsewhere"], { cwd: "sub" });
  expect(repository.read(".dvc/config")).toBe("[cache]\n    dir = ../../elsewhere\n");
  expect(await repository.succeed(["cache", "dir"])).toBe(`${repository.root}/elsewhere\n`);
  expect((await repository.run(["cache", "dir", "--local"])).exitCode).toBe(251);
  await repository.succeed(["cache", "dir", "-u"]);
  const { exitCode, stderr } = await repository.run(["cache", "dir", "-u"]);
  expect([exitCode, stderr]).toEqual([251, expect.stringContaining("option 'dir' doesn't exist")]);
});

describe("check-ignore", () => {
  beforeEach(() => repository.write({ ".dvcignore": "tmp/\n# c\n*.log\n!keep.log\n", "sub/.dvcignore": "keep.log\n" }));

  test.each<[string, "file" | "folder", readonly string[]]>([
    ["a.log", "file", [".dvcignore:3:*.log"]],
    ["keep.log", "file", [".dvcignore:3:*.log", ".dvcignore:4:!keep.log"]],
    ["sub/keep.log", "file", [".dvcignore:3:*.log", ".dvcignore:4:!keep.log", "sub/.dvcignore:1:keep.log"]],
    ["tmp/x/y", "file", [".dvcignore:1:tmp/"]],
    ["tmp", "file", []],
    [".dvc", "folder", [":.dvc/"]],
    ["../a.log", "file", []],
  ])("lines for %s, a %s", (name, kind, lines) => {
    const found = ignoreReasons(repository.folder, path.join(repository.folder, name), kind);
    expect(found.map(({ place, line }) => `${place}:${line}`)).toEqual(lines);
  });

  test("prints what is ignored, or why", async () => {
    expect(await repository.succeed(["check-ignore", "a.log", "keep.log", "b"])).toBe("a.log\n");
    expect(await repository.succeed(["check-ignore", "-d", "-n", "--stdin"], { stdin: "a.log\nkeep.log\nb\n" })).toBe(
      ".dvcignore:3:*.log\ta.log\n.dvcignore:4:!keep.log\tkeep.log\n::\tb\n",
    );
    expect((await repository.run(["check-ignore", "b"])).exitCode).toBe(1);
    expect((await repository.run(["check-ignore"])).exitCode).toBe(255);
  });
});

describe("install", () => {
  test("hooks that run what they are there for", async () => {
    expect(await repository.succeed(["install"])).toBe("");
    for (const hook of ["post-checkout", "pre-commit", "pre-push"])
      expect(statSync(path.join(repository.folder, ".git/hooks", hook)).mode & 0o100).toBe(0o100);
    const again = await repository.run(["install"]);
    expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining("Hook 'post-checkout' already exists")]);
    repository.write({ data: "2\n" });
    expect(await repository.succeed(["git-hook", "pre-commit"])).toContain("changed outs");
    const { stdout } = await repository.run(["git-hook", "post-checkout", "a", "b", "0"]);
    expect(stdout).toBe("");
    const checkout = await repository.run(["git-hook", "post-checkout", "a", "b", "1"]);
    expect([checkout.exitCode, checkout.stderr]).toEqual([255, expect.stringContaining("unsaved")]);
    expect((await repository.run(["git-hook", "pre-push"])).exitCode).toBe(251);
  });

  test.each([
    ["", /^repos:\n- repo: local\n {2}hooks:\n/],
    [
      "# mine\nrepos:\n  - repo: x\n    hooks: []\nfail_fast: true\n",
      /hooks: \[\]\n {2}- repo: local\n {4}hooks:[\s\S]*\nfail_fast: true\n$/,
    ],
    ["default_stages: [commit]", /^default_stages: \[commit\]\nrepos:\n- repo: local\n/],
  ])("the configuration of pre-commit: %j", (text, wanted) => {
    const after = withPreCommitHooks(text) ?? "";
    expect(after).toMatch(wanted);
    expect(withPreCommitHooks(after)).toBe(after);
  });

  test("one that can't be added to", () => {
    expect(withPreCommitHooks("repos: []\n")).toBeUndefined();
  });
});

test("destroy: asks; then only the data is left", async () => {
  const asked = await repository.run(["destroy"]);
  expect([asked.exitCode, asked.stderr]).toEqual([1, expect.stringContaining("cannot destroy without a confirmation")]);
  await repository.succeed(["config", "cache.type", "symlink"]);
  await repository.succeed(["checkout", "--relink", "-q"]);
  await repository.succeed(["destroy", "-f"]);
  expect(readdirSync(repository.folder).sort()).toEqual([".git", ".gitignore", "a", "data", "sub"]);
  expect([repository.read("data"), existsSync(path.join(repository.folder, ".dvc"))]).toEqual(["1\n", false]);
});

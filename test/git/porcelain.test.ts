import { utimesSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createStash, gitVersion, isBranchName, resetIndex, stageFiles } from "../../src/git/porcelain.ts";
import { headCommit, openRepository, resolveCommit } from "../../src/git/repository.ts";
import { git, tryGitSequence } from "../../src/git/run.ts";
import { makeRepository } from "../rig/index.ts";
import { makeOpened } from "./repositories.ts";

/** What CI systems, editors and hooks put into the environment. */
const settings: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: "CI",
  GIT_AUTHOR_EMAIL: "ci@example.com",
  GIT_AUTHOR_DATE: "1700000000 +0000",
  GIT_COMMITTER_NAME: "CI",
  GIT_COMMITTER_EMAIL: "ci@example.com",
  GIT_COMMITTER_DATE: "1700000000 +0000",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "core.abbrev",
  GIT_CONFIG_VALUE_0: "12",
  GIT_CONFIG_PARAMETERS: "'core.abbrev=12'",
  GIT_SSH: "ssh",
  GIT_SSH_COMMAND: "ssh -oBatchMode=yes",
  GIT_SSH_VARIANT: "ssh",
  GIT_ASKPASS: "/bin/false",
  SSH_ASKPASS: "/bin/false",
  GIT_EDITOR: "vi",
  GIT_SEQUENCE_EDITOR: "vi",
  GIT_PAGER: "less",
  GIT_EXEC_PATH: "",
  GIT_PROXY_COMMAND: "nc",
  GIT_TEMPLATE_DIR: "/nowhere",
  GIT_EXTERNAL_DIFF: "diff",
  GIT_TRACE: "1",
  EDITOR: "vi",
  VISUAL: "vi",
  PAGER: "less",
  PREFIX: "/usr",
};

describe("everyday commands", () => {
  const before = { ...process.env };
  afterEach(() => {
    for (const name of Object.keys(settings)) delete process.env[name];
    Object.assign(process.env, before);
  });

  test("files that were touched but not changed are nothing to stash", async () => {
    const { rig, opened } = makeOpened();
    const later = new Date(Date.now() + 60_000);
    for (const file of rig.git("ls-files").split("\n")) utimesSync(path.join(rig.folder, file), later, later);
    expect(await createStash(opened, "nothing")).toBeUndefined();
  });

  test("work whatever is set in the environment", async () => {
    const { rig, opened } = makeOpened();
    const { GIT_EXEC_PATH: _empty, ...all } = settings;
    Object.assign(process.env, all);
    rig.write({ "new.txt": "new\n" });
    await stageFiles(opened, ["new.txt"]);
    expect(rig.git("diff", "--cached", "--name-only")).toBe("new.txt");
    const stash = await createStash(opened, "message of the stash");
    expect(rig.git("log", "-1", "--format=%s", stash ?? "")).toContain("message of the stash");
    expect(await resolveCommit(opened, "HEAD")).toBe(rig.git("rev-parse", "HEAD"));
    expect(await resolveCommit(opened, ":/start")).toBe(rig.git("rev-parse", ":/start"));
    expect(await resolveCommit(opened, ":/no such message")).toBeUndefined();
    await resetIndex(opened);
    expect(rig.git("diff", "--cached", "--name-only")).toBe("");
    expect(rig.read("new.txt")).toBe("new\n");
    expect(await createStash(opened, "nothing")).toBeUndefined();
  });

  test("the version is the one that git prints", async () => {
    const { rig, opened } = makeOpened();
    const version = await gitVersion(opened.workTree);
    expect(rig.git("--version")).toContain(` ${version?.major}.${version?.minor}.`);
    expect(rig.git("--version")).toContain(` ${version?.text}`);
  });

  test("without a git there is no version", async () => {
    const { opened } = makeOpened();
    process.env.PATH = "/nowhere";
    expect(await gitVersion(opened.workTree)).toBeUndefined();
  });

  test("a file that Git ignores is refused with its words", async () => {
    const { rig, opened } = makeOpened();
    rig.write({ ".gitignore": "/hidden\n", hidden: "x\n" });
    await expect(stageFiles(opened, ["hidden"])).rejects.toMatchObject({
      code: "GIT_FAILED",
      message: expect.stringContaining("hidden"),
    });
  });

  test.each([
    ["topic", true],
    ["a/b", true],
    ["ü", true],
    ["-topic", false],
    ["a..b", false],
    ["a b", false],
    ["a.lock", false],
    ["a@{b", false],
    ["a~", false],
    ["", false],
    ["a/", false],
    ["a\nb", false],
  ])("%j as the name of a branch: %s", async (name, expected) => {
    expect(await isBranchName(makeOpenedOnce().opened, name)).toBe(expected);
  });

  let once: ReturnType<typeof makeOpened> | undefined;
  function makeOpenedOnce() {
    once ??= makeOpened();
    return once;
  }
});

describe("one git process", () => {
  test("its failure is told in git's words", async () => {
    const { opened } = makeOpened();
    await expect(git(["rev-parse", "--verify", "nosuch"], { cwd: opened.workTree })).rejects.toMatchObject({
      code: "GIT_FAILED",
      message: expect.stringContaining("Needed a single revision"),
    });
  });

  test("a sequence passes its arguments untouched and ends at the first failure", async () => {
    const { rig, opened } = makeOpened();
    const hostile = "$(touch pwned) `touch pwned` \"'; touch pwned #";
    const outcome = await tryGitSequence(
      [
        ["config", "test.value", hostile],
        ["config", "--get", "test.value"],
        ["config", "--get", "test.nosuch"],
        ["config", "test.after", "set"],
      ],
      { cwd: opened.workTree },
    );
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout.toString()).toBe(`${hostile}\n`);
    expect(rig.git("config", "--get-regexp", "test").split("\n")).toHaveLength(1);
    expect(rig.exists("pwned")).toBe(false);
  });

  test("more than nine arguments keep their order", async () => {
    const { opened } = makeOpened();
    const words = Array.from({ length: 12 }, (_, at) => `w${at}`);
    const outcome = await tryGitSequence([["rev-parse", ...words.map((word) => `--${word}`)]], {
      cwd: opened.workTree,
    });
    expect(outcome.stdout.toString().trim().split("\n")).toEqual(words.map((word) => `--${word}`));
  });
});

describe("a repository", () => {
  test("without commits has no HEAD; the text says what to do", async () => {
    const rig = makeRepository({ git: false, dvc: false });
    rig.git("init", "--quiet");
    await expect(headCommit(openRepository(rig.folder))).rejects.toMatchObject({ code: "NO_COMMITS" });
  });

  test("whose .git names no folder is refused", () => {
    const rig = makeRepository({ git: false, dvc: false, files: { ".git": "nonsense" } });
    expect(() => openRepository(rig.folder)).toThrow(expect.objectContaining({ code: "GIT_DIR_BROKEN" }));
  });

  test("a revision that looks like an option is none", async () => {
    const { opened } = makeOpened();
    expect(await resolveCommit(opened, "--all")).toBeUndefined();
    expect(await resolveCommit(opened, "HEAD\nHEAD")).toBeUndefined();
  });
});

/** The commands on data, ours and DVC's, on copies of one repository: the same words, exit codes, files and objects. */
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { copyRepository, describeWithDvc, runDvc, runSteps } from "./peers.ts";

const files = {
  "dvc.yaml": "stages:\n  st:\n    cmd: cp f o\n    deps: [f]\n    outs: [o]\n",
  ".dvcignore": "tmp/*\n# c\n*.log\n!keep.log\n",
};

/** Names of DVC's in ours. */
const ourWords = (text: string) => text.replaceAll('"dvc ', '"sweepline ').replaceAll("dvc config", "sweepline config");

/** Lists in JSON are in no order with DVC. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]));
}

const normal = (text: string) => (/^[[{]/.test(text) ? sorted(JSON.parse(text)) : text.split("\n").sort());

describeWithDvc("commands on data", () => {
  let repository: Repository;

  /** Both tools' answers to the same commands in this repository. */
  async function expectSame(commands: readonly (readonly string[])[]): Promise<void> {
    const theirs = await runSteps(
      repository,
      commands.map((words) => ["dvc", ...words] as const),
    );
    for (const [at, words] of commands.entries()) {
      const { exitCode, stdout } = await repository.run(words);
      const other = theirs[at];
      expect([words, exitCode, normal(stdout)]).toEqual([
        words,
        other?.exitCode,
        normal(ourWords(other?.stdout ?? "")),
      ]);
    }
  }

  beforeAll(async () => {
    repository = makeRepository({ files });
    repository.write({ "d/a": "1\n", "d/e/b": "2\n", f: "x\n", "sub/g": "s\n" });
    await repository.succeed(["add", "-q", "d", "f", "sub/g"]);
    await repository.succeed(["repro", "-q"]);
    repository.commit("one");
    repository.write({ f: "y\n", "d/c": "3\n", "d/e/b": "5\n", new: "n\n" });
    rmSync(path.join(repository.folder, "d/a"));
  });

  test("root, check-ignore and cache dir", async () => {
    await expectSame([
      ["root"],
      ["check-ignore", "tmp/x", "a.log", "keep.log", "f", "sub/keep.log"],
      ["check-ignore", "-d", "-n", "tmp/x", "a.log", "keep.log", "f"],
      ["check-ignore", "f"],
      ["check-ignore", "-n", "f"],
      ["cache", "dir"],
    ]);
  });

  test("diff and data status", async () => {
    const asked = [
      ["diff"],
      ["diff", "--json"],
      ["diff", "--json", "--show-hash"],
      ["diff", "--md", "--show-hash"],
      ["diff", "--show-hash"],
      ["diff", "--hide-missing", "--json"],
      ["diff", "--targets", "d/c"],
      ["diff", "nosuch"],
      ["data", "status"],
      ["data", "status", "--granular", "--json"],
      ["data", "status", "--unchanged", "--json"],
      ["data", "status", "--untracked-files"],
    ];
    await expectSame(asked);
    await repository.succeed(["add", "-q", "d", "f"]);
    await expectSame(asked);
    repository.commit("two");
    await expectSame([...asked, ["diff", "HEAD~", "HEAD", "--json"], ["diff", "HEAD~"]]);
    await repository.succeed(["move", "d", "r"]);
    await expectSame(asked);
    repository.commit("three");
  });

  test("move, remove, unprotect and gc leave the same files and objects", async () => {
    const [ours, theirs] = [copyRepository(repository), copyRepository(repository)];
    const commands = [
      ["move", "sub/g", "h"],
      ["move", "f", "sub"],
      ["move", "nosuch", "x"],
      ["move", "o", "x"],
      ["unprotect", "r"],
      ["remove", "st"],
      ["remove", "nosuch"],
      ["remove", "r.dvc", "--outs"],
      ["gc", "-w", "-f"],
      ["gc", "-w", "-f"],
      ["gc"],
    ];
    const answers = await runSteps(
      theirs,
      commands.map((words) => ["dvc", ...words] as const),
    );
    for (const [at, words] of commands.entries()) {
      // DVC keeps nothing for a branch that is not named: here the branch is what the workspace is.
      if (at === commands.findIndex(([name]) => name === "gc")) ours.commit("before gc");
      expect([words, (await ours.run(words)).exitCode]).toEqual([words, answers[at]?.exitCode]);
    }
    const listed = (folder: string) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => !/^\.git\/|^\.dvc\/tmp|^\.dvc\/cache\/(?:running|runs)/.test(name))
        .filter((name) => !/^\.dvc\/cache\/files\/md5\/..$/.test(name))
        .sort();
    expect(listed(ours.folder)).toEqual(listed(theirs.folder));
    for (const name of ["h.dvc", "sub/f.dvc", ".gitignore", "sub/.gitignore"])
      expect([name, ours.read(name)]).toEqual([name, theirs.read(name)]);
  });

  test("hooks and the end of a project", async () => {
    const copy = copyRepository(repository);
    await copy.succeed(["install"]);
    const { exitCode } = await runDvc(copy, ["install"]);
    expect(exitCode).toBe(1);
    await copy.succeed(["destroy", "-f"]);
    expect(readdirSync(copy.folder).sort()).toEqual([".git", ".gitignore", "f", "new", "o", "r", "sub"]);
  });
});

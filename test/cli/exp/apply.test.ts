/** `exp apply` over a workspace that holds the only copy of something. */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Repository } from "../../rig/index.ts";
import { makeExperimentRepository } from "../exp-project.ts";

let repository: Repository;
const stash = "refs/exps/apply/stash";
const refs = () => repository.git("for-each-ref", "--format=%(refname)", "refs/exps/apply").split("\n");

beforeEach(async () => {
  repository = makeExperimentRepository();
  await repository.succeed(["sweep", "-n", "g", "x=2,3"]);
});

test("a second apply leaves the stash of the user's changes alone, and a new one keeps the older", async () => {
  repository.write({ "notes.txt": "precious\n" });
  expect(await repository.succeed(["exp", "apply", "g-1"])).toContain("The changes that you had are kept");
  const kept = repository.git("rev-parse", stash);
  expect(await repository.succeed(["exp", "apply", "g-2"])).not.toContain("kept");
  expect(repository.git("rev-parse", stash)).toBe(kept);
  repository.write({ "notes.txt": "precious too\n" });
  const output = await repository.succeed(["exp", "apply", "g-1"]);
  expect(output).toContain("What an earlier apply kept is now at refs/exps/apply/older/stash/1");
  expect(repository.git("show", `${stash}:notes.txt`)).toBe("precious too");
  expect(repository.git("show", "refs/exps/apply/older/stash/1:notes.txt")).toBe("precious");
});

test("a deleted or a staged file is a change of the user's", async () => {
  await repository.succeed(["exp", "apply", "g-1"]);
  expect(refs()).toEqual(["refs/exps/apply/ORIG_HEAD"]);
  repository.git("rm", "--quiet", "--cached", "notes.txt");
  expect(await repository.succeed(["exp", "apply", "g-2"])).toContain("The changes that you had are kept");
  expect(repository.exists("notes.txt")).toBe(true);
  const staged = repository.git("rev-parse", stash);
  rmSync(path.join(repository.folder, "notes.txt"));
  await repository.succeed(["exp", "apply", "g-1"]);
  expect(repository.git("rev-parse", stash)).not.toBe(staged);
});

test("untracked files that it replaces are kept, and said; those of an earlier apply are not", async () => {
  repository.write({ "m.json": "MINE\n", "other.txt": "stays\n" });
  const output = await repository.succeed(["exp", "apply", "g-1"]);
  expect(output).toContain(
    "1 untracked file was replaced; it is kept: git checkout refs/exps/apply/untracked -- m.json",
  );
  expect(repository.read("m.json")).toContain('"score": 2');
  expect(await repository.succeed(["exp", "apply", "g-2"])).not.toContain("kept");
  expect(repository.git("ls-tree", "-r", "--name-only", "refs/exps/apply/untracked")).toBe("m.json");
  repository.git("checkout", "refs/exps/apply/untracked", "--", "m.json");
  expect(repository.read("m.json")).toBe("MINE\n");
  expect(repository.read("other.txt")).toBe("stays\n");
});

test("a folder in the place of a file is kept as well", async () => {
  repository.write({ "m.json/a/inner.txt": "inner\n", "dvc.lock": "mine: 1\n" });
  const output = await repository.succeed(["exp", "apply", "g-1"]);
  expect(output).toContain("2 untracked files were replaced; they are kept");
  expect(repository.git("show", "refs/exps/apply/untracked:m.json/a/inner.txt")).toBe("inner");
  expect(repository.git("show", "refs/exps/apply/untracked:dvc.lock")).toBe("mine: 1");
});

/** Each ref of `apply` with what it holds. */
const kept = () => repository.git("for-each-ref", "refs/exps/apply", "refs/exps/exec");
const state = () => [
  kept(),
  repository.git("status", "--porcelain"),
  repository.git("diff"),
  repository.git("ls-files", "-s"),
];

test("an experiment that lacks a blob changes nothing", async () => {
  repository.write({ "notes.txt": "precious\n", "copy.sh": "staged\n", "m.json": "MINE\n" });
  repository.git("add", "copy.sh");
  const before = state();
  const lines = repository.git("ls-tree", repository.experimentRefs()[0] ?? "").split("\n");
  const lacking = `${[...lines, `100644 blob ${"1".repeat(40)}\tz`].join("\n")}\n`;
  const tree = execFileSync("git", ["mktree", "--missing"], { cwd: repository.folder, input: lacking })
    .toString()
    .trim();
  const ref = repository.experimentRefs()[0]?.replace(/[^/]*$/, "lacking") ?? "";
  repository.git("update-ref", ref, repository.git("commit-tree", tree, "-p", "HEAD", "-m", "x"));
  const { exitCode } = await repository.run(["exp", "apply", "lacking"]);
  expect(exitCode).toBe(255);
  expect(state()).toEqual(before);
  expect(repository.read("m.json")).toBe("MINE\n");
  expect(repository.exists("dvc.lock")).toBe(false);
});

test("a broken object of the cache changes nothing", async () => {
  repository.write({ "notes.txt": "precious\n" });
  const before = state();
  const md5 = /md5: ([0-9a-f]{32})\n {6}size: \d+\n$/.exec(
    `${repository.git("show", `${repository.experimentRefs()[0]}:dvc.lock`)}\n`,
  )?.[1];
  const object = path.join(repository.folder, `.dvc/cache/files/md5/${md5?.slice(0, 2)}/${md5?.slice(2)}`);
  rmSync(object);
  writeFileSync(object, "broken");
  rmSync(path.join(repository.folder, ".dvc/tmp/sweepline"), { recursive: true, force: true });
  const { exitCode, stderr } = await repository.run(["exp", "apply", "g-1"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining("is not what its name says")]);
  expect(state()).toEqual(before);
  expect(repository.read("notes.txt")).toBe("precious\n");
});

test("a changed output that no cache has is kept in the cache, and said", async () => {
  repository.write({ "out.txt": "hand-made\n" });
  const output = await repository.succeed(["exp", "apply", "g-1"]);
  const object = /^ {2}cp (\S+) out\.txt$/m.exec(output)?.[1] ?? "";
  expect(repository.read(object)).toBe("hand-made\n");
  expect(repository.read("out.txt")).toContain("x: 2");
});

test("an untracked file whose name is not UTF-8 is kept as well", async () => {
  const name = Buffer.from("m\xe9", "latin1");
  const blob = repository.git("hash-object", "-w", "params.yaml");
  const entry = Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), name, Buffer.from("\0")]);
  const at = { cwd: repository.folder };
  const tree = execFileSync("git", ["mktree", "-z"], { ...at, input: entry })
    .toString()
    .trim();
  const ref = repository.experimentRefs()[0]?.replace(/[^/]*$/, "odd") ?? "";
  repository.git("update-ref", ref, repository.git("commit-tree", tree, "-p", "HEAD", "-m", "x"));
  writeFileSync(Buffer.concat([Buffer.from(`${repository.folder}/`), name]), "MINE\n");
  await repository.run(["exp", "apply", "odd"]);
  const id = repository.git("ls-tree", "refs/exps/apply/untracked").split(/\s/)[2] ?? "";
  expect(repository.git("cat-file", "blob", id)).toBe("MINE");
});

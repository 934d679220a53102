/** `--to-remote`: the remote has the data, the .dvc file its hash, and here nothing of it stays. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

let made: Repository;
let repository: Repository;
let elsewhere: string;
beforeAll(async () => {
  made = makeRepository();
  const folder = path.join(made.root, "elsewhere");
  mkdirSync(path.join(folder, "d"), { recursive: true });
  writeFileSync(path.join(folder, "d/a"), "1\n");
  writeFileSync(path.join(folder, "f"), "x\n");
  await made.succeed(["remote", "add", "-d", "store", "../store"]);
  await made.succeed(["remote", "add", "other", "../other"]);
});
beforeEach(() => {
  repository = made.copy();
  elsewhere = path.join(repository.root, "elsewhere");
});

const cache = () => path.join(repository.folder, ".dvc/cache/files");

test("add", async () => {
  await repository.succeed(["add", path.join(elsewhere, "d"), "-o", "d", "--to-remote"]);
  expect([repository.exists("d"), existsSync(cache())]).toEqual([false, false]);
  expect(repository.read("d.dvc")).toContain(".dir\n");
  await repository.succeed(["pull", "d"]);
  expect(repository.read("d/a")).toBe("1\n");
});

test("import-url, to another remote than the default one", async () => {
  await repository.succeed(["import-url", path.join(elsewhere, "f"), "--to-remote", "-r", "other"]);
  expect(repository.exists("f")).toBe(false);
  expect(readdirSync(path.join(repository.root, "other/files/md5"))).toEqual(["40"]);
  await repository.succeed(["pull", "-r", "other", "f.dvc"]);
  expect(repository.read("f")).toBe("x\n");
});

test("update: the remote that is named has what is there now, the workspace what it had", async () => {
  writeFileSync(path.join(elsewhere, "f"), "x\n");
  await repository.succeed(["import-url", path.join(elsewhere, "f")]);
  await repository.succeed(["import-url", path.join(elsewhere, "d")]);
  writeFileSync(path.join(elsewhere, "f"), "newer\n");
  writeFileSync(path.join(elsewhere, "d/b"), "2\n");
  const stdout = await repository.succeed(["update", "--to-remote", "-r", "other", "f.dvc", "d.dvc"]);
  expect([stdout, repository.read("f"), repository.exists("d/b")]).toEqual(["", "x\n", false]);
  await repository.succeed(["update", "--to-remote", "f.dvc"]);
  await repository.succeed(["pull", "f.dvc"]);
  await repository.succeed(["pull", "-r", "other", "d.dvc"]);
  expect([repository.read("f"), repository.read("d/b")]).toEqual(["newer\n", "2\n"]);
  expect(await repository.succeed(["status"])).toContain("up to date");
});

test("what is in the way, or can't be had", async () => {
  await repository.succeed(["import-url", path.join(elsewhere, "f"), "old"]);
  repository.git("init", "-q", "../source");
  repository.git("-C", "../source", "commit", "-q", "--allow-empty", "-m", "first");
  writeFileSync(path.join(repository.root, "source/repo-file"), "");
  repository.git("-C", "../source", "add", "-A");
  repository.git("-C", "../source", "commit", "-qm", "second");
  await repository.succeed(["import", "../source", "repo-file"]);
  for (const words of [
    ["add", "a", "-r", "store"],
    ["add", "a", "b", "--to-remote"],
    ["add", "a", "--no-commit", "--to-remote"],
    ["add", path.join(elsewhere, "f"), "-o", "new", "--to-remote", "-r", "nosuch"],
    ["import-url", path.join(elsewhere, "f"), "new", "-r", "store"],
    ["import-url", path.join(elsewhere, "f"), "new", "--no-exec", "--to-remote"],
    ["update", "--to-remote", "--no-download", "old.dvc"],
    ["update", "-r", "other", "old.dvc"],
    ["update", "--to-remote", "-r", "nosuch", "old.dvc"],
    ["update", "--to-remote", "repo-file.dvc"],
  ])
    expect([words, (await repository.run(words)).exitCode]).not.toEqual([words, 0]);
  expect(repository.exists("new.dvc")).toBe(false);
});

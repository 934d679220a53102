/** The options that the commands on data share: --quiet, --glob, --no-commit, --with-deps, and what a transfer says. */
import { lstatSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const definition = "stages:\n  a: {cmd: cp in a, deps: [in], outs: [a]}\n  b: {cmd: cp a b, deps: [a], outs: [b]}\n";
let made: Repository;
let repository: Repository;
beforeAll(async () => {
  made = makeRepository({ files: { "dvc.yaml": definition, in: "1\n" } });
  made.write({ "one.csv": "1\n", "two.csv": "2\n" });
  await made.succeed(["repro", "-q"]);
  await made.succeed(["remote", "add", "-q", "-d", "store", "../store"].filter((word) => word !== "-q"));
});
beforeEach(() => {
  repository = made.copy();
});

const remove = (...names: string[]): void => {
  for (const name of names) rmSync(path.join(repository.folder, name), { recursive: true });
};

test("add: by pattern, quietly, without the cache", async () => {
  expect(await repository.succeed(["add", "--glob", "*.csv", "-q"])).toBe("");
  expect([repository.exists("one.csv.dvc"), repository.exists("two.csv.dvc")]).toEqual([true, true]);
  repository.write({ three: "3\n" });
  await repository.succeed(["add", "--no-commit", "three"]);
  remove("three");
  const { exitCode, stderr } = await repository.run(["checkout", "three.dvc"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining("three")]);
});

test("push, fetch and pull: a line each, and none with --quiet", async () => {
  expect(await repository.succeed(["push"])).toBe("1 file pushed\n");
  expect(await repository.succeed(["push"])).toBe("Everything is up to date.\n");
  remove(".dvc/cache");
  expect(await repository.succeed(["fetch", "--glob", "a*"])).toBe("1 file fetched\n");
  expect(await repository.succeed(["fetch", "-q"])).toBe("");
  expect(await repository.succeed(["fetch"])).toBe("Everything is up to date.\n");
  remove("a", ".dvc/cache");
  expect(await repository.succeed(["pull", "-q", "a"])).toBe("");
  expect(repository.read("a")).toBe("1\n");
});

test("checkout and commit: quietly, and a stage with all that it needs", async () => {
  remove("a", "b");
  expect(await repository.succeed(["checkout", "-q"])).toBe("");
  repository.write({ in: "2\n", a: "2\n", b: "2\n" });
  remove("a", "b");
  repository.write({ a: "2\n", b: "2\n" });
  expect(await repository.succeed(["commit", "-q", "-f", "-d", "b"])).toBe("");
  expect(await repository.succeed(["status"])).toBe("Data and pipelines are up to date.\n");
});

test("data of branches, tags and all commits: pushed, compared, fetched", async () => {
  await repository.succeed(["push", "-q"]);
  repository.write({ "data.txt": "old\n" });
  await repository.succeed(["add", "-q", "data.txt"]);
  repository.commit("old");
  repository.git("tag", "v1");
  repository.write({ "data.txt": "new\n" });
  await repository.succeed(["add", "-q", "data.txt"]);
  repository.commit("new");
  expect(await repository.succeed(["status", "-c", "-T", "--json"])).toContain('"data.txt": "new"');
  expect(await repository.succeed(["push", "-a"])).toBe("1 file pushed\n");
  expect(await repository.succeed(["push", "-T", "--no-run-cache"])).toBe("1 file pushed\n");
  expect(await repository.succeed(["push", "-A"])).toBe("Everything is up to date.\n");
  remove(".dvc/cache");
  expect(await repository.succeed(["fetch", "-A"])).toBe("3 files fetched\n");
  const { exitCode } = await repository.run(["push", "-a", "data.txt"]);
  expect(exitCode).toBe(254);
});

test("with what the targets depend on: push, checkout and pull", async () => {
  remove("a", "b");
  await repository.succeed(["checkout", "-q", "-d", "b"]);
  expect([repository.read("a"), repository.read("b")]).toEqual(["1\n", "1\n"]);
  expect(await repository.succeed(["push", "-d", "b"])).toBe("1 file pushed\n");
  remove("a", "b", ".dvc/cache");
  await repository.succeed(["pull", "-q", "-d", "b"]);
  expect([repository.read("a"), repository.read("b")]).toEqual(["1\n", "1\n"]);
});

test("add: a copy of what lies elsewhere; files that stay no links", async () => {
  repository.write({ "../outside": "far\n" });
  await repository.succeed(["add", "-q", "../outside", "-o", "near"]);
  expect([repository.read("near"), repository.read("near.dvc")]).toEqual([
    "far\n",
    expect.stringMatching(/^outs:\n- md5: [0-9a-f]{32}\n {2}size: 4\n {2}hash: md5\n {2}path: near\n$/),
  ]);
  const again = await repository.run(["add", "../outside", "-o", "near"]);
  expect([again.exitCode, again.stderr]).toEqual([255, expect.stringContaining("already exists")]);
  await repository.succeed(["config", "cache.type", "symlink"]);
  await repository.succeed(["add", "-q", "--no-relink", "one.csv"]);
  expect(lstatSync(path.join(repository.folder, "one.csv")).isSymbolicLink()).toBe(false);
});

/** One path inside a tracked folder as target: nothing else of the folder is read, changed, brought or sent. */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";

let repository: Repository;
const at = (name: string) => path.join(repository.folder, name);
const remove = (...names: readonly string[]) => {
  for (const name of names) rmSync(at(name), { recursive: true, force: true });
};
const filesBelow = (folder: string) =>
  readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(at(folder), path.join(entry.parentPath, entry.name)))
    .sort();
const tracked = (): Record<string, string> => {
  const md5 = /md5: (\w+)\.dir/.exec(repository.read("data.dvc"))?.[1] ?? "";
  const list = repository.read(`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}.dir`);
  const entries = JSON.parse(list) as { relpath: string; md5: string }[];
  return Object.fromEntries(entries.map((entry) => [entry.relpath, entry.md5.slice(0, 4)]));
};
const base = { a: "b026", b: "26ab", "sub/c": "6d7f" };

beforeEach(async () => {
  repository = makeRepository();
  repository.write({ "data/a": "1\n", "data/b": "2\n", "data/sub/c": "3\n", "data-2": "beside\n" });
  await repository.succeed(["add", "-q", "data", "data-2"]);
});

describe("checkout", () => {
  test("leaves the other files alone, with --force too", async () => {
    remove("data/a");
    repository.write({ "data/b": "mine\n", "data/n": "new\n" });
    for (const flags of [[], ["-f"], ["--relink"]]) {
      remove("data/a");
      await repository.succeed(["checkout", ...flags, "data/a"]);
      expect([repository.read("data/a"), repository.read("data/b"), repository.read("data/n")]).toEqual([
        "1\n",
        "mine\n",
        "new\n",
      ]);
    }
  });

  test("refuses where the file itself would be lost, and names no other", async () => {
    repository.write({ "data/a": "mine\n", "data/b": "mine\n" });
    const refused = await repository.run(["checkout", "data/a"]);
    expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringMatching(/unsaved files[\s\S]*data\/a\n/)]);
    expect(refused.stderr).not.toContain("data/b");
    await repository.succeed(["checkout", "-f", "data/a"]);
    expect([repository.read("data/a"), repository.read("data/b")]).toEqual(["1\n", "mine\n"]);
  });

  test("brings an inner folder, several targets, and a target from a folder inside", async () => {
    remove("data");
    await repository.succeed(["checkout", "data/sub/"]);
    expect(filesBelow("data")).toEqual(["sub/c"]);
    remove("data");
    await repository.succeed(["checkout", "data/sub", "data/b", "data-2"]);
    expect(filesBelow("data")).toEqual(["b", "sub/c"]);
    remove("data");
    mkdirSync(at("data"));
    await repository.succeed(["checkout", "a"], { cwd: "data" });
    expect(filesBelow("data")).toEqual(["a"]);
    await repository.succeed(["checkout", "data/sub", "data.dvc"]);
    expect(filesBelow("data")).toEqual(["a", "b", "sub/c"]);
  });

  test("of two outputs of a stage only the one named, or both where both are", async () => {
    const pipeline = "stages:\n  s:\n    cmd: echo x > x && echo y > y\n    outs: [x, y]\n";
    repository.write({ "dvc.yaml": pipeline });
    await repository.succeed(["repro"]);
    repository.write({ x: "mine\n", y: "mine\n" });
    expect(await repository.succeed(["status", "x"])).not.toContain("y\n");
    await repository.succeed(["checkout", "-f", "y"]);
    expect([repository.read("x"), repository.read("y")]).toEqual(["mine\n", "y\n"]);
    remove("x", "y");
    await repository.succeed(["checkout", "x", "y"]);
    expect([repository.read("x"), repository.read("y")]).toEqual(["x\n", "y\n"]);
  });
});

describe("add", () => {
  test("takes the one file; what was changed beside it is not recorded", async () => {
    repository.write({ "data/a": "A\n", "data/b": "B\n", "data/n": "new\n" });
    await repository.succeed(["add", "-q", "data/a"]);
    expect(tracked()).toEqual({ ...base, a: "bf07" });
    expect(repository.read("data.dvc")).not.toContain("size:");
    expect(await repository.succeed(["status"])).toContain("data");
  });

  test("a new file's size is added; several parts of one folder all count; an inner folder counts whole", async () => {
    repository.write({ "data/n": "new\n", "data/sub/c": "C\n", "data/sub/d": "D\n" });
    await repository.succeed(["add", "-q", "data/n"]);
    expect(Object.keys(tracked())).toEqual(["a", "b", "n", "sub/c"]);
    expect(repository.read("data.dvc")).toMatch(/size: 10\n {2}nfiles: 4/);
    repository.write({ "data/a": "A\n" });
    await repository.succeed(["add", "-q", "data/sub", "data/a"]);
    expect(tracked()).toMatchObject({ a: "bf07", b: "26ab" });
    expect(Object.keys(tracked())).toEqual(["a", "b", "n", "sub/c", "sub/d"]);
    expect(await repository.succeed(["status"])).toContain("Data and pipelines are up to date.");
  });

  test("links to folders and names too long for a .dvc file are refused; imported data gets its new hash", async () => {
    symlinkSync("data", at("linked"));
    const linked = await repository.run(["add", "linked"]);
    expect([linked.exitCode, linked.stderr]).toEqual([255, expect.stringContaining("symlinked directories")]);
    expect(existsSync(at("linked.dvc"))).toBe(false);
    const name = "a".repeat(255);
    repository.write({ [name]: "1\n" });
    const long = await repository.run(["add", name]);
    expect([long.exitCode, long.stderr]).toEqual([255, expect.stringContaining("too long")]);
    const source =
      "frozen: true\ndeps:\n- path: x\n  repo:\n    url: https://example.invalid/r\n    rev_lock: f59388cd\n";
    const outs = "outs:\n- md5: 22a1a2931c8370d3aeedd7183606fd7f\n  size: 9\n  hash: md5\n  path: imported\n";
    repository.write({ "imported.dvc": source + outs, imported: "1\n" });
    await repository.succeed(["add", "-q", "imported"]);
    const md5 = "b026324c6904b2a9cb4b88d6d61c81d1";
    expect(repository.read("imported.dvc")).toBe(
      `${source}outs:\n- md5: ${md5}\n  size: 2\n  hash: md5\n  path: imported\n`,
    );
    repository.write({ "part.dvc": "deps:\n- path: /nowhere\nouts:\n- hash: md5\n  path: part\n" });
    expect(await repository.succeed(["status"])).toMatch(/deleted: +part\n/);
  });

  test("a file that is gone leaves the folder; one that never was is refused", async () => {
    remove("data/b");
    await repository.succeed(["add", "-q", "data/b"]);
    expect(Object.keys(tracked())).toEqual(["a", "sub/c"]);
    const refused = await repository.run(["add", "data/never"]);
    expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("'data/never' does not exist")]);
    remove(".dvc/cache");
    repository.write({ "data/a": "A\n" });
    const unread = await repository.run(["add", "data/a"]);
    expect([unread.exitCode, unread.stderr]).toEqual([255, expect.stringContaining("could not read '")]);
  });
});

test("push, fetch and pull move the list of the folder and the files named", async () => {
  const remote = path.join(path.dirname(repository.folder), `${path.basename(repository.folder)}-remote`);
  await repository.succeed(["remote", "add", "-q", "-d", "r", remote]);
  expect(await repository.succeed(["push", "data/a"])).toBe("2 files pushed\n");
  expect(await repository.succeed(["push", "data"])).toBe("2 files pushed\n");
  remove(".dvc/cache", "data");
  expect(await repository.succeed(["fetch", "data/a"])).toBe("2 files fetched\n");
  expect(existsSync(at("data"))).toBe(false);
  expect(await repository.succeed(["pull", "data/sub"])).toBe("A       data/\n1 file fetched and 1 file added\n");
  expect(filesBelow("data")).toEqual(["sub/c"]);
  expect(await repository.succeed(["pull", "data/a", "data"])).toContain("1 file fetched");
  expect(filesBelow("data")).toEqual(["a", "b", "sub/c"]);
});

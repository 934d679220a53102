/** Both kinds of trees over the same files, held to the same cases. */
import { symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { FolderTree, MemoryTree, treesInOrder } from "../../src/config/tree.ts";
import type { ConfigTree } from "../../src/config/types.ts";
import { makeRepository } from "../rig/index.ts";

const files = {
  "config.yaml": "a: 1\n",
  "db/mysql.yaml": "port: 3306\n",
  "db/postgres.v2.yaml": "port: 5432\n",
  "db/Z.yaml": "",
  "db/notes.txt": "",
  "db/README.yml": "",
  "db/deep/site.yaml": "x: 1\n",
  "db/__init__.py": "",
};

function folderTree(): ConfigTree {
  const { folder } = makeRepository({ git: false, dvc: false, files: { ...files, "../outside.yaml": "out: 1\n" } });
  return new FolderTree(folder, "conf");
}

const text = (tree: ConfigTree, name: string): string | undefined => {
  const bytes = tree.read(name)?.bytes;
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
};

describe.each<[string, () => ConfigTree]>([
  ["a folder", folderTree],
  ["files in memory", () => new MemoryTree(new Map(Object.entries({ ...files, "../outside.yaml": "out: 1\n" })))],
])("%s", (_kind, make) => {
  const tree = make();

  test.each<[string, string | undefined]>([
    ["config", "a: 1\n"],
    ["config.yaml", "a: 1\n"],
    ["db/mysql", "port: 3306\n"],
    ["./db/../db/mysql", "port: 3306\n"],
    ["db/postgres.v2", "port: 5432\n"],
    ["db/deep/site", "x: 1\n"],
    ["db", undefined],
    ["nosuch", undefined],
    ["config/below", undefined],
    ["db/README.yml", undefined],
    ["../outside", undefined],
    ["db/../../outside", undefined],
    ["/etc/passwd", undefined],
    ["a\0b", undefined],
    ["x".repeat(5000), undefined],
  ])("reads %j", (name, content) => {
    expect(text(tree, name)).toBe(content);
  });

  test.each([
    ["db", true],
    ["db/deep", true],
    ["", true],
    ["config", false],
    ["nosuch", false],
    ["..", false],
    ["/", false],
  ])("takes %j for a group: %j", (name, isGroup) => {
    expect(tree.isGroup(name)).toBe(isGroup);
  });

  test("lists a group's options, by code points, without files of other kinds and folders", () => {
    expect(tree.options("db")).toEqual(["Z", "mysql", "postgres.v2"]);
    expect(tree.options("db/deep")).toEqual(["site"]);
    expect(tree.options("nosuch")).toEqual([]);
    expect(tree.options("..")).toEqual([]);
  });
});

test("a folder names its files as it is shown, and follows links to files", () => {
  const { folder } = makeRepository({ git: false, dvc: false, files: { "db/a.yaml": "a: 1\n" } });
  symlinkSync("a.yaml", path.join(folder, "db/b.yaml"));
  symlinkSync("nowhere.yaml", path.join(folder, "db/c.yaml"));
  const tree = new FolderTree(folder, "conf");
  expect(tree.places).toEqual(["conf"]);
  expect(tree.read("db/b")?.path).toBe("conf/db/b.yaml");
  expect(tree.options("db")).toEqual(["a", "b"]);
});

test("of trees in order the first that has a file gives it; groups and options are those of all", () => {
  const one = new MemoryTree(new Map([["db/a.yaml", "one\n"]]));
  const two = new MemoryTree(
    new Map([
      ["db/a.yaml", "two\n"],
      ["db/b.yaml", "two\n"],
      ["own/c.yaml", "two\n"],
    ]),
  );
  const both = treesInOrder([one, two]);
  expect([text(both, "db/a"), text(both, "db/b"), text(both, "db/c")]).toEqual(["one\n", "two\n", undefined]);
  expect(both.options("db")).toEqual(["a", "b"]);
  expect([both.isGroup("own"), both.isGroup("none")]).toEqual([true, false]);
  expect(both.places).toHaveLength(2);
});

test("a config that is a link to a device is refused, and never read", () => {
  const { folder } = makeRepository({ git: false, dvc: false, files: {} });
  symlinkSync("/dev/zero", path.join(folder, "endless.yaml"));
  expect(() => new FolderTree(folder).read("endless")).toThrow(expect.objectContaining({ code: "NOT_A_FILE" }));
});

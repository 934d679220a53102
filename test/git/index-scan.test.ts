import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { findEntries, trackedAs } from "../../src/git/index-scan.ts";
import { makeOpened, makeSha256, type Opened } from "./repositories.ts";

function entriesOf({ rig, opened }: Opened) {
  return findEntries(readFileSync(path.join(rig.folder, ".git/index")), opened.objectFormat === "sha256" ? 32 : 20);
}

function kindsOf(opened: Opened, names: readonly string[]) {
  const entries = entriesOf(opened);
  if (entries === undefined) throw new Error("the index can't be read");
  return names.map((name) => trackedAs(entries, Buffer.from(name)));
}

const files = Object.fromEntries(["a", "a-b/x", "a.b", "b-c", "b/c/d", "b.c", "ü", "z/é"].map((name) => [name, "1\n"]));

test("files, folders and submodules of an index are told apart, whatever sorts between them", () => {
  const opened = makeOpened(files);
  const commit = opened.rig.git("rev-parse", "HEAD");
  opened.rig.git("update-index", "--add", "--cacheinfo", `160000,${commit},b/module`);
  const tracked = ["a", "a-b", "a-b/x", "b", "b-c", "b/c", "b/c/d", "b/module", "ü", "z", "z/é"];
  expect(kindsOf(opened, tracked)).toEqual([
    "file",
    "folder",
    "file",
    "folder",
    "file",
    "folder",
    "file",
    "submodule",
    "file",
    "folder",
    "file",
  ]);
  const others = ["", "0", "a-", "a/x", "b/", "b/c/", "b/c/e", "b/m", "b/module/x", "zz", "~"];
  expect(kindsOf(opened, others)).toEqual(others.map(() => "nothing"));
});

test("entries with flags of version 3, and long ids", () => {
  const flagged = makeOpened(files);
  flagged.rig.git("update-index", "--skip-worktree", "b/c/d");
  expect(kindsOf(flagged, ["b/c/d", "b/c", "ü", "b/d"])).toEqual(["file", "folder", "file", "nothing"]);
  const long = makeSha256(path.join(flagged.rig.root, "long"));
  expect(kindsOf(long, ["a.txt", "a"])).toEqual(["file", "nothing"]);
});

test("an index that is not all there is left to git", () => {
  const split = makeOpened(files);
  split.rig.git("update-index", "--split-index");
  expect(entriesOf(split)).toBeUndefined();
  const short = makeOpened(files);
  short.rig.git("update-index", "--index-version", "4");
  expect(entriesOf(short)).toBeUndefined();
  expect(findEntries(Buffer.from("DIRC\0\0\0\x02\xff\xff\xff\xff"), 20)).toBeUndefined();
});

import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { removeUntracked, restoreFolders } from "../../../src/experiments/copy/folders.ts";
import { findEntries } from "../../../src/git/index-scan.ts";
import { makeRepository } from "../../rig/index.ts";

const files = {
  "a.txt": "1\n",
  "data/b.txt": "1\n",
  "data/deep/c.txt": "1\n",
  "quiet/d.txt": "1\n",
  ".gitignore": "*.log\n",
};

test("all that the index does not have goes from a copy whose folders are known", () => {
  const rig = makeRepository({ dvc: false, files });
  const { folder } = rig;
  const inside = (name: string) => path.join(folder, name);
  const known = restoreFolders(folder, {});
  for (const name of ["new.txt", "data/x.log", "data/deep/y", "quiet/.gitattributes"])
    writeFileSync(inside(name), "2\n");
  mkdirSync(inside("data/made/in/depth"), { recursive: true });
  mkdirSync(inside("quiet/.git"));
  // A folder in the place of a file, a file in that of a folder, a link in that of a folder.
  rmSync(inside("a.txt"));
  mkdirSync(inside("a.txt/x"), { recursive: true });
  renameSync(inside("data/deep"), inside("data/moved"));
  symlinkSync(inside("quiet"), inside("data/deep"));
  chmodSync(inside("quiet"), 0o500);
  const entries = findEntries(readFileSync(inside(".git/index")), 20);
  if (entries === undefined) throw new Error("the index can't be read");
  removeUntracked(folder, known, entries);
  expect(
    rig
      .git("status", "--porcelain", "--ignored")
      .split("\n")
      .map((row) => row.trim()),
  ).toEqual(["D a.txt", "D data/deep/c.txt"]);
  rig.git("checkout", "--force");
  expect(rig.git("status", "--porcelain", "--ignored")).toBe("");
  expect(rig.git("clean", "-ffdxn")).toBe("");
});

/** Targets with wildcards, as Python's glob reads them. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { globTargets } from "../../../src/pipeline/reading/glob-targets.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

let folder: string;
beforeAll(() => {
  folder = makeTemporaryFolder();
  for (const name of ["sub/deep", ".hidden"]) mkdirSync(path.join(folder, name), { recursive: true });
  for (const name of ["train1", "train2", "train1.dvc", "other", ".dot", "sub/x", "sub/deep/x", "sub/[a]"])
    writeFileSync(path.join(folder, name), "");
  symlinkSync(folder, path.join(folder, "sub/loop"));
});

test.each([
  [["train?"], ["train1", "train2"]],
  [["t[rs]ain1*"], ["train1", "train1.dvc"]],
  [["./train*.dvc"], ["./train1.dvc"]],
  [["sub/*"], ["sub/[a]", "sub/deep", "sub/loop", "sub/x"]],
  [["**/x"], ["sub/deep/x", "sub/x"]],
  [["sub/**"], ["sub", "sub/[a]", "sub/deep", "sub/deep/x", "sub/loop", "sub/x"]],
  [[".d*"], [".dot"]],
  [["sub/[[]a]"], ["sub/[a]"]],
  [["other", "nothing*", "other"], ["other"]],
  [["sub/../o*"], ["sub/../other"]],
])("%j stand for %j", (patterns, names) => {
  expect(globTargets(folder, patterns).sort()).toEqual(names);
});

test("absolute ones stay absolute, none that match are refused", () => {
  expect(globTargets("/", [`${folder}/oth*`])).toEqual([`${folder}/other`]);
  expect(() => globTargets(folder, ["no*", "nor[this]"])).toThrow("Glob ['no*', 'nor[this]'] has no matches.");
});

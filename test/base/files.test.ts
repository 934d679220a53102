import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { asideName, asideOwner } from "../../src/base/files.ts";
import { ignoreRules } from "../../src/store/ignore-rules.ts";
import { listFiles } from "../../src/store/walk.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

test("a temporary file tells whose it is, and is no data of the folder that it was left in", () => {
  const folder = makeTemporaryFolder();
  const aside = asideName(path.join(folder, "model.bin"));
  expect(asideOwner(path.basename(aside))).toEqual({ pid: process.pid, machine: "ours" });
  const ofUser = [".model.bin.tmp", "model.bin.12-0a1bx-1.tmp", ".model.12-zzzzzzzz-1.tmp", "model.bin"];
  expect(ofUser.map(asideOwner)).toEqual(ofUser.map(() => undefined));
  for (const file of [aside, ...ofUser.map((name) => path.join(folder, name))]) writeFileSync(file, "");
  const found = listFiles(folder, ignoreRules(folder)).map(({ relpath }) => relpath);
  expect(found.sort()).toEqual([...ofUser].sort());
});

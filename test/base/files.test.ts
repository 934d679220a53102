import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { asideName, asideWriter, isAsideName } from "../../src/base/asides.ts";
import { isSystemError } from "../../src/base/errors.ts";
import {
  closeSync,
  existsSync,
  lstatIfExists,
  lstatSync,
  readIfExists,
  statSync,
  withAside,
  withAsideLater,
} from "../../src/base/files.ts";
import { openRead, rewriteOpen } from "../../src/base/open-files.ts";
import { ignoreRules } from "../../src/project/ignore-rules.ts";
import { listFiles } from "../../src/store/walk.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

test("a temporary file tells whose it is, and is no data of the folder that it was left in", () => {
  const folder = makeTemporaryFolder();
  const aside = asideName(path.join(folder, "model.bin"));
  expect(isAsideName(path.basename(aside))).toBe(true);
  const ofUser = [".model.bin.tmp", "model.bin.12-0a1bx-1.tmp", ".model.12-zzzzzzzz-1.tmp", "model.bin"];
  expect(ofUser.filter(isAsideName)).toEqual([]);
  for (const file of [aside, ...ofUser.map((name) => path.join(folder, name))]) writeFileSync(file, "");
  const found = listFiles(folder, ignoreRules(folder)).map(({ relpath }) => relpath);
  expect(found.sort()).toEqual([...ofUser].sort());
});

test("a temporary file tells whether its writer lives: not one that has its pid now, nor one of another machine", () => {
  const name = path.basename(asideName("model.bin"));
  expect(asideWriter(name)).toBe("alive");
  // The pid is followed by four digits for the machine, four for the process.
  const [, head = "", machine = "", writer = "", rest = ""] = /^(.+\.\d+-)(.{4})(.{4})(.+)$/.exec(name) ?? [];
  const other = (digits: string) => (digits === "0000" ? "1111" : "0000");
  expect(asideWriter(`${head}${machine}${other(writer)}${rest}`)).toBe("dead");
  expect(asideWriter(`${head}${other(machine)}${writer}${rest}`)).toBe("elsewhere");
  expect(asideWriter("model.bin")).toBeUndefined();
});

test("who holds a lock can't be written: the failure names the file", () => {
  const file = path.join(makeTemporaryFolder(), "lock");
  writeFileSync(file, "");
  const handle = openRead(file);
  expect(() => rewriteOpen(handle, file, " 1\n")).toThrow(expect.objectContaining({ path: file }) as Error);
  closeSync(handle);
});

test("nothing of a failed write stays", async () => {
  const folder = makeTemporaryFolder();
  const fail = (aside: string): never => {
    writeFileSync(aside, "half");
    throw new Error("disk full");
  };
  expect(() => withAside(path.join(folder, "a"), fail)).toThrow("disk full");
  await expect(withAsideLater(path.join(folder, "b"), async (aside) => fail(aside))).rejects.toThrow("disk full");
  expect(readdirSync(folder)).toEqual([]);
});

test("a name with a NUL is that of nothing", () => {
  for (const name of ["a\0b", "\0", path.join(makeTemporaryFolder(), "x\0")]) {
    expect([existsSync(name), readIfExists(name), lstatIfExists(name)]).toEqual([false, undefined, undefined]);
    for (const ask of [statSync, lstatSync]) {
      expect(ask(name, { throwIfNoEntry: false })).toBeUndefined();
      expect(
        isSystemError(
          catchOf(() => ask(name)),
          "ENOENT",
        ),
      ).toBe(true);
    }
  }
});

function catchOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

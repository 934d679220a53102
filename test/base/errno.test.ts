import { mkdirSync, openSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { wordsOfSystemError } from "../../src/base/errno.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

const folder = makeTemporaryFolder();
const inFolder = (name: string) => path.join(folder, name);

function wordsOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return wordsOfSystemError(error as NodeJS.ErrnoException);
  }
  throw new Error("it did not fail");
}

test("what stands in a folder's place, leads in a circle or is too long is no bug of ours", () => {
  writeFileSync(inFolder("file"), "");
  symlinkSync("nowhere", inFolder("dangling"));
  symlinkSync("circle", inFolder("circle"));
  expect(wordsOf(() => mkdirSync(inFolder("dangling")))).toBe("a part of it is not a folder");
  expect(wordsOf(() => statSync(inFolder("file/inner")))).toBe("a part of it is not a folder");
  expect(wordsOf(() => statSync(inFolder("circle")))).toBe("its links lead in a circle");
  expect(wordsOf(() => statSync(inFolder("n".repeat(256))))).toBe("the name is too long");
});

test("a file that is not there, or there already, may be a bug", () => {
  writeFileSync(inFolder("there"), "");
  expect(wordsOf(() => statSync(inFolder("absent")))).toBeUndefined();
  expect(wordsOf(() => openSync(inFolder("there"), "wx"))).toBeUndefined();
});

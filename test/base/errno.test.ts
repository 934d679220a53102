import { mkdirSync, openSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchFailure, wordsOfSystemError } from "../../src/base/errno.ts";
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

let silent: Server;
let address: string;
beforeAll(async () => {
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const bound = silent.address();
  address = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}/`;
});
afterAll(() => void silent.close());

const failureOf = (url: string, signal?: AbortSignal) =>
  fetch(url, signal === undefined ? {} : { signal }).then(() => undefined, fetchFailure);

test("a time limit, giving up, nobody there, an address that is none", async () => {
  expect(await failureOf(address, AbortSignal.timeout(1))).toEqual({ kind: "late" });
  expect(await failureOf(address, AbortSignal.abort())).toEqual({ kind: "given up" });
  expect(await failureOf("http://127.0.0.1:1/")).toMatchObject({ kind: "network" });
  expect(
    fetchFailure(new TypeError("fetch failed", { cause: Object.assign(new Error(""), { code: "ECONNREFUSED" }) })),
  ).toEqual({
    kind: "network",
    code: "ECONNREFUSED",
    message: "fetch failed",
  });
});

test.each([new RangeError("a bug"), "text", undefined])("%s is none", (thrown) => {
  expect(fetchFailure(thrown)).toBeUndefined();
});

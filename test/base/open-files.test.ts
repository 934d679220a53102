import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { copyInPieces } from "../../src/base/open-files.ts";
import { hashFile, hashWhileCopying } from "../../src/store/hash.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

const md5Of = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

function bigFile() {
  const file = path.join(makeTemporaryFolder(), "big");
  const bytes = Buffer.alloc(3_500_000, "abcdefg");
  writeFileSync(file, bytes);
  return { file, bytes, copy: `${file}.copy` };
}

test("a copy, and the hash of it", async () => {
  const { file, bytes, copy } = bigFile();
  expect(await hashWhileCopying(file, copy)).toEqual({ md5: md5Of(bytes), size: bytes.length });
  expect(readFileSync(copy).equals(bytes)).toBe(true);
  await expect(copyInPieces(file, copy, () => {})).rejects.toMatchObject({ code: "EEXIST" });
});

test("what is seen is what is written, also of a file that changes meanwhile", async () => {
  const { file, bytes, copy } = bigFile();
  const seen = createHash("md5");
  let pieces = 0;
  await copyInPieces(file, copy, (piece) => {
    if (pieces++ === 0) writeFileSync(file, Buffer.alloc(bytes.length, "other"));
    seen.update(piece);
  });
  const { md5 } = await hashFile(copy);
  expect([seen.digest("hex"), md5 === md5Of(bytes)]).toEqual([md5, false]);
});

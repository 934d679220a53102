import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { piecesOf, refuseSystemsFile } from "../../src/base/file-chunks.ts";
import { hashFile } from "../../src/store/hash.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

afterEach(() => {
  delete process.env.SWEEPLINE_MAX_FILE_SIZE;
});

/** A regular file of the system without a size that goes on for terabytes. */
const endless = "/proc/self/pagemap";

test("a file in pieces, to its end", async () => {
  const file = path.join(makeTemporaryFolder(), "f");
  const bytes = Buffer.alloc(2_500_000, "abcdefg");
  writeFileSync(file, bytes);
  const sizes: number[] = [];
  for await (const piece of piecesOf(file, 1 << 20)) sizes.push(piece.length);
  expect(sizes).toEqual([1 << 20, 1 << 20, 2_500_000 - (2 << 20)]);
  expect(await hashFile(file)).toEqual({ md5: createHash("md5").update(bytes).digest("hex"), size: bytes.length });
});

test.skipIf(!existsSync(endless))(
  "a file without a size or an end is refused after as much as any file may have",
  async () => {
    process.env.SWEEPLINE_MAX_FILE_SIZE = "4M";
    await expect(hashFile(endless)).rejects.toMatchObject({ code: "FILE_TOO_LARGE" });
  },
);

test.skipIf(!existsSync("/proc/self"))("a file of the system that claims a size is refused before it is read", () => {
  expect(() => refuseSystemsFile("/proc/self/status")).toThrow(expect.objectContaining({ code: "NOT_A_FILE" }));
  expect(() => refuseSystemsFile(import.meta.filename)).not.toThrow();
});

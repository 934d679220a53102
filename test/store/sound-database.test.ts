import { existsSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";
import { removeUnsoundDatabase } from "../../src/store/sound-database.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

const lmdb: typeof import("lmdb") = createRequire(import.meta.url)("lmdb");

async function makeDatabase(): Promise<string> {
  const file = path.join(makeTemporaryFolder(), "x.mdb");
  const database = lmdb.open<Buffer, number>({ path: file, encoding: "binary" });
  await database.transaction(() => {
    for (let index = 0; index < 200; index++) database.putSync(index, Buffer.alloc(1500, index));
  });
  await database.close();
  return file;
}

test("a database that LMDB wrote stays, and no file is fine", async () => {
  const file = await makeDatabase();
  removeUnsoundDatabase(file);
  expect(existsSync(file)).toBe(true);
  const database = lmdb.open<Buffer, number>({ path: file, encoding: "binary" });
  expect(database.get(150)).toEqual(Buffer.alloc(1500, 150));
  await database.close();
  removeUnsoundDatabase(`${file}.none`);
});

test.each([
  ["cut short", (file: string) => truncateSync(file, 100_000)],
  ["overwritten", (file: string) => writeFileSync(file, Buffer.alloc(400_000, 7))],
  ["another file", (file: string) => writeFileSync(file, "no database")],
  ["cut to one page", (file: string) => truncateSync(file, 4096)],
])("a file that is %s is removed, and its lock", async (_, damage) => {
  const file = await makeDatabase();
  damage(file);
  removeUnsoundDatabase(file);
  expect([existsSync(file), existsSync(`${file}-lock`)]).toEqual([false, false]);
});

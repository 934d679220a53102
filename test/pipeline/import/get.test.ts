/** Files and folders of another repository, copied whole or not at all. */
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { getPath, locatePath } from "../../../src/pipeline/import/get.ts";
import type { SourceRequest } from "../../../src/pipeline/source/source.ts";
import { useEnvironment } from "../../git/repositories.ts";
import { makeRepository, makeTemporaryFolder, type Repository } from "../../rig/index.ts";

let made: Repository;
let repository: Repository;
let here: string;
let source: SourceRequest;

beforeAll(async () => {
  made = makeRepository({ files: { "run.sh": "#!/bin/sh\n" } });
  chmodSync(path.join(made.folder, "run.sh"), 0o755);
  made.write({ "data/x/one": "1\n", "data/two": "22\n" });
  await made.succeed(["add", "-q", "data"]);
  made.commit("data");
});
beforeEach(() => {
  repository = made.copy();
  useEnvironment(repository);
  here = makeTemporaryFolder();
  const scratch = makeTemporaryFolder();
  source = { url: repository.folder, rev: "workspace", base: here, scratch, jobs: 2 };
});

const get = (name: string, more: { readonly out?: string; readonly existing?: "replace" } = {}) =>
  getPath(source, { folder: here, out: more.out, name, existing: more.existing ?? "refuse" });
const read = (name: string) => readFileSync(path.join(here, name), "utf8");

test("a folder of data comes from the cache where the workspace lacks it", async () => {
  rmSync(path.join(repository.folder, "data"), { recursive: true });
  await get("data");
  expect([read("data/x/one"), read("data/two")]).toEqual(["1\n", "22\n"]);
});

test("what may be run may be run here", async () => {
  await get("run.sh", { out: "new/start" });
  expect(statSync(path.join(here, "new/start")).mode & 0o111).not.toBe(0);
});

test("what is there is kept, unless it is to be replaced", async () => {
  writeFileSync(path.join(here, "two"), "mine\n");
  await expect(get("data/two")).rejects.toMatchObject({ code: "FILE_EXISTS" });
  expect(read("two")).toBe("mine\n");
  await get("data/two", { existing: "replace" });
  expect(read("two")).toBe("22\n");
});

test("an object that is gone leaves nothing half made", async () => {
  rmSync(path.join(repository.folder, "data"), { recursive: true });
  const object = await locatePath(source, "data/two");
  expect(readFileSync(object, "utf8")).toBe("22\n");
  rmSync(object);
  await expect(get("data")).rejects.toMatchObject({ code: "CACHE_MISSING" });
  expect(readdirSync(here)).toEqual([]);
});

test("a file of Git is where it lies", async () => {
  expect(await locatePath(source, "run.sh")).toBe(path.join(repository.folder, "run.sh"));
  await expect(locatePath(source, "none")).rejects.toMatchObject({ code: "FILE_MISSING" });
});

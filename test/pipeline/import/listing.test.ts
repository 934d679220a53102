/** What lies in another repository, files of Git and tracked data together: listed and measured. */
import { beforeAll, expect, test } from "vitest";
import {
  inPathOrder,
  listSource,
  measureSource,
  type SourceListRequest,
} from "../../../src/pipeline/import/listing.ts";
import type { SourceRequest } from "../../../src/pipeline/source/source.ts";
import { useEnvironment } from "../../git/repositories.ts";
import { makeRepository, makeTemporaryFolder, type Repository } from "../../rig/index.ts";

let repository: Repository;
let source: SourceRequest;

beforeAll(async () => {
  repository = makeRepository({ files: { "code.txt": "code\n", "src/deep/b.txt": "b\n", "src/a.txt": "a\n" } });
  repository.write({ "data/x/one": "1\n", "data/two": "22\n" });
  await repository.succeed(["add", "-q", "data"]);
  repository.commit("data");
  useEnvironment(repository);
  const scratch = makeTemporaryFolder();
  source = { url: repository.folder, rev: "workspace", base: repository.folder, scratch, jobs: 2 };
});

const everything = { name: "", depth: Number.POSITIVE_INFINITY, only: "all" } as const;
async function paths(request: Partial<SourceListRequest>): Promise<readonly string[]> {
  const { listed } = await listSource(source, { ...everything, ...request });
  return inPathOrder(listed).map(({ path }) => path);
}

test("a depth of one is what is directly there, each level more goes into folders", async () => {
  const direct = [".dvcignore", ".gitignore", "code.txt", "data", "data.dvc", "src"];
  const seen = await paths({ depth: 1 });
  expect(seen.filter((path) => path !== ".dvcignore")).toEqual(direct.slice(1));
  expect(await paths({ name: "src", depth: 1 })).toEqual(["src/a.txt", "src/deep"]);
  expect(await paths({ name: "src", depth: 2 })).toEqual(["src/a.txt", "src/deep/b.txt"]);
});

test("data only: folders of Git without any are left out", async () => {
  expect(await paths({ only: "data" })).toEqual(["data/two", "data/x/one"]);
  expect(await paths({ only: "data", depth: 1 })).toEqual(["data"]);
});

test("a file stands for itself, and its folder is in front of its name", async () => {
  const { at, prefix, listed } = await listSource(source, { ...everything, name: "src/deep/b.txt" });
  expect([at.path, prefix, inPathOrder(listed)]).toEqual(["src/deep/b.txt", "src/deep/", [at]]);
});

test("sizes are those of the data, whether or not it lies in the workspace", async () => {
  const ofData = {
    entries: [
      { path: "data/two", size: 3 },
      { path: "data/x", size: 2 },
    ],
    total: 5,
  };
  expect(await measureSource(source, "data")).toMatchObject(ofData);
  expect(await measureSource(source, "data/x/one")).toMatchObject({ total: 2, at: { kind: "file" } });
  const committed = { ...source, rev: { name: "HEAD" } };
  expect(await measureSource(committed, "data")).toMatchObject(ofData);
  expect((await measureSource(committed, "")).entries).toContainEqual({ path: "data", size: 5 });
});

test.each(["nothing", "../elsewhere", "/etc", "src/none"])("there is no %s", async (name) => {
  await expect(listSource(source, { ...everything, name })).rejects.toMatchObject({ code: "FILE_MISSING" });
  await expect(measureSource(source, name)).rejects.toMatchObject({ code: "FILE_MISSING" });
});

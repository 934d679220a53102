import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { findObject, openCache } from "../../../src/store/cache.ts";
import { folderRemote } from "../../../src/store/remotes/folder.ts";
import { byLayout, type PlacedObject } from "../../../src/store/remotes/legacy-layout.ts";
import { pullObjects } from "../../../src/store/remotes/pull-objects.ts";
import { testProject } from "../../pipeline/project.ts";
import { makeRepository } from "../../rig/index.ts";

test("what DVC 2 pushed is pulled, and what no layout has is missing", async () => {
  const { project, root } = testProject({});
  const folder = path.join(root, "remote");
  mkdirSync(path.join(folder, "b0"), { recursive: true });
  const md5 = "b026324c6904b2a9cb4b88d6d61c81d1";
  const absent = "26ab0db90d72e28ad0ba1e22ee510510";
  writeFileSync(path.join(folder, "b0", md5.slice(2)), "1\n");
  const cache = openCache(project);
  const outcome = await pullObjects(cache, folderRemote("r", folder), { hashes: [md5, absent], jobs: 2 });
  expect(outcome).toEqual({ transferred: 1, missing: [absent], failed: [] });
  expect(readFileSync(findObject(cache, md5) ?? "", "utf8")).toBe("1\n");
});

test.each([
  ["a\nb\n", "lines"],
  ["a\r\nb\r\n", "lines that end with CRLF"],
])("an entry of DVC 2 is pushed where DVC looks for it and pulled from there: %j (%s)", async (text) => {
  const repository = makeRepository();
  const md5 = createHash("md5").update(text.replaceAll("\r", "")).digest("hex");
  const object = `${md5.slice(0, 2)}/${md5.slice(2)}`;
  repository.write({
    foo: text,
    "foo.dvc": `outs:\n- md5: ${md5}\n  size: ${text.length}\n  path: foo\n`,
    [`.dvc/cache/${object}`]: text,
    new: "new\n",
  });
  await repository.succeed(["add", "-q", "new"]);
  await repository.succeed(["remote", "add", "-d", "r", "../remote"]);
  expect(await repository.succeed(["push"])).toBe("2 files pushed\n");
  expect(await repository.succeed(["push"])).toBe("Everything is up to date.\n");
  expect(readFileSync(path.join(repository.root, "remote", object), "utf8")).toBe(text);
  for (const name of [".dvc/cache", "foo", "new"]) rmSync(path.join(repository.folder, name), { recursive: true });
  expect(await repository.succeed(["pull"])).toContain("2 files fetched");
  expect(repository.read("foo")).toBe(text);
  expect(await repository.succeed(["status"])).toBe("Data and pipelines are up to date.\n");
  expect(await repository.succeed(["status", "--cloud"])).toContain("in sync");
  // With an experiment it goes to the same place.
  repository.commit("data");
  repository.git("init", "--quiet", "--bare", "../git");
  repository.git("remote", "add", "origin", "../git");
  await repository.succeed(["exp", "save", "-n", "saved"]);
  rmSync(path.join(repository.root, "remote"), { recursive: true });
  expect(await repository.succeed(["exp", "push", "origin", "saved"])).toContain("2 files uploaded");
  expect(readFileSync(path.join(repository.root, "remote", object), "utf8")).toBe(text);
  expect(await repository.succeed(["exp", "push", "origin", "saved"])).toContain("up to date");
});

test("data of DVC 2 of other branches is pushed where DVC looks for it", async () => {
  const repository = makeRepository();
  const md5 = "b026324c6904b2a9cb4b88d6d61c81d1";
  const object = `${md5.slice(0, 2)}/${md5.slice(2)}`;
  repository.write({ "foo.dvc": `outs:\n- md5: ${md5}\n  size: 2\n  path: foo\n`, [`.dvc/cache/${object}`]: "1\n" });
  await repository.succeed(["remote", "add", "-d", "r", "../remote"]);
  repository.commit("old");
  repository.git("branch", "old");
  rmSync(path.join(repository.folder, "foo.dvc"));
  repository.commit("new");
  expect(await repository.succeed(["push", "-a"])).toBe("1 file pushed\n");
  expect(readFileSync(path.join(repository.root, "remote", object), "utf8")).toBe("1\n");
  expect(await repository.succeed(["status", "-c", "-a"])).toContain("in sync");
});

test("objects are apart by the layout of their entries", () => {
  const remote = folderRemote("r", "/nowhere");
  const object = (md5: string, layout: PlacedObject["layout"]) => ({
    md5,
    ...(layout === undefined ? {} : { layout }),
  });
  const now = object("2", undefined);
  const groups = byLayout(remote, [object("1", "legacy"), now, object("2", "current")]);
  expect(groups.map(([, objects]) => objects.map(({ md5 }) => md5))).toEqual([["2", "2"], ["1"]]);
  expect(byLayout(remote, [now])).toEqual([[remote, [now]]]);
});

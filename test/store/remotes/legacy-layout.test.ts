import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { findObject, openCache } from "../../../src/store/cache.ts";
import { folderRemote } from "../../../src/store/remotes/folder.ts";
import { pullObjects } from "../../../src/store/remotes/pull-objects.ts";
import { testProject } from "../../pipeline/project.ts";

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

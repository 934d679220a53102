import { chmodSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { filesHash, type IdentityScope } from "../../../src/experiments/point/identity.ts";
import { TreeHashes } from "../../../src/experiments/point/tree-hashes.ts";
import { CatFile } from "../../../src/git/catfile.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { ObjectPool } from "../../../src/git/object-pool.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { gitWith } from "../../git/repositories.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";

const scope: IdentityScope = {
  written: new Set(["out", "deep/out"]),
  paramFiles: new Set(["params.yaml"]),
  wholeRun: { lockFile: "dvc.lock", stages: [] },
};

async function hashIn(repository: Repository, tree: string): Promise<string | undefined> {
  const objects = new CatFile(openRepository(repository.folder));
  try {
    return await new TreeHashes(new ObjectPool(objects), scope).of(tree as ObjectId);
  } finally {
    objects.close();
  }
}

test("the hash is that of what git lists", async () => {
  const repository = makeRepository({
    files: { a0: "1", "a.b": "2", "a/b": "3", "deep/x/y": "4", "deep/out/z": "5", out: "6", "params.yaml": "x: 1\n" },
  });
  chmodSync(path.join(repository.folder, "a.b"), 0o755);
  symlinkSync("a.b", path.join(repository.folder, "link ü"));
  repository.commit("kinds");
  repository.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
  const tree = repository.git("write-tree");
  const listing = repository.git("ls-tree", "-r", "-z", "--full-tree", tree);
  expect(await hashIn(repository, tree)).toBe(filesHash(listing, scope));
});

test("a tree that names a billion files, or lies a thousand folders deep, is given up", async () => {
  const repository = makeRepository();
  const mktree = (lines: readonly string[]) => gitWith(repository, ["mktree", "--missing"], lines.join(""));
  let wide = mktree(Array.from({ length: 10 }, (_, at) => `100644 blob ${"1".repeat(40)}\tf${at}\n`));
  for (let level = 0; level < 9; level++)
    wide = mktree(Array.from({ length: 10 }, (_, at) => `040000 tree ${wide}\td${at}\n`));
  expect(await hashIn(repository, wide)).toBeUndefined();

  const made = gitWith(repository, ["fast-import", "--quiet"], deepCommit(1000));
  expect(made).toBe("");
  const deep = repository.git("rev-parse", "refs/heads/deep^{tree}");
  expect(await hashIn(repository, deep)).toBeUndefined();
});

function deepCommit(depth: number): string {
  const name = `${"d/".repeat(depth)}f`;
  return `commit refs/heads/deep\ncommitter a <a@a> 1 +0000\ndata 0\n\nM 100644 inline ${name}\ndata 0\n\n`;
}

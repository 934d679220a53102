import { beforeAll, expect, test } from "vitest";
import type { ObjectId } from "../../src/git/ids.ts";
import { listTree } from "../../src/git/list-tree.ts";
import { cloneSource, withSourceCommit } from "../../src/git/source-commit.ts";
import { makeTemporaryFolder } from "../rig/index.ts";
import { bomb, deep } from "./bombs.ts";
import { gitWith, makeOpened, type Opened } from "./repositories.ts";

let made: Opened;
beforeAll(() => {
  made = makeOpened({ "a.txt": "1\n", "d/e/b": "2\n", "d/ü": "3\n" });
});

test("the files of all folders, and no folders", async () => {
  const listed = (await listTree(made.opened, made.rig.git("rev-parse", "HEAD").trim() as ObjectId)).toString();
  expect(listed).toBe(made.rig.git("ls-tree", "-r", "-z", "--full-tree", "HEAD"));
});

const bombs = {
  wide: () => bomb(made.rig, made.rig.git("rev-parse", "HEAD^{tree}").trim()),
  deep: () => deep(made.rig, made.rig.git("rev-parse", "HEAD^{tree}").trim(), 3000),
  "deep, without a file": () => deep(made.rig, gitWith(made.rig, ["mktree"], ""), 3000),
};

test.each(Object.entries(bombs))("a tree that is no disk's (%s) is refused, and never written", async (_name, make) => {
  const commit = made.rig.git("commit-tree", "-m", "b", make()).trim() as ObjectId;
  const refused = { code: "REVISION_TOO_LARGE" };
  await expect(listTree(made.opened, commit)).rejects.toMatchObject(refused);
  made.rig.git("update-ref", "refs/heads/b", commit);
  const folder = `${makeTemporaryFolder()}/clone`;
  await expect(cloneSource({ url: made.rig.folder, rev: "b", folder })).rejects.toMatchObject(refused);
  const names = made.rig.git("ls-tree", "--name-only", commit).trim().split("\n");
  const written = withSourceCommit({ url: made.rig.folder, commit }, makeTemporaryFolder(), (tree) =>
    tree.write(names[0] ?? ""),
  );
  await expect(written).rejects.toMatchObject(refused);
});

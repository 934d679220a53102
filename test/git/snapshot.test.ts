import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type SnapshotOptions, snapshotWorkTree } from "../../src/git/snapshot.ts";
import { makeOpened, type Opened } from "./repositories.ts";

const files = {
  "a.txt": "one\n",
  "staged.txt": "one\n",
  "gone.txt": "one\n",
  "run.sh": "#!/bin/sh\n",
  "sub/b.txt": "one\n",
  "to-link.txt": "one\n",
  ".gitignore": "ignored*\n",
};

let current: Opened;
beforeEach(() => {
  current = makeOpened(files);
});

function snapshot(include: readonly string[] = []) {
  const options: SnapshotOptions = { scratchFolder: path.join(current.rig.root, "scratch"), include };
  return snapshotWorkTree(current.opened, options);
}

const listed = (tree: string) =>
  new Map(
    current.rig
      .git("ls-tree", "-r", "-z", tree)
      .split("\0")
      .filter((row) => row !== "")
      .map((row) => [row.slice(row.indexOf("\t") + 1), row.slice(0, 6)]),
  );
const content = (tree: string, name: string) => current.rig.git("cat-file", "-p", `${tree}:${name}`);

describe("a snapshot of the work tree", () => {
  test("a clean one is HEAD's tree, index and work tree alike", async () => {
    const tree = current.rig.git("rev-parse", "HEAD^{tree}");
    expect(await snapshot()).toEqual({ indexTree: tree, workTree: tree });
  });

  test("holds all that is tracked as it lies there; the index and its times stay as they are", async () => {
    const { rig } = current;
    rig.write({ "staged.txt": "staged\n", "new.txt": "new\n", "intent.txt": "intent\n", "untracked.txt": "u\n" });
    rig.git("add", "staged.txt", "new.txt");
    rig.git("add", "--intent-to-add", "intent.txt");
    rig.write({ "a.txt": "changed\n", "new.txt": "newer\n", "sub/b.txt": "changed below\n" });
    rmSync(path.join(rig.folder, "gone.txt"));
    chmodSync(path.join(rig.folder, "run.sh"), 0o755);
    rmSync(path.join(rig.folder, "to-link.txt"));
    symlinkSync("sub/b.txt", path.join(rig.folder, "to-link.txt"));
    const index = path.join(rig.folder, ".git/index");
    const before = { bytes: readFileSync(index), mtime: statSync(index).mtimeMs };
    const status = rig.git("--no-optional-locks", "status", "--porcelain=v2");
    const { indexTree, workTree } = await snapshot();
    expect(readFileSync(index).equals(before.bytes)).toBe(true);
    expect(statSync(index).mtimeMs).toBe(before.mtime);
    expect(rig.git("--no-optional-locks", "status", "--porcelain=v2")).toBe(status);
    const inIndex = listed(indexTree);
    expect([...inIndex.keys()].sort()).toEqual([...Object.keys(files), "new.txt"].sort());
    expect(content(indexTree, "a.txt")).toBe("one");
    expect(content(indexTree, "new.txt")).toBe("new");
    const inWork = listed(workTree);
    const expected = [...Object.keys(files), "new.txt", "intent.txt"].filter((name) => name !== "gone.txt");
    expect([...inWork.keys()].sort()).toEqual(expected.sort());
    expect([inWork.get("run.sh"), inWork.get("to-link.txt"), inWork.get("a.txt")]).toEqual([
      "100755",
      "120000",
      "100644",
    ]);
    expect(content(workTree, "a.txt")).toBe("changed");
    expect(content(workTree, "new.txt")).toBe("newer");
    expect(content(workTree, "staged.txt")).toBe("staged");
    expect(content(workTree, "sub/b.txt")).toBe("changed below");
    expect(content(workTree, "to-link.txt")).toBe("sub/b.txt");
    expect(content(workTree, "intent.txt")).toBe("intent");
  });

  test("takes files that are asked for although ignored or untracked, and no others", async () => {
    const { rig } = current;
    rig.write({ ignored: "i\n", 'odd name\n"x".txt': "odd\n", "other.txt": "o\n", "folder/x": "x\n" });
    const { workTree } = await snapshot(["ignored", 'odd name\n"x".txt', "missing.txt", "folder", "-dash"]);
    const names = [...listed(workTree).keys()];
    expect(names).toEqual(expect.arrayContaining(["ignored", 'odd name\n"x".txt']));
    expect(names).not.toContain("other.txt");
    expect(names).not.toContain("folder/x");
    expect(rig.git("status", "--porcelain", "--", "ignored")).toBe("");
  });

  test("a change of the same size within the same second is seen", async () => {
    const { rig } = current;
    const file = path.join(rig.folder, "a.txt");
    rig.git("update-index", "--refresh");
    const { atime, mtime } = statSync(file);
    rig.write({ "a.txt": "ONE\n" });
    utimesSync(file, atime, mtime);
    const { workTree } = await snapshot();
    // Git itself sees it by the inode's change time.
    expect(content(workTree, "a.txt")).toBe("ONE");
  });

  test("conflicts are refused", async () => {
    const { rig } = current;
    rig.git("checkout", "--quiet", "-b", "other");
    rig.write({ "a.txt": "other\n" });
    rig.commit("other");
    rig.git("checkout", "--quiet", "main");
    rig.write({ "a.txt": "main\n" });
    rig.commit("main");
    expect(() => rig.git("merge", "other")).toThrow();
    const message = "a merge is not finished, there are conflicts in a.txt";
    await expect(snapshot()).rejects.toMatchObject({ code: "UNMERGED", message });
  });

  test("a repository without an index, and one in a linked work tree", async () => {
    const { rig } = current;
    const { openRepository } = await import("../../src/git/repository.ts");
    rig.git("worktree", "add", "--quiet", "../linked", "-b", "linked");
    const linked = openRepository(path.join(rig.root, "linked"));
    expect(linked.commonDir).toBe(path.join(rig.folder, ".git"));
    rig.write({ "../linked/a.txt": "in the linked one\n" });
    const options = { scratchFolder: path.join(rig.root, "scratch"), include: [] };
    const { workTree } = await snapshotWorkTree(linked, options);
    expect(content(workTree, "a.txt")).toBe("in the linked one");
    rmSync(path.join(rig.folder, ".git/index"));
    expect(listed((await snapshot()).workTree).size).toBe(0);
  });

  test("settings that make git read paths as patterns, or start helpers, change nothing", async () => {
    const { rig } = current;
    mkdirSync(path.join(rig.folder, "hooks"));
    rig.write({ "a.txt": "changed\n", "hooks/post-index-change": "#!/bin/sh\ntouch hooked\n" });
    chmodSync(path.join(rig.folder, "hooks/post-index-change"), 0o755);
    rig.git("config", "core.fsmonitor", "/nowhere/monitor");
    rig.git("config", "status.showUntrackedFiles", "no");
    process.env.GIT_LITERAL_PATHSPECS = "1";
    process.env.GIT_DIR = "/nowhere";
    process.env.GIT_INDEX_FILE = "/nowhere/index";
    try {
      expect(content((await snapshot()).workTree, "a.txt")).toBe("changed");
    } finally {
      for (const name of ["GIT_LITERAL_PATHSPECS", "GIT_DIR", "GIT_INDEX_FILE"]) delete process.env[name];
    }
  });
});

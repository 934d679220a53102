import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { importObjects, type TreeFile } from "../../src/git/fast-import.ts";
import type { ObjectId } from "../../src/git/ids.ts";
import { makeTemporaryFolder } from "../rig/index.ts";
import { gitWith, makeOpened, makeSha256, type Opened } from "./repositories.ts";

const author = "Tester <tester@example.com> 1700000000 +0100";
const hostilePaths = [
  "plain.txt",
  'quo"te.txt',
  "back\\slash.txt",
  "a b/c d.txt",
  " lead and trail ",
  "new\nline.txt",
  "tab\there",
  "ünï/日本/🎉.txt",
  "-dash",
  "\u0001control",
  '"',
  "dir.with.dots/x",
];

let sha1: Opened;
let sha256: Opened;
beforeAll(() => {
  sha1 = makeOpened({ "a.txt": "one\n", "keep/b.txt": "two\n" });
  sha256 = makeSha256(makeTemporaryFolder());
});

/** The id that git itself gives to that commit. */
function expectedCommit(rig: Opened["rig"], tree: string, parents: readonly string[], message: string): string {
  const text = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${author}`,
    "",
    message,
  ].join("\n");
  return gitWith(rig, ["hash-object", "-t", "commit", "--stdin"], text);
}

describe.each([
  ["SHA-1", () => sha1],
  ["SHA-256", () => sha256],
] as const)("fast-import, %s", (_, get) => {
  test("trees and commits are those that git makes; no ref is left", async () => {
    const { rig, opened } = get();
    const head = rig.git("rev-parse", "HEAD") as ObjectId;
    const baseTree = rig.git("rev-parse", "HEAD^{tree}") as ObjectId;
    const [index = "", second = "", alone = ""] = await importObjects(opened, async (stream) => {
      const files: TreeFile[] = hostilePaths.map((path, index) => ({
        path,
        mode: index % 2 === 0 ? "100644" : "100755",
        blob: stream.blob(`content of ${index}`),
      }));
      const first = await stream.commit({ baseTree, files: [], parents: [head], author, message: "index\n" });
      await stream.commit({ baseTree, files, parents: [head, first], author, message: "Überschrift\n\ndata 3\nabc" });
      await stream.commit({ baseTree: null, files: files.slice(0, 1), parents: [], author, message: "" });
    });
    expect(index).toBe(expectedCommit(rig, baseTree, [head], "index\n"));
    expect(second).toBe(
      expectedCommit(rig, rig.git("rev-parse", `${second}^{tree}`), [head, index], "Überschrift\n\ndata 3\nabc"),
    );
    const listed = rig.git("ls-tree", "-r", "-z", "--name-only", second).split("\0");
    expect(listed).toEqual(expect.arrayContaining(["a.txt", ...hostilePaths]));
    expect(rig.git("cat-file", "-p", `${second}:new\nline.txt`)).toBe("content of 5");
    expect(rig.git("ls-tree", second, "--", 'quo"te.txt')).toMatch(/^100755 blob/);
    expect(rig.git("ls-tree", "-r", "--name-only", alone)).toBe("plain.txt");
    expect(rig.git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(rig.git("fsck", "--strict", "--no-dangling", second, alone)).toBe("");
  });

  test("a file takes the place of a folder, and an existing blob can be named", async () => {
    const { rig, opened } = get();
    const blob = { id: rig.git("rev-parse", "HEAD:a.txt") as ObjectId };
    const baseTree = rig.git("rev-parse", "HEAD^{tree}") as ObjectId;
    const [commit = ""] = await importObjects(opened, async (stream) => {
      await stream.commit({
        baseTree,
        files: [{ path: "keep", mode: "100644", blob }],
        parents: [],
        author,
        message: "x",
      });
    });
    expect(rig.git("ls-tree", "-r", "--name-only", commit)).toBe("a.txt\nkeep");
  });
});

describe("fast-import", () => {
  test("thousands of commits and megabytes of blobs arrive in order", async () => {
    const baseTree = sha1.rig.git("rev-parse", "HEAD^{tree}") as ObjectId;
    const big = Buffer.alloc(3 << 20, "x");
    const ids = await importObjects(sha1.opened, async (stream) => {
      for (let at = 0; at < 2000; at++) {
        const blob = stream.blob(at === 1000 ? big : `x: ${at}\n`);
        await stream.commit({
          baseTree,
          files: [{ path: "p.yaml", mode: "100644", blob }],
          parents: [],
          author,
          message: `${at}`,
        });
      }
    });
    expect(new Set(ids).size).toBe(2000);
    expect(sha1.rig.git("log", "-1", "--format=%B", ids[1999] ?? "")).toBe("1999");
    expect(sha1.rig.git("cat-file", "-s", `${ids[1000]}:p.yaml`)).toBe(String(big.length));
  });

  test("a stream that git refuses says why, also when git stopped reading long before", async () => {
    const missing = "1".repeat(40) as ObjectId;
    const refused = importObjects(sha1.opened, async (stream) => {
      await stream.commit({ baseTree: missing, files: [], parents: [], author, message: "x" });
      for (let at = 0; at < 300; at++) {
        const blob = stream.blob(Buffer.alloc(1 << 14, at));
        await stream.commit({
          baseTree: null,
          files: [{ path: "x", mode: "100644", blob }],
          parents: [],
          author,
          message: "",
        });
      }
    });
    await expect(refused).rejects.toMatchObject({ code: "GIT_FAILED" });
  });

  test("a failure of ours ends git too: nothing of it is left, neither a process nor a file", async () => {
    const { rig, opened } = sha1;
    const failing = importObjects(opened, async (stream) => {
      stream.blob("half of it");
      throw new Error("of ours");
    });
    await expect(failing).rejects.toThrow("of ours");
    expect(rig.git("count-objects", "-v")).toContain("garbage: 0");
    expect(readdirSync(path.join(rig.folder, ".git")).filter((name) => name.startsWith("fast_import"))).toEqual([]);
    expect(rig.git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  });
});

test("a file of any size goes in as it is, a piece at a time", async () => {
  const { rig, opened } = sha1;
  const file = path.join(makeTemporaryFolder(), "large");
  const content = Buffer.alloc(3 * (1 << 20) + 17, "0123456789");
  writeFileSync(file, content);
  const [commit = ""] = await importObjects(opened, async (stream) => {
    const blob = await stream.blobOfFile(file);
    const files: TreeFile[] = [{ path: "large", mode: "100644", blob }];
    await stream.commit({ baseTree: null, files, parents: [], author, message: "m" });
  });
  expect(rig.git("rev-parse", `${commit}:large`)).toBe(gitWith(rig, ["hash-object", "--stdin"], content));
});

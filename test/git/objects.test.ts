import { appendFileSync, statSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { CatFile } from "../../src/git/catfile.ts";
import type { ObjectId } from "../../src/git/ids.ts";
import {
  committerIdentity,
  type FileInTree,
  parseCommit,
  stamp,
  TreeEditor,
  writeCommit,
  writeObject,
} from "../../src/git/objects.ts";
import { changeRefs } from "../../src/git/refs.ts";
import { openRepository } from "../../src/git/repository.ts";
import { makeTemporaryFolder } from "../rig/index.ts";
import { gitWith, makeOpened, makeSha256, type Opened } from "./repositories.ts";

let sha1: Opened;
let sha256: Opened;
beforeAll(() => {
  sha1 = makeOpened();
  sha256 = makeSha256(makeTemporaryFolder());
});

const author = "Tester <tester@example.com> 1700000000 -0330";

describe.each([
  ["SHA-1", () => sha1],
  ["SHA-256", () => sha256],
] as const)("loose objects, %s", (_, get) => {
  test("have git's ids, and git reads them", () => {
    const { rig, opened } = get();
    for (const content of ["", "a", "ünï\n", Buffer.alloc(300_000, 7), Buffer.from([0, 255, 10])]) {
      const id = writeObject(opened, "blob", content);
      expect(id).toBe(gitWith(rig, ["hash-object", "--stdin"], content));
      expect(rig.git("cat-file", "-s", id)).toBe(String(Buffer.from(content).length));
      expect(writeObject(opened, "blob", content)).toBe(id);
    }
    expect(rig.git("fsck", "--strict", "--no-dangling")).toBe("");
  });

  test("a commit with a header of ours passes fsck --strict, gc and repack, and is read back", async () => {
    const { rig, opened } = get();
    const tree = rig.git("rev-parse", "HEAD^{tree}") as ObjectId;
    const head = rig.git("rev-parse", "HEAD") as ObjectId;
    const header = JSON.stringify({ text: "two\nlines ü", deep: [1] });
    const commit = writeCommit(opened, {
      tree,
      parents: [head],
      author,
      extraHeaders: { sweepline: header },
      message: "subject\n\nbody\n\nsweepline not a header",
    });
    await changeRefs(opened, "test", [{ kind: "create", ref: "refs/exps/aa/bb/x" as never, to: commit }]);
    rig.git("gc", "--quiet", "--prune=now", "--aggressive");
    expect(rig.git("fsck", "--strict", "--no-dangling")).toBe("");
    expect(rig.git("log", "-1", "--format=%an|%ad|%s|%P", "--date=raw", commit)).toBe(
      `Tester|1700000000 -0330|subject|${head}`,
    );
    const catFile = new CatFile(opened);
    const object = await catFile.read(commit);
    catFile.close();
    const parsed = parseCommit(object?.content ?? Buffer.alloc(0));
    expect(parsed).toMatchObject({ tree, parents: [head], committedAt: 1_700_000_000 });
    expect(parsed.headers.get("sweepline")).toBe(header);
    expect(parsed.message).toBe("subject\n\nbody\n\nsweepline not a header");
    expect(object?.id).toBe(commit);
  });
});

test("commits of any message are those of git commit-tree", () => {
  const { rig, opened } = sha1;
  const tree = rig.git("rev-parse", "HEAD^{tree}") as ObjectId;
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const message = text.replaceAll("\0", "");
      const commit = writeCommit(opened, { tree, parents: [], author, message });
      const body = `tree ${tree}\nauthor ${author}\ncommitter ${author}\n\n${message}`;
      expect(commit).toBe(gitWith(rig, ["hash-object", "-t", "commit", "--stdin"], body));
      expect(parseCommit(Buffer.from(body)).message).toBe(Buffer.from(message).toString());
    }),
    { numRuns: 25 },
  );
});

test("git's own commits are parsed: merges, signatures of many lines, no message", () => {
  const { rig } = sha1;
  const [a, b] = ["1".repeat(40), "2".repeat(40)];
  const signed = `tree ${a}\nparent ${a}\nparent ${b}\nauthor ${author}\ncommitter ${author}\ngpgsig -----BEGIN\n line\n parent ${a}\n -----END\n\nmessage`;
  expect(parseCommit(Buffer.from(signed))).toMatchObject({ parents: [a, b], message: "message" });
  expect(parseCommit(Buffer.from(`tree ${a}\nauthor ${author}\ncommitter x`))).toMatchObject({
    parents: [],
    committedAt: 0,
    message: "",
  });
  expect(rig.exists("a.txt")).toBe(true);
});

test("the committer is who git says it is", async () => {
  const { rig, opened } = sha1;
  expect(await committerIdentity(opened)).toBe("Tester <tester@example.com>");
  rig.git("config", "user.name", "Zoë O'Hara <x>");
  expect(await committerIdentity(opened)).toBe(rig.git("var", "GIT_COMMITTER_IDENT").replace(/ \d+ [+-]\d{4}$/, ""));
  rig.git("config", "--unset", "user.name");
});

test("nobody's name is known, or git can't tell for another reason", async () => {
  const { rig, opened } = makeOpened();
  rig.git("config", "user.name", "");
  await expect(committerIdentity(opened)).rejects.toMatchObject({ code: "NO_IDENTITY" });
  appendFileSync(path.join(rig.folder, ".git", "config"), "[broken\n");
  await expect(committerIdentity(opened)).rejects.toMatchObject({ code: "GIT_FAILED" });
});

test.each([
  [0, "+0000"],
  [-330, "+0530"],
  [210, "-0330"],
])("a stamp %d minutes west of Greenwich ends with %s", (minutes, offset) => {
  const date = Object.assign(new Date("2024-01-15T12:00:00Z"), { getTimezoneOffset: () => minutes });
  expect(stamp("A <a@b>", date)).toBe(`A <a@b> 1705320000 ${offset}`);
});

test.each([
  ["group", 0o2070],
  ["1", 0o2070],
  ["all", 0o2077],
  ["0660", 0o2070],
])("with core.sharedRepository = %s others can add to new folders", (setting, bits) => {
  const { rig } = makeOpened();
  rig.git("config", "core.sharedRepository", setting);
  const opened = openRepository(rig.folder);
  const id = writeObject(opened, "blob", "shared");
  const folder = path.join(opened.commonDir, "objects", id.slice(0, 2));
  // Git gives all the right to read, and who shares the repository that to write.
  expect(statSync(folder).mode & bits).toBe(setting === "all" ? 0o2075 : bits);
  expect(statSync(path.join(folder, id.slice(2))).mode & 0o440).toBe(0o440);
});

let inTrees: Opened;
beforeAll(() => {
  inTrees = makeOpened({ "a.txt": "one\n", "a/b.txt": "two\n", "a/deep/c.txt": "3\n", "a-b": "4\n", a0: "5\n" });
});

/** The same by git's own index. */
function expected({ rig }: Opened, base: string | undefined, files: readonly FileInTree[]): string {
  rig.git("read-tree", ...(base === undefined ? ["--empty"] : [base]));
  for (const { path, mode, id } of files) {
    rig.git("update-index", "--add", "--replace", "--cacheinfo", `${mode},${id},${path}`);
  }
  return rig.git("write-tree");
}

async function edited({ opened }: Opened, base: string | undefined, files: readonly FileInTree[]): Promise<string> {
  const objects = new CatFile(opened);
  const editor = new TreeEditor(opened, objects);
  try {
    const tree = await editor.treeWith(base as ObjectId | undefined, files);
    expect(await editor.treeWith(base as ObjectId | undefined, files)).toBe(tree);
    return tree;
  } finally {
    objects.close();
  }
}

test("files are laid over a tree as git does it: order, folders, modes, both formats of objects", async () => {
  const sets = [
    [],
    ["a.txt"],
    ["a/b.txt", "a/deep/new.txt"],
    ["new/folder/of/x", "new/folder.txt", "new/folder-x"],
    ["a"],
    ["a.txt/inside"],
    ["ünï/日本/🎉.txt", "-dash", "a b/c d", "tab\there", "zz"],
  ];
  for (const made of [inTrees, sha256]) {
    const blob = writeObject(made.opened, "blob", "new\n");
    const base = made.rig.git("rev-parse", "HEAD^{tree}");
    for (const paths of sets) {
      const files = paths.map((path, at): FileInTree => ({ path, mode: at === 1 ? "100755" : "100644", id: blob }));
      for (const from of [base, undefined])
        expect([paths, await edited(made, from, files)]).toEqual([paths, expected(made, from, files)]);
    }
    made.rig.git("fsck", "--strict");
  }
});

test("names that are no UTF-8 stay as they are, byte for byte", async () => {
  const blob = writeObject(inTrees.opened, "blob", "odd\n");
  const line = Buffer.concat([
    Buffer.from(`100644 blob ${blob}\t`),
    Buffer.from([0xff, 0xfe, 0x2e, 0x80]),
    Buffer.from("\0"),
  ]);
  const base = gitWith(inTrees.rig, ["mktree", "-z"], line);
  const tree = await edited(inTrees, base, [{ path: "b", mode: "100644", id: blob }]);
  const [first = "", second = ""] = inTrees.rig.git("ls-tree", tree).split("\n");
  expect(first).toContain("\tb");
  expect(second).toContain("\\377\\376.\\200");
});

import { renameSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CatFile } from "../../src/git/catfile.ts";
import type { ObjectId } from "../../src/git/ids.ts";
import { ObjectPool } from "../../src/git/object-pool.ts";
import { openRepository } from "../../src/git/repository.ts";
import { gitWith, makeOpened, type Opened } from "./repositories.ts";

let opened: Opened;
let catFile: CatFile;

beforeAll(() => {
  opened = makeOpened({ "a.txt": "one\n", "with space/b c.txt": "two\n", "ünï/日本.txt": "three\n", empty: "" });
  catFile = new CatFile(opened.opened);
});
afterAll(() => catFile.close());

const text = async (name: string) => (await catFile.read(name))?.content.toString();

describe("cat-file", () => {
  test("reads by revision and path, whatever the path holds", async () => {
    expect(await text("HEAD:a.txt")).toBe("one\n");
    expect(await text("HEAD:with space/b c.txt")).toBe("two\n");
    expect(await text("HEAD:ünï/日本.txt")).toBe("three\n");
    expect(await text("HEAD:empty")).toBe("");
  });

  test("tells the type and the whole id", async () => {
    const head = opened.rig.git("rev-parse", "HEAD");
    expect(await catFile.read("HEAD")).toMatchObject({ id: head, type: "commit" });
    expect(await catFile.read("HEAD^{tree}")).toMatchObject({ type: "tree" });
    opened.rig.git("tag", "-a", "v1", "-m", "one");
    expect(await catFile.read("v1")).toMatchObject({ type: "tag" });
  });

  test("has no answer for what is not there, and goes on", async () => {
    const zero = "0".repeat(40);
    const names = [zero, "HEAD:nosuch", "nosuch", "HEAD:a.txt/x", "", "a b", "HEAD:a.txt"];
    const found = await catFile.readAll(names);
    expect(found.map((object) => object?.type)).toEqual([...Array(6).fill(undefined), "blob"]);
  });

  test("a name with a newline or a NUL is no name: nothing is sent", async () => {
    expect(await catFile.readAll(["HEAD:a\nHEAD:a.txt", "HEAD:a\0", "HEAD:a.txt"])).toMatchObject([
      undefined,
      undefined,
      { type: "blob" },
    ]);
  });

  test("content that looks like an answer, or has no newline at its end, is only content", async () => {
    const id = "1".repeat(40);
    const contents = [`${id} blob 3\nabc\n`, "nosuch missing\n", "no end", "\n", Buffer.from([0, 255, 10, 0, 10])];
    const ids = contents.map((content) => gitWith(opened.rig, ["hash-object", "-w", "--stdin"], content));
    const found = await catFile.readAll(ids);
    expect(found.map((object) => object?.content)).toEqual(contents.map((content) => Buffer.from(content)));
  });

  test("reads megabytes whole", async () => {
    const big = Buffer.alloc(8 << 20, "0123456789abcdef\n");
    const id = gitWith(opened.rig, ["hash-object", "-w", "--stdin"], big);
    const [first, between, second] = await catFile.readAll([id, "HEAD:a.txt", id]);
    expect(first?.content.equals(big)).toBe(true);
    expect(between?.content.toString()).toBe("one\n");
    expect(second?.content.equals(big)).toBe(true);
  });

  test("5,000 questions at once get their own answers", async () => {
    const names = Array.from({ length: 5000 }, (_, index) =>
      index % 3 === 0 ? "HEAD:a.txt" : index % 3 === 1 ? `HEAD:no-${index}` : "HEAD:with space/b c.txt",
    );
    const found = await catFile.readAll(names);
    const expected = names.map((name, index) =>
      index % 3 === 1 ? undefined : name.includes("a.txt") ? "one\n" : "two\n",
    );
    expect(found.map((object) => object?.content.toString())).toEqual(expected);
  });

  test("a git that dies fails all open questions and all later ones", async () => {
    const dying = new CatFile(opened.opened);
    expect(await dying.read("HEAD:a.txt")).toMatchObject({ type: "blob" });
    const { child } = dying as unknown as { child: { pid: number } };
    process.kill(child.pid, "SIGSTOP");
    const open = dying.readAll(["HEAD", "HEAD:a.txt"]);
    process.kill(child.pid, "SIGKILL");
    await expect(open).rejects.toMatchObject({ code: "GIT_DIED" });
    await expect(dying.read("HEAD")).rejects.toMatchObject({ code: "GIT_DIED" });
  });

  test("after close nothing may be asked", async () => {
    const closed = new CatFile(opened.opened);
    closed.close();
    await expect(closed.read("HEAD")).rejects.toMatchObject({ code: "GIT_DIED" });
  });

  test("without git on the PATH it says so", async () => {
    const { PATH } = process.env;
    process.env.PATH = "/nowhere";
    try {
      await expect(new CatFile(openRepository(opened.rig.folder)).read("HEAD")).rejects.toMatchObject({
        code: "GIT_NOT_FOUND",
      });
    } finally {
      process.env.PATH = PATH;
    }
  });
});

test("of a partial clone whose remote is gone, what is here is read, and the rest is told", async () => {
  const { rig } = makeOpened({ a: "one\n", b: "two\n", c: "three\n" });
  rig.git("config", "uploadpack.allowFilter", "true");
  const clone = path.join(rig.root, "partial");
  rig.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", `file://${rig.folder}`, clone);
  rig.git("-C", clone, "cat-file", "-p", "HEAD:b");
  const ids = new Map(["a", "b", "c"].map((name) => [name, rig.git("rev-parse", `HEAD:${name}`).trim()]));
  renameSync(rig.folder, `${rig.folder}-gone`);
  const id = (name: string) => ids.get(name) ?? "";
  const partial = new CatFile(openRepository(clone));
  const found = await partial.readWithin(
    ["a", "b", "c", "HEAD"].map((name) => (name === "HEAD" ? name : id(name))),
    { each: 1000, all: 1000 },
  );
  expect(found).toMatchObject([{ isDistant: true }, { type: "blob" }, { isDistant: true }, { type: "commit" }]);
  await expect(partial.read(id("c"))).rejects.toMatchObject({ code: "GIT_OBJECT_DISTANT" });
  expect((await partial.read("HEAD:b"))?.content.toString()).toBe("two\n");
  partial.close();
  const pool = new ObjectPool(new CatFile(openRepository(clone)));
  await pool.loadBlobs([id("a"), id("b")] as ObjectId[]);
  expect(() => pool.blob(id("a") as ObjectId)).toThrow(/not in this partial clone/);
  expect(pool.blob(id("b") as ObjectId).toString()).toBe("two\n");
});

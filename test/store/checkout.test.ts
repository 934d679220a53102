import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openProject } from "../../src/project/open.ts";
import type { LinkType } from "../../src/project/project.ts";
import { objectPath, openCache } from "../../src/store/cache.ts";
import { checkoutData, planCheckout, relinkPath } from "../../src/store/checkout.ts";
import { commitData } from "../../src/store/commit.ts";
import { addToCache, hashData } from "../../src/store/data.ts";
import { placeObject } from "../../src/store/links.ts";
import { type Files, makeRepository } from "../rig/index.ts";

function makeCache(files: Files, linkTypes: readonly LinkType[] = ["copy"]) {
  const repository = makeRepository({ files, git: false });
  const cache = openCache(openProject(repository.folder, repository.env), { linkTypes });
  return { cache, at: (name: string) => path.join(repository.folder, name) };
}

const tree = { "d/a": "1", "d/sub/b": "2" };

describe("checkoutData", () => {
  it("brings back a file, writable", async () => {
    const { cache, at } = makeCache({ a: "hello" });
    const hash = await addToCache(cache, at("a"));
    unlinkSync(at("a"));
    expect(await checkoutData(cache, hash, at("a"))).toBe("added");
    expect(readFileSync(at("a"), "utf8")).toBe("hello");
    expect(statSync(at("a")).mode & 0o600).toBe(0o600);
  });

  it("keeps an executable file executable, and the object read-only", async () => {
    const { cache, at } = makeCache({ "run.sh": "echo" }, ["hardlink", "copy"]);
    chmodSync(at("run.sh"), 0o755);
    const hash = await addToCache(cache, at("run.sh"));
    unlinkSync(at("run.sh"));
    await checkoutData(cache, hash, at("run.sh"));
    expect(statSync(at("run.sh")).mode & 0o100).toBe(0o100);
    expect(statSync(objectPath(cache, hash.md5)).mode & 0o777).toBe(0o444);
  });

  it("brings back a folder and removes what is not in it, empty folders too", async () => {
    const { cache, at } = makeCache(tree);
    const hash = await addToCache(cache, at("d"));
    rmSync(at("d/sub"), { recursive: true });
    mkdirSync(at("d/other/deep"), { recursive: true });
    writeFileSync(at("d/other/deep/x"), "extra");
    expect(await checkoutData(cache, hash, at("d"))).toBe("modified");
    expect(await hashData(cache, at("d"))).toEqual(hash);
    expect(existsSync(at("d/other"))).toBe(false);
  });

  it("leaves unchanged files alone", async () => {
    const { cache, at } = makeCache(tree);
    const hash = await addToCache(cache, at("d"));
    writeFileSync(at("d/sub/b"), "changed");
    const before = statSync(at("d/a")).ino;
    await checkoutData(cache, hash, at("d"));
    expect(statSync(at("d/a")).ino).toBe(before);
    expect(await checkoutData(cache, hash, at("d"))).toBe("unchanged");
  });

  it("makes an empty folder", async () => {
    const { cache, at } = makeCache({});
    mkdirSync(at("d"));
    const hash = await addToCache(cache, at("d"));
    rmSync(at("d"), { recursive: true });
    expect(await checkoutData(cache, hash, at("d"))).toBe("added");
    expect(statSync(at("d")).isDirectory()).toBe(true);
  });

  it("replaces a folder by a file and a file by a folder", async () => {
    const { cache, at } = makeCache({ ...tree, f: "file" });
    const folder = await addToCache(cache, at("d"));
    const file = await addToCache(cache, at("f"));
    await checkoutData(cache, folder, at("f"));
    await checkoutData(cache, file, at("d"));
    expect(await hashData(cache, at("f"))).toEqual(folder);
    expect(readFileSync(at("d"), "utf8")).toBe("file");
  });
});

describe("checkoutData and what can't be trusted", () => {
  it("changes nothing when an object is missing", async () => {
    const { cache, at } = makeCache(tree);
    const hash = await addToCache(cache, at("d"));
    writeFileSync(at("d/a"), "mine");
    writeFileSync(at("d/extra"), "mine");
    rmSync(objectPath(cache, "c4ca4238a0b923820dcc509a6f75849b"));
    await expect(checkoutData(cache, hash, at("d"))).rejects.toMatchObject({ code: "CACHE_MISSING" });
    expect(readFileSync(at("d/extra"), "utf8")).toBe("mine");
  });

  it("does not write through a link that lies in the place of a folder", async () => {
    const { cache, at } = makeCache({ ...tree, "elsewhere/keep": "1" });
    const hash = await addToCache(cache, at("d"));
    rmSync(at("d/sub"), { recursive: true });
    symlinkSync(at("elsewhere"), at("d/sub"));
    await checkoutData(cache, hash, at("d"));
    expect(existsSync(at("elsewhere/b"))).toBe(false);
    expect(lstatSync(at("d/sub")).isDirectory()).toBe(true);
  });

  it("finds a broken object, removes it and says so", async () => {
    const { cache, at } = makeCache({ a: "hello" });
    const hash = await addToCache(cache, at("a"));
    const object = objectPath(cache, hash.md5);
    unlinkSync(at("a"));
    unlinkSync(object);
    writeFileSync(object, "HELLO!");
    await expect(checkoutData(cache, hash, at("a"))).rejects.toMatchObject({ code: "CACHE_OBJECT_BROKEN" });
    expect(existsSync(object)).toBe(false);
    expect(existsSync(at("a"))).toBe(false);
  });

  it("refuses a folder's list whose paths lead out of it", async () => {
    const { cache, at } = makeCache({ a: "1" });
    await addToCache(cache, at("a"));
    const md5 = "0123456789abcdef0123456789abcdef.dir";
    const object = objectPath(cache, md5);
    mkdirSync(path.dirname(object), { recursive: true });
    writeFileSync(object, '[{"md5": "c4ca4238a0b923820dcc509a6f75849b", "relpath": "../../x"}]');
    await expect(checkoutData(cache, { md5, size: 1, nfiles: 1 }, at("d"))).rejects.toMatchObject({
      code: "CACHE_OBJECT_BROKEN",
    });
  });

  it("reads an object in the layout of DVC 2", async () => {
    const { cache, at } = makeCache({ ".dvc/cache/b1/946ac92492d2347c6235b4d2611184": "hello\n" });
    await checkoutData(cache, { md5: "b1946ac92492d2347c6235b4d2611184", size: 6 }, at("a"));
    expect(readFileSync(at("a"), "utf8")).toBe("hello\n");
  });

  it("knows a text of DVC 2 with Windows line ends as unchanged", async () => {
    // The MD5 of "hello\n": DVC 2 hashed without the carriage return.
    const { cache, at } = makeCache({ ".dvc/cache/b1/946ac92492d2347c6235b4d2611184": "hello\r\n" });
    const hash = { md5: "b1946ac92492d2347c6235b4d2611184", size: 7 };
    expect(await checkoutData(cache, hash, at("a"))).toBe("added");
    expect(readFileSync(at("a"), "utf8")).toBe("hello\r\n");
    expect(await checkoutData(cache, hash, at("a"))).toBe("unchanged");
  });
});

describe("planCheckout", () => {
  it("names files that would be lost, and only those", async () => {
    const { cache, at } = makeCache({ ...tree, saved: "in the cache" });
    const hash = await addToCache(cache, at("d"));
    await addToCache(cache, at("saved"));
    writeFileSync(at("d/a"), "changed by hand");
    writeFileSync(at("d/new"), "new");
    writeFileSync(at("d/safe"), "in the cache");
    const plan = await planCheckout(cache, { hash, destination: at("d") });
    expect([...plan.unsaved].sort()).toEqual([at("d/a"), at("d/new")]);
    expect(plan.counts).toEqual({ added: 0, modified: 1, deleted: 2 });
  });
});

describe("links", () => {
  it("commitData links the workspace to the cache, hard or symbolic", async () => {
    const hard = makeCache({ a: "1" }, ["hardlink"]);
    const hash = await commitData(hard.cache, hard.at("a"));
    expect(statSync(hard.at("a")).ino).toBe(statSync(objectPath(hard.cache, hash.md5)).ino);
    const symbolic = makeCache(tree, ["symlink"]);
    await commitData(symbolic.cache, symbolic.at("d"));
    expect(lstatSync(symbolic.at("d/sub/b")).isSymbolicLink()).toBe(true);
    expect(readFileSync(symbolic.at("d/sub/b"), "utf8")).toBe("2");
  });

  it("relinkPath makes copies of links again", async () => {
    const { cache, at } = makeCache(tree, ["symlink"]);
    const hash = await commitData(cache, at("d"));
    await relinkPath({ ...cache, linkTypes: ["copy"], probedLinks: new Map() }, { hash, destination: at("d") });
    expect(lstatSync(at("d/a")).isSymbolicLink()).toBe(false);
    expect(await hashData(cache, at("d"))).toEqual(hash);
  });

  it("a link that is there already is left alone", async () => {
    const { cache, at } = makeCache({ a: "1" }, ["hardlink"]);
    const hash = await commitData(cache, at("a"));
    const before = lstatSync(at("a")).ctimeMs;
    await relinkPath(cache, { hash, destination: at("a") });
    expect(lstatSync(at("a")).ctimeMs).toBe(before);
  });
});

describe("data of strangers", () => {
  it.each(["../x", ".git/hooks/x", "lnk/x", "."])("never writes to %s", async (name) => {
    const { cache, at } = makeCache({ a: "1" });
    symlinkSync("..", at("lnk"));
    const hash = await addToCache(cache, at("a"));
    await expect(planCheckout(cache, { hash, destination: at(name) })).rejects.toMatchObject({
      code: "OUTSIDE_PROJECT",
    });
    await expect(relinkPath(cache, { hash, destination: at(name) })).rejects.toMatchObject({ code: "OUTSIDE_PROJECT" });
  });

  it("makes links to a cache that was moved anew", async () => {
    const { cache, at } = makeCache(tree);
    const hash = await addToCache(cache, at("d"));
    unlinkSync(at("d/a"));
    symlinkSync(at("gone/files/md5/c4/ca4238a0b923820dcc509a6f75849b"), at("d/a"));
    expect((await planCheckout(cache, { hash: hash, destination: at("d") })).unsaved).toEqual([]);
    await checkoutData(cache, hash, at("d"));
    expect(readFileSync(at("d/a"), "utf8")).toBe("1");
  });

  it("says that another link to nothing would be lost", async () => {
    const { cache, at } = makeCache(tree);
    const hash = await addToCache(cache, at("d"));
    symlinkSync("nowhere", at("d/other"));
    expect((await planCheckout(cache, { hash: hash, destination: at("d") })).unsaved).toEqual([at("d/other")]);
  });
});

it("without a type of link that works, nothing is laid down", async () => {
  const { cache, at } = makeCache({ a: "1" }, ["copy"]);
  const { md5 } = await commitData(cache, at("a"));
  const placement = { object: objectPath(cache, md5), destination: at("b"), shown: "b", isExecutable: false };
  expect(() => placeObject({ ...cache, linkTypes: [], probedLinks: new Map() }, placement)).toThrow(
    expect.objectContaining({ code: "NO_LINK_TYPE" }),
  );
  expect(existsSync(at("b"))).toBe(false);
});

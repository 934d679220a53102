import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { openProject } from "../../src/project/open.ts";
import { hasData, missingObjects, objectPath, openCache } from "../../src/store/cache.ts";
import { addToCache, hashData } from "../../src/store/data.ts";
import { checkout, type Files, makeRepository } from "../rig/index.ts";

function makeCache(files: Files) {
  const repository = makeRepository({ files, git: false });
  const cache = openCache(openProject(repository.folder, repository.env));
  return { repository, cache, at: (name: string) => path.join(repository.folder, name) };
}

describe("addToCache", () => {
  it("stores a file under its MD5, read-only", async () => {
    const { cache, at } = makeCache({ a: "hello\n" });
    const hash = await addToCache(cache, at("a"));
    expect(hash).toEqual({ md5: "b1946ac92492d2347c6235b4d2611184", size: 6 });
    const object = objectPath(cache, hash.md5);
    expect(readFileSync(object, "utf8")).toBe("hello\n");
    expect(statSync(object).mode & 0o777).toBe(0o444);
  });

  it("stores a folder's files and then the list of them", async () => {
    const { cache, at } = makeCache({ "d/a.txt": "a\n", "d/b.txt": "b\n" });
    const hash = await addToCache(cache, at("d"));
    expect(hash).toEqual({ md5: "6ea46d53348e675e87743182f72de908.dir", size: 4, nfiles: 2 });
    expect(hasData(cache, hash.md5)).toBe(true);
  });

  it("copies a file that is too big to be read at once, and leaves nothing aside", async () => {
    const content = Buffer.alloc(3 << 20, "sweep");
    const { cache, at } = makeCache({ big: content });
    const hash = await addToCache(cache, at("big"));
    expect(readFileSync(objectPath(cache, hash.md5)).equals(content)).toBe(true);
    const leftovers = readdirSync(cache.folder, { recursive: true }).filter((name) => String(name).endsWith(".tmp"));
    expect(leftovers).toEqual([]);
  });

  it("names what is missing", async () => {
    const { cache, at } = makeCache({ "d/a": "1", "d/b": "2" });
    const { md5 } = await addToCache(cache, at("d"));
    const other = makeCache({}).cache;
    expect(missingObjects(other, md5)).toEqual([md5]);
  });

  it("refuses a path where nothing is", async () => {
    const { cache, at } = makeCache({});
    await expect(addToCache(cache, at("nosuch"))).rejects.toMatchObject({ code: "OUTPUT_MISSING" });
  });

  it("refuses a hash that would name a file elsewhere", () => {
    const { cache } = makeCache({});
    expect(() => objectPath(cache, "../../../../etc/passwd")).toThrow("not a hash");
  });
});

describe("hashData", () => {
  it("answers undefined where nothing is", async () => {
    const { cache, at } = makeCache({});
    expect(await hashData(cache, at("nosuch"))).toBeUndefined();
  });

  it("leaves out what .dvcignore names, in the folder's own parents too", async () => {
    const { cache, at } = makeCache({ ".dvcignore": "*.tmp\n/d/skip\n", "d/a": "1", "d/x.tmp": "2", "d/skip/b": "3" });
    expect(await hashData(cache, at("d"))).toMatchObject({ nfiles: 1, size: 1 });
  });

  it("follows a .dvcignore deeper down", async () => {
    const { cache, at } = makeCache({
      ".dvcignore": "*.log\n",
      "data/.dvcignore": "!keep.log\n",
      "data/d/keep.log": "1",
      "data/d/b.log": "2",
    });
    expect(await hashData(cache, at("data/d"))).toMatchObject({ nfiles: 1 });
  });
});

/** Bundles a worker that adds a file, so that it runs without a loader for TypeScript. */
async function bundleWorker(folder: string): Promise<string> {
  const outfile = path.join(folder, "worker.mjs");
  await build({
    stdin: {
      contents: `
        import { workerData, parentPort } from "node:worker_threads";
        import { rmSync } from "node:fs";
        import { openProject } from "./src/project/open.ts";
        import { openCache, objectPath } from "./src/store/cache.ts";
        import { addToCache } from "./src/store/data.ts";
        const { folder, env, file, rounds } = workerData;
        const seen = new Set();
        for (let round = 0; round < rounds; round++) {
          const cache = openCache(openProject(folder, env));
          const { md5 } = await addToCache(cache, file);
          seen.add(md5);
          // Another writer may have removed it first.
          if (round < rounds - 1) rmSync(objectPath(cache, md5), { force: true });
        }
        parentPort.postMessage([...seen]);`,
      resolveDir: checkout,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    logLevel: "error",
  });
  return outfile;
}

function answerOf(worker: Worker): Promise<string[]> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

describe("two writers of one object", () => {
  it("leave one whole object and nothing aside", async () => {
    const content = Buffer.alloc(1 << 19, "x");
    const { repository, cache, at } = makeCache({ same: content });
    const script = await bundleWorker(repository.root);
    const workerData = { folder: repository.folder, env: repository.env, file: at("same"), rounds: 20 };
    const workers = [0, 1].map(() => new Worker(script, { workerData }));
    const answers = await Promise.all(workers.map(answerOf));
    const { md5 } = await addToCache(cache, at("same"));
    expect(answers).toEqual([[md5], [md5]]);
    expect(readFileSync(objectPath(cache, md5)).equals(content)).toBe(true);
    const names = readdirSync(path.dirname(objectPath(cache, md5)));
    expect(names).toEqual([md5.slice(2)]);
  });
});

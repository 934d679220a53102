/** Objects between a cache and a remote: complete, verified, folder lists last, and again after any failure. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Project } from "../../../src/project/project.ts";
import { type Cache, hasData, openCache } from "../../../src/store/cache.ts";
import { addToCache } from "../../../src/store/data.ts";
import { hashBytes } from "../../../src/store/hash.ts";
import { folderRemote } from "../../../src/store/remotes/folder.ts";
import { existingObjects, objectKey } from "../../../src/store/remotes/keys.ts";
import { pullObjects } from "../../../src/store/remotes/pull-objects.ts";
import { pushObjects } from "../../../src/store/remotes/push-objects.ts";
import type { StorageRemote, TransferTasks } from "../../../src/store/remotes/types.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

function makeCache(): Cache {
  const root = makeTemporaryFolder();
  const config = {
    get: () => undefined,
    remotes: [],
    cacheTypes: ["copy"] as const,
    autostage: false,
    hardlinkLock: false,
    interactive: false,
    argumentStyle: { bool: "store_true" as const, list: "nargs" as const },
  };
  const dvcDir = path.join(root, ".dvc");
  const tmpDir = path.join(dvcDir, "tmp");
  const project: Project = { root, gitRoot: null, dvcDir, tmpDir, cacheDir: path.join(dvcDir, "cache"), config };
  return openCache(project);
}

/** Puts folders of files into a cache; answers the folders' hashes. */
async function addFolders(cache: Cache, folders: readonly (readonly string[])[]): Promise<string[]> {
  const hashes: string[] = [];
  for (const contents of folders) {
    const folder = path.join(makeTemporaryFolder(), "data");
    mkdirSync(folder);
    for (const [at, content] of contents.entries()) writeFileSync(path.join(folder, `file-${at}`), content);
    hashes.push((await addToCache(cache, folder)).md5);
    rmSync(folder, { recursive: true });
  }
  return hashes;
}

/** A remote whose Nth upload or download of a file fails. */
function failingAt(remote: StorageRemote, failure: number): StorageRemote {
  let calls = 0;
  const injected = () => Object.assign(new Error("EIO: injected"), { code: "EIO" });
  async function without<T>(
    items: readonly T[],
    tasks: TransferTasks,
    { keyOf, rest }: { keyOf(item: T): string; rest(items: readonly T[]): Promise<void> },
  ): Promise<void> {
    const broken = items.filter(() => ++calls === failure);
    for (const item of broken) await tasks.done(keyOf(item), injected());
    await rest(items.filter((item) => !broken.includes(item)));
  }
  return {
    ...remote,
    upload: (files, tasks) =>
      without(files, tasks, { keyOf: ({ key }) => key, rest: (good) => remote.upload(good, tasks) }),
    download: (keys, tasks) =>
      without(keys, tasks, { keyOf: (key) => key, rest: (good) => remote.download(good, tasks) }),
  };
}

const foldersOfFiles = fc.array(fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 4,
});

describe("transfers", () => {
  it("bring everything there and back, whatever fails on the way", async () => {
    await fc.assert(
      fc.asyncProperty(
        foldersOfFiles,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        async (...given) => {
          const [folders, failure, jobs] = given;
          const remote = folderRemote("store", makeTemporaryFolder());
          const cache = makeCache();
          const hashes = await addFolders(cache, folders);
          const first = await pushObjects(cache, failingAt(remote, failure), { jobs, hashes });
          // Whoever finds a folder's list in the remote finds its files too.
          const half = makeCache();
          await pullObjects(half, remote, { jobs, hashes });
          for (const md5 of hashes) {
            const isListed = (await existingObjects(remote, [md5])).has(md5);
            expect(hasData(half, md5)).toBe(isListed);
          }
          const second = await pushObjects(cache, remote, { jobs, hashes });
          expect(second.failed).toEqual([]);
          expect(first.failed.length).toBeLessThanOrEqual(1);
          const copy = makeCache();
          const broken = await pullObjects(copy, failingAt(remote, failure), { jobs, hashes });
          const whole = await pullObjects(copy, remote, { jobs, hashes });
          expect(whole.failed).toEqual([]);
          expect(whole.missing).toEqual([]);
          expect(broken.transferred + whole.transferred).toBe(first.transferred + second.transferred);
          for (const md5 of hashes) expect(hasData(copy, md5)).toBe(true);
          expect((await pushObjects(copy, remote, { jobs, hashes })).transferred).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("refuse a folder list that leads out of its folder, or whose bytes are others", async () => {
    const folder = makeTemporaryFolder();
    const remote = folderRemote("store", folder);
    const hostile = `[{"md5": "${"a".repeat(32)}", "relpath": "../../outside"}]`;
    const md5 = `${hashBytes(hostile)}.dir`;
    const file = path.join(folder, objectKey(md5));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, hostile);
    const cache = makeCache();
    const outcome = await pullObjects(cache, remote, { jobs: 1, hashes: [md5] });
    expect(outcome.transferred).toBe(0);
    expect(outcome.failed[0]?.message).toContain("is broken");
    expect(hasData(cache, md5)).toBe(false);
    expect(() => objectKey("../../etc/passwd")).toThrow(TypeError);
  });

  it("count what neither side has", async () => {
    const remote = folderRemote("store", makeTemporaryFolder());
    const hashes = ["0".repeat(32), `${"1".repeat(32)}.dir`];
    expect((await pushObjects(makeCache(), remote, { jobs: 1, hashes })).missing.toSorted()).toEqual(hashes);
    expect((await pullObjects(makeCache(), remote, { jobs: 1, hashes })).missing.toSorted()).toEqual(hashes);
  });
});

import { chmodSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openProject } from "../../src/project/open.ts";
import { type Cache, objectPath, openCache, readTree } from "../../src/store/cache.ts";
import { addToCache, hashData, hasSoundData } from "../../src/store/data.ts";
import { keptState } from "../../src/store/project-state.ts";
import type { FileState } from "../../src/store/state.ts";
import { makeRepository, makeTemporaryFolder } from "../rig/index.ts";

const long = 1_600_000_000;

interface Place {
  readonly folder: string;
  /** A cache as the next process opens it; `asked` are the files whose records it looks up. */
  open(): { readonly cache: Cache; readonly asked: string[] };
}

let place: Place;

function counted(state: FileState, asked: string[]): FileState {
  const get = (file: string) => {
    asked.push(file);
    return state.get(file);
  };
  return { digests: state.digests, get, set: (file, record) => state.set(file, record), close: () => state.close() };
}

beforeEach(() => {
  const repository = makeRepository();
  const states = makeTemporaryFolder();
  const folder = path.join(repository.folder, "d");
  for (let index = 0; index < 300; index++) {
    const file = path.join(folder, `part${index % 3}`, `${index}.txt`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${index}`);
    utimesSync(file, long, long);
  }
  place = {
    folder,
    open: () => {
      const asked: string[] = [];
      return { cache: openCache(openProject(repository.folder), { state: counted(keptState(states), asked) }), asked };
    },
  };
});

async function added(): Promise<string> {
  const { cache } = place.open();
  const { md5 } = await addToCache(cache, place.folder);
  cache.state.close();
  return md5;
}

describe("a folder of many files", () => {
  it("is known by all of them together", async () => {
    const md5 = await added();
    const { cache, asked } = place.open();
    expect(await hashData(cache, place.folder)).toEqual({ md5, size: 790, nfiles: 300 });
    expect(asked).toEqual([]);
  });

  const changes: Record<string, (folder: string) => void> = {
    "a file of other bytes": (folder) => writeFileSync(path.join(folder, "part0/0.txt"), "x"),
    "a file of the same size and age, put in place of another": (folder) => {
      const aside = path.join(folder, "../aside");
      writeFileSync(aside, "x");
      utimesSync(aside, long, long);
      renameSync(aside, path.join(folder, "part0/0.txt"));
    },
    "a new file": (folder) => writeFileSync(path.join(folder, "part1/new.txt"), "x"),
    "a file less": (folder) => rmSync(path.join(folder, "part2/2.txt")),
    "a file of another name": (folder) =>
      renameSync(path.join(folder, "part2/2.txt"), path.join(folder, "part2/2b.txt")),
    "a line of .dvcignore": (folder) => writeFileSync(path.join(folder, "../.dvcignore"), "2.txt\n"),
  };
  it.each(Object.keys(changes))("is hashed anew after a change: %s", async (what) => {
    const md5 = await added();
    changes[what]?.(place.folder);
    const now = await hashData(place.open().cache, place.folder);
    expect(now?.md5).not.toBe(md5);
    expect(now).toEqual(await hashData(openCache(openProject(path.dirname(place.folder))), place.folder));
  });

  it("is not believed where one of them was written just before", async () => {
    const file = path.join(place.folder, "part0/0.txt");
    writeFileSync(file, "a");
    const { mtime } = statSync(file);
    await added();
    const { cache, asked } = place.open();
    writeFileSync(file, "b");
    utimesSync(file, mtime, mtime);
    await hashData(cache, place.folder);
    expect(asked).not.toEqual([]);
  });
});

describe("the objects of a folder of many files", () => {
  async function soundNow(): Promise<{ sound: boolean; asked: number }> {
    const { cache, asked } = place.open();
    const sound = await hasSoundData(cache, tree);
    cache.state.close();
    return { sound, asked: asked.length };
  }
  let tree = "";
  let object = "";

  beforeEach(async () => {
    tree = await added();
    const { cache } = place.open();
    object = objectPath(cache, readTree(cache, tree)?.[7]?.md5 ?? "");
    expect(await soundNow()).toMatchObject({ sound: true });
    expect(await soundNow()).toEqual({ sound: true, asked: 0 });
  });

  it("are missed where one is gone", async () => {
    rmSync(object);
    expect(await soundNow()).toMatchObject({ sound: false });
  });

  it("are looked at where one is another", async () => {
    chmodSync(object, 0o644);
    writeFileSync(object, "other bytes");
    expect(await soundNow()).toMatchObject({ sound: false });
    expect(await soundNow()).toMatchObject({ sound: false });
  });

  it("are sound where one was only touched, which is read once", async () => {
    utimesSync(object, long, long);
    const touched = await soundNow();
    expect(touched.sound).toBe(true);
    expect(touched.asked).toBeGreaterThan(0);
    expect(await soundNow()).toEqual({ sound: true, asked: 0 });
  });
});

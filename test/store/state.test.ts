import { statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openProject } from "../../src/project/open.ts";
import { openCache } from "../../src/store/cache.ts";
import { hashData } from "../../src/store/data.ts";
import { keptState } from "../../src/store/project-state.ts";
import { type FileState, knownHash, memoryState, rememberHash } from "../../src/store/state.ts";
import { makeRepository, makeTemporaryFolder } from "../rig/index.ts";

const md5 = "0123456789abcdef0123456789abcdef";

function oldFile(content = "content"): string {
  const file = path.join(makeTemporaryFolder(), "file");
  writeFileSync(file, content);
  utimesSync(file, 1_600_000_000, 1_600_000_000);
  return file;
}

function statsOf(file: string) {
  return statSync(file, { bigint: true });
}

const kinds: readonly [string, () => FileState][] = [
  ["in memory", memoryState],
  ["kept between processes", () => keptState(makeTemporaryFolder())],
];

describe.each(kinds)("the file state %s", (_name, open) => {
  it("knows a file that did not change", () => {
    const state = open();
    const file = oldFile();
    rememberHash(state, file, { stats: statsOf(file), md5, hashedAtMs: Date.now() });
    expect(knownHash(state, file, statsOf(file))).toBe(md5);
    state.close();
  });

  it("does not know one of another time, size or inode", () => {
    const state = open();
    const file = oldFile();
    rememberHash(state, file, { stats: statsOf(file), md5, hashedAtMs: Date.now() });
    utimesSync(file, 1_600_000_001, 1_600_000_001);
    expect(knownHash(state, file, statsOf(file))).toBeUndefined();
    const other = oldFile();
    expect(knownHash(state, file, statsOf(other))).toBeUndefined();
    state.close();
  });

  it("does not believe a hash that was taken in the tick of the file's last write", () => {
    const state = open();
    const file = oldFile();
    const stats = statsOf(file);
    const writtenMs = Number(stats.mtimeNs / 1_000_000n);
    rememberHash(state, file, { stats, md5, hashedAtMs: writtenMs + 100 });
    expect(knownHash(state, file, stats)).toBeUndefined();
    rememberHash(state, file, { stats, md5, hashedAtMs: writtenMs + 2000 });
    expect(knownHash(state, file, stats)).toBe(md5);
    state.close();
  });
});

describe("keptState", () => {
  it("remembers for the next process, paths of any length", () => {
    const folder = makeTemporaryFolder();
    const file = oldFile();
    const long = `/${"x".repeat(3000)}`;
    const first = keptState(folder);
    for (const name of [file, long]) rememberHash(first, name, { stats: statsOf(file), md5, hashedAtMs: Date.now() });
    first.close();
    const second = keptState(folder);
    expect([file, long].map((name) => knownHash(second, name, statsOf(file)))).toEqual([md5, md5]);
  });

  it("works where it can't store anything: everything is hashed", () => {
    const folder = path.join(oldFile(), "below a file");
    const state = keptState(folder);
    const file = oldFile();
    expect(state.get(file)).toBeUndefined();
    rememberHash(state, file, { stats: statsOf(file), md5, hashedAtMs: Date.now() });
    expect(knownHash(state, file, statsOf(file))).toBe(md5);
    state.close();
  });

  it("makes no file before it is asked", () => {
    const folder = path.join(makeTemporaryFolder(), "state");
    keptState(folder).close();
    expect(statSync(folder, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe("hashData with a state", () => {
  it("sees a second write of the same size within one tick", async () => {
    const repository = makeRepository({ files: { f: "one" }, git: false });
    const cache = openCache(openProject(repository.folder, repository.env));
    const file = path.join(repository.folder, "f");
    const first = await hashData(cache, file);
    const { atime, mtime } = statSync(file);
    writeFileSync(file, "two");
    utimesSync(file, atime, mtime);
    expect(await hashData(cache, file)).not.toEqual(first);
  });

  it("reads an old file once: afterwards not even a content that was changed behind its back is seen", async () => {
    const repository = makeRepository({ files: { f: "one" }, git: false });
    const cache = openCache(openProject(repository.folder, repository.env));
    const file = path.join(repository.folder, "f");
    utimesSync(file, 1_600_000_000, 1_600_000_000);
    const first = await hashData(cache, file);
    writeFileSync(file, "two");
    utimesSync(file, 1_600_000_000, 1_600_000_000);
    expect(await hashData(cache, file)).toEqual(first);
  });
});

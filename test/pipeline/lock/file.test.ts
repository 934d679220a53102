import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scalar, Value } from "../../../src/base/value.ts";
import {
  emptyLock,
  formatLock,
  loadLock,
  lockedEntry,
  lockProblem,
  parseLock,
  readLockFile,
  withEntries,
  withoutEntry,
  writeLock,
} from "../../../src/pipeline/lock/file.ts";
import type { LockEntry, LockItem } from "../../../src/pipeline/types.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

const item: LockItem = { path: "a.txt", hash: "md5", md5: "b1946ac92492d2347c6235b4d2611184", size: 6 };

function entry(facts: Partial<LockEntry> = {}): LockEntry {
  return { cmd: "echo", deps: [], params: new Map(), outs: [item], ...facts };
}

async function lockOf(text: string) {
  const read = await parseLock(Buffer.from(text), "dvc.lock");
  if (read.kind !== "ok") throw new Error(`read as ${JSON.stringify(read)}`);
  return read.lock;
}

const twoStages = `schema: '2.0'
stages:
  first:
    cmd: echo 1
    outs:
    - path: a.txt
      hash: md5
      md5: b1946ac92492d2347c6235b4d2611184
      size: 6
  second@x:
    cmd: echo 2
`;

describe("withEntries", () => {
  it("puts a new stage at the end and a known one in its place, sorted by path", async () => {
    const lock = await lockOf(twoStages);
    const changed = withEntries(
      lock,
      new Map([
        ["new", entry()],
        [
          "first",
          entry({
            outs: [
              { ...item, path: "b" },
              { ...item, path: "a" },
            ],
          }),
        ],
      ]),
    );
    expect([...changed.stages.keys()]).toEqual(["first", "second@x", "new"]);
    expect(formatLock(changed)).toMatch(
      /first:\n {4}cmd: echo\n {4}outs:\n {4}- path: a\n[\s\S]*- path: b\n[\s\S]*second@x/,
    );
  });

  it("keeps the bytes of a stage whose entry is equal, however they are written", async () => {
    const unusual = twoStages.replace("cmd: echo 2", 'cmd: "echo 2" # by hand');
    const lock = await lockOf(unusual);
    expect(formatLock(withEntries(lock, new Map([["second@x", entry({ cmd: "echo 2", outs: [] })]])))).toBe(unusual);
    const changed = formatLock(withEntries(lock, new Map([["first", entry()]])));
    expect(changed).toContain('cmd: "echo 2" # by hand');
  });

  it("writes parameters: params.yaml first, keys sorted, nothing below them", () => {
    const params = new Map([
      [
        "b.yaml",
        new Map<Scalar, Value>([
          ["y", 1n],
          [
            "x",
            new Map<Scalar, Value>([
              ["b", 1n],
              ["a", 2n],
            ]),
          ],
        ]),
      ],
      ["a.json", new Map<Scalar, Value>([["k", null]])],
      ["params.yaml", new Map<Scalar, Value>([["lr", 1e-5]])],
    ]);
    expect(formatLock(withEntries(emptyLock, new Map([["s", entry({ params, outs: [] })]])))).toBe(
      "schema: '2.0'\nstages:\n  s:\n    cmd: echo\n    params:\n      params.yaml:\n        lr: 1e-05\n      a.json:\n        k:\n      b.yaml:\n        x:\n          b: 1\n          a: 2\n        y: 1\n",
    );
  });

  it("reads separators of lines and paragraphs as DVC writes them", async () => {
    const lines = ["s:", "  cmd: echo", "  deps:", "  - path: 'in\u2028         put'", "  params:", "    p.yaml:"];
    const text = [...lines, "      p: 'a\u2029          b'", ""].join("\n").replace(/^(?=.)/gm, "  ");
    const read = lockedEntry(await lockOf(`schema: '2.0'\nstages:\n${text}`), "s");
    expect(read?.deps[0]?.path).toBe("in\u2028put");
    expect(read?.params.get("p.yaml")?.get("p")).toBe("a\u2029b");
  });

  it("removes a stage", async () => {
    const lock = withoutEntry(await lockOf(twoStages), "first");
    expect(formatLock(lock)).toBe("schema: '2.0'\nstages:\n  second@x:\n    cmd: echo 2\n");
  });
});

describe("parseLock", () => {
  it("reads entries of DVC 2, without hash", async () => {
    const legacy = await lockOf(twoStages.replace("      hash: md5\n", ""));
    expect(lockedEntry(legacy, "first")?.outs[0]).not.toHaveProperty("hash");
  });

  it.each([
    [
      "tabs, flow style and no schema order",
      "stages: {a: {cmd: x, outs: [{path: p, md5: d41d8cd98f00b204e9800998ecf8427e, size: 0}]}}\nschema: '2.0'\n",
    ],
    ["another indentation", "schema: '2.0'\nstages:\n    a:\n        cmd: x\n"],
    ["Windows line ends", "schema: '2.0'\r\nstages:\r\n  a:\r\n    cmd: x\r\n"],
    ["an alias into another stage", "schema: '2.0'\nstages:\n  b:\n    cmd: &c x\n  a:\n    cmd: *c\n"],
    ["a block scalar", "schema: '2.0'\nstages:\n  a:\n    cmd: |-\n      x\n"],
    ["comments", "schema: '2.0'\n# by hand\nstages:\n  # the only one\n  a:\n    cmd: x\n"],
  ])("reads %s", async (_name, text) => {
    expect(lockedEntry(await lockOf(text), "a")?.cmd).toBe("x");
  });

  it("does not keep a stage in pieces that need each other", async () => {
    const lock = await lockOf("schema: '2.0'\nstages:\n  b:\n    cmd: &c x\n  a:\n    cmd: *c\n");
    const written = formatLock(withoutEntry(lock, "b"));
    expect(lockedEntry(await lockOf(written), "a")?.cmd).toBe("x");
  });

  it("keeps other keys of the file", async () => {
    const lock = await lockOf(`${twoStages}datasets:\n- name: d\n`);
    expect(formatLock(lock)).toBe(`${twoStages}datasets:\n- name: d\n`);
  });

  it("tells a conflict, a later schema and a broken file apart", async () => {
    const read = (text: string) => parseLock(Buffer.from(text), "dvc.lock");
    const conflict = twoStages.replace(
      "    cmd: echo 2\n",
      "<<<<<<< HEAD\n    cmd: echo 2\n=======\n    cmd: echo 3\n>>>>>>> x\n",
    );
    expect(await read(conflict)).toMatchObject({ kind: "conflicted", place: { line: 11, column: 1 } });
    expect(await read("schema: '3.0'\nstages: {}\n")).toEqual({ kind: "newer", schema: "3.0" });
    expect(await read("schema: '2.0'\nstages: [\n")).toMatchObject({ kind: "broken" });
    expect(await read("schema: '2.0'\nstages:\n  a: 3\n")).toMatchObject({ kind: "broken" });
    expect(await read("")).toMatchObject({ kind: "ok" });
    const broken = await read("schema: '2.0'\nstages:\n  a:\n    cmd: 'x\n");
    if (broken.kind !== "broken") throw new Error("not broken");
    expect(broken.place).not.toBeNull();
    expect(lockProblem(broken, "dvc.lock")).toMatchObject({ code: "LOCK_BROKEN" });
  });
});

describe("writeLock", () => {
  const file = () => path.join(makeTemporaryFolder(), "dvc.lock");

  it("writes nothing where the content is the same", async () => {
    const target = file();
    const lock = await lockOf(twoStages);
    expect(writeLock(target, lock)).toBe("created");
    utimesSync(target, 1_600_000_000, 1_600_000_000);
    expect(writeLock(target, lock)).toBe("unchanged");
    expect(statSync(target).mtimeMs).toBe(1_600_000_000_000);
  });

  it("keeps the file's mode", async () => {
    const target = file();
    writeFileSync(target, twoStages);
    chmodSync(target, 0o640);
    const read = await readLockFile(target);
    if (read.kind !== "ok") throw new Error(read.kind);
    expect(writeLock(target, withEntries(read.lock, new Map([["n", entry()]])))).toBe("updated");
    expect(statSync(target).mode & 0o777).toBe(0o640);
  });

  it("refuses a symbolic link", () => {
    const target = file();
    const other = file();
    writeFileSync(other, twoStages);
    symlinkSync(other, target);
    expect(() => writeLock(target, emptyLock)).toThrow("symbolic link");
    expect(lstatSync(target).isSymbolicLink()).toBe(true);
    expect(readFileSync(other, "utf8")).toBe(twoStages);
  });

  it("reads an absent file as absent", async () => {
    expect(await readLockFile(file())).toEqual({ kind: "absent" });
  });
});

const text = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.constantFrom("007", "a: b", "x".repeat(100), "a\nb", "'", "word ".repeat(30)),
);
const items = fc.uniqueArray(
  fc.record({ path: text, hash: fc.constant("md5" as const), md5: fc.constant(item.md5), size: fc.nat() }),
  { maxLength: 3, selector: (each) => each.path },
);
const entries = fc.record({
  cmd: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
  deps: items,
  params: fc
    .dictionary(text, fc.dictionary(text, fc.oneof(text, fc.bigInt(), fc.constant(null))))
    .map(
      (files) =>
        new Map(Object.entries(files).map(([name, keys]) => [name, new Map<Scalar, Value>(Object.entries(keys))])),
    ),
  outs: items,
});

describe("any lock file", () => {
  it("is read and written to the same bytes, and from its entries too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, entries), async (stages) => {
        const lock = withEntries(emptyLock, new Map(Object.entries(stages)));
        const written = formatLock(lock);
        const read = await lockOf(written);
        expect(formatLock(read)).toBe(written);
        const again = new Map([...read.stages].map(([name, stage]) => [name, stage.entry]));
        expect(formatLock(withEntries(emptyLock, again))).toBe(written);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a lock file that can't be used", () => {
  const written = (text: string): string => {
    const file = path.join(makeTemporaryFolder(), "dvc.lock");
    writeFileSync(file, text);
    return file;
  };

  it.each<[what: string, text: string, code: string, words: string]>([
    ["no mapping", "- a\n", "LOCK_BROKEN", "'dvc.lock' can't be read: it has no schema"],
    ["no schema", "stages: {}\n", "LOCK_BROKEN", "it has no schema"],
    ["an unknown schema", "schema: '1.5'\n", "LOCK_BROKEN", "schema '1.5' is not known"],
    ["a schema that is a number", "schema: 3.0\n", "LOCK_BROKEN", "schema '3' is not known"],
    ["a newer one", "schema: '3.0'\n", "LOCK_NEWER", "its schema 3.0 is newer than 2.0"],
    ["stages that are a list", "schema: '2.0'\nstages: [a]\n", "LOCK_BROKEN", "stages: a mapping was expected"],
    [
      "a stage that is none",
      "schema: '2.0'\nstages: {a: 1}\n",
      "LOCK_BROKEN",
      "stage 'a': not an entry of a lock file",
    ],
    ["broken YAML", "schema: '2.0'\nstages: [\n", "LOCK_BROKEN", "(line "],
    ["a conflict", `schema: '2.0'\n${"<".repeat(7)} HEAD\n`, "LOCK_CONFLICTED", "the marks of a Git conflict, line 2"],
  ])("%s", async (_what, text, code, words) => {
    await expect(loadLock(written(text), "dvc.lock")).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it("is not one that is absent, or in another style, whose other keys are kept", async () => {
    expect(await loadLock(path.join(makeTemporaryFolder(), "dvc.lock"))).toEqual(emptyLock);
    const lock = await loadLock(written("schema: '2.0'\nstages: {a: {cmd: x}}\ndatasets: {d: 1}\n"));
    expect([...lock.stages.keys()]).toEqual(["a"]);
    expect(formatLock(lock)).toBe("schema: '2.0'\nstages:\n  a:\n    cmd: x\ndatasets:\n  d: 1\n");
  });
});

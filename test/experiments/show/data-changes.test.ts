import { describe, expect, test } from "vitest";
import { dataChanges } from "../../../src/experiments/show/data-changes.ts";
import type { DataIndex, IndexedData } from "../../../src/experiments/show/data-index.ts";

const hash = (letter: string) => letter.repeat(32);

/** `{ f: "a", d: { x: "b" } }`: a file and a folder; null for a folder whose list is not to be had. */
function index(data: Readonly<Record<string, string | Readonly<Record<string, string>> | null>>): DataIndex {
  return new Map(
    Object.entries(data).map(([name, content]): [string, IndexedData] => {
      if (typeof content === "string") return [name, { md5: hash(content), files: undefined }];
      const files = content === null ? undefined : new Map(Object.entries(content).map(([k, v]) => [k, hash(v)]));
      const letter = content === null ? "9" : (Object.values(content).at(-1) ?? "0");
      return [name, { md5: `${hash(letter)}.dir`, files }];
    }),
  );
}

const told = (old: DataIndex, now: DataIndex, more: Partial<Parameters<typeof dataChanges>[2]> = {}) =>
  dataChanges(old, now, { depth: "files", targets: undefined, ...more })
    .filter(({ kind }) => kind !== "unchanged")
    .map(({ kind, path, oldPath }) => `${kind} ${oldPath === undefined ? "" : `${oldPath} -> `}${path}`);

describe("changes of tracked data", () => {
  test("files and folders, each with what is in it", () => {
    const old = index({ f: "a", d: { x: "b", y: "c" } });
    expect(told(old, index({ f: "d", d: { x: "b", z: "e" } }))).toEqual([
      "modified d/",
      "deleted d/y",
      "added d/z",
      "modified f",
    ]);
    expect(told(old, index({ f: "a" }))).toEqual(["deleted d/", "deleted d/x", "deleted d/y"]);
    expect(told(old, old)).toEqual([]);
  });

  test("what is in a folder of which nobody knows what it held", () => {
    const now = index({ d: { "s/t/x": "a", y: "b" } });
    expect(told(index({ d: null }), now)).toEqual([
      "modified d/",
      "unknown d/s/",
      "unknown d/s/t/",
      "unknown d/s/t/x",
      "unknown d/y",
    ]);
    expect(told(now, index({ d: null }))).toEqual(["modified d/"]);
    expect(told(index({ d: null }), index({}))).toEqual(["deleted d/"]);
    expect(told(index({ d: null }), now, { depth: "roots" })).toEqual(["modified d/"]);
  });

  test("what has the same content under another name was renamed, each once", () => {
    expect(told(index({ f: "a", g: "a" }), index({ h: "a" }))).toEqual(["deleted g", "renamed f -> h"].sort());
    expect(told(index({ d: { x: "b" } }), index({ e: { x: "b" } }))).toEqual([
      "renamed d/ -> e/",
      "renamed d/x -> e/x",
    ]);
  });

  test("a file that became a folder", () => {
    expect(told(index({ d: "a" }), index({ d: { x: "b" } }))).toEqual(["modified d/", "added d/x"]);
  });

  test("outputs only; only what is named", () => {
    const [old, now] = [index({ d: { x: "b" } }), index({ d: { x: "c" }, f: "a" })];
    expect(told(old, now, { depth: "roots" })).toEqual(["modified d/", "added f"]);
    expect(told(old, now, { targets: ["d/x"] })).toEqual(["modified d/x"]);
    expect(told(old, now, { targets: ["d"] })).toEqual(["modified d/", "modified d/x"]);
  });
});

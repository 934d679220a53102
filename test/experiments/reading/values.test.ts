/** Parameters and metrics of files that revisions hold: what is tracked of them, what is a metric, and DVC's names of failures. */
import { beforeAll, describe, expect, test } from "vitest";
import { toPlain } from "../../../src/base/value.ts";
import type { FileResult } from "../../../src/experiments/reading/types.ts";
import { DataFiles, missingFile } from "../../../src/experiments/reading/values.ts";

let files: DataFiles;
beforeAll(async () => {
  files = await DataFiles.open();
  await files.prepare(["a.json", "a.toml", "a.py"]);
});

let count = 0;
const source = (text: string) => ({ kind: "file" as const, id: `id${count++}`, bytes: Buffer.from(text) });
const plain = (result: FileResult): unknown => (result.kind === "data" ? toPlain(result.data) : result.type);
const text = "a:\n  b: 1\n  l: [1, {c: 2}]\n10: ten\n'x.y': dotted\nnull_one:\n";

test.each<[keys: readonly string[] | null, values: unknown]>([
  [null, { a: { b: 1, l: [1, { c: 2 }] }, 10: "ten", "x.y": "dotted", null_one: null }],
  [["a.b"], { a: { b: 1 } }],
  [["a.b", "a.l"], { a: { b: 1, l: [1, { c: 2 }] } }],
  [["a.l.0"], { a: { l: [1, { c: 2 }] } }],
  [["10"], { 10: "ten" }],
  [["x.y"], { "x.y": "dotted" }],
  [["null_one"], { null_one: null }],
  [["nope", "a.nope", "a.b.deeper", "11"], {}],
])("of the keys %j", (keys, values) => {
  expect(plain(files.params("p.yaml", source(text), keys))).toEqual(values);
});

test.each<[name: string, content: string, metrics: unknown]>([
  ["m.json", '{"acc": 1, "note": "a", "ok": true}', { acc: 1, note: "a", ok: true }],
  ["m.json", '{"l": [1], "n": null, "empty": {"l": []}, "deep": {"x": 1}}', { deep: { x: 1 } }],
  ["m.yaml", "0.5\n", 0.5],
  ["m.json", "[1, 2]", {}],
  ["m.json", "null", {}],
])("metrics of %s, %j", (name, content, metrics) => {
  expect(plain(files.metrics(name, source(content)))).toEqual(metrics);
});

describe("what can't be read", () => {
  test.each([
    ["m.json", "{", "JSONFileCorruptedError"],
    ["m.toml", "a = ", "TOMLFileCorruptedError"],
    ["m.py", "a = (", "PythonFileCorruptedError"],
    ["m.yaml", "a: [", "YAMLFileCorruptedError"],
    ["metrics", "a: [", "YAMLFileCorruptedError"],
  ])("%s is told as DVC tells it", (name, content, type) => {
    const broken = source(content);
    expect(plain(files.whole(name, broken))).toBe(type);
    expect(plain(files.params(name, broken, ["a"]))).toBe(type);
    expect(plain(files.metrics(name, broken))).toBe(type);
    expect(() => files.read(name, broken)).toThrow(expect.objectContaining({ code: "TEMPLATE_FILE_INVALID" }));
  });

  test("nor what is not there", () => {
    expect(missingFile("m.json")).toEqual({
      kind: "error",
      type: "FileNotFoundError",
      message: "'m.json' does not exist",
    });
    expect(files.read("p.yaml", { kind: "absent" } as never)).toBeUndefined();
  });
});

test("the same content is the very same result, and files that differ in a word are read right", () => {
  const first = source("lr: 0.1\nname: a\non: true\n");
  expect(files.whole("s.yaml", first)).toBe(files.whole("s.yaml", first));
  const values = ["lr: 0.25\nname: a\non: true\n", "lr: 3\nname: a\non: false\n", "lr: 3\nname: '5'\non: ~\n"].map(
    (each) => plain(files.whole("s.yaml", source(each))),
  );
  expect(values).toEqual([
    { lr: 0.25, name: "a", on: true },
    { lr: 3, name: "a", on: false },
    { lr: 3, name: "5", on: null },
  ]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMap, sameValue, type Value } from "../../../src/base/value.ts";
import type { FileResult } from "../../../src/experiments/reading/types.ts";
import { diffFiles } from "../../../src/experiments/show/diff.ts";
import { flattenMetrics } from "../../../src/experiments/show/flatten.ts";
import { parseTree } from "../../../src/git/object-pool.ts";
import { dataReader } from "../../../src/params/data-file.ts";
import { readSimilar } from "../../../src/yaml/similar.ts";

const readYaml = await dataReader("x.yaml");
const yaml = (text: string) => readYaml({ path: "x.yaml", bytes: Buffer.from(text) });
const file = (data: Value): FileResult => ({ kind: "data", data });

describe("similar parameter files", () => {
  const word = (text: string): Value => {
    const document = yaml(`word: ${text}\n`);
    return (isMap(document) ? document.get("word") : undefined) ?? null;
  };
  const similar = (before: string, text: string) => readSimilar(text, { text: before, value: yaml(before) }, word);
  const base = "# top\ntrain:\n  lr: 0.1   # rate\n  layers: [16, 32]\n  opt:\n    name: adam\nseed: 42\n";

  test("a few values are exchanged", () => {
    const text = base.replace("0.1", "0.25").replace("adam", "sgd").replace("42", "43");
    expect(sameValue(similar(base, text), yaml(text))).toBe(true);
  });

  test.each([
    ["a line more", `${base}x: 1\n`],
    ["another key", base.replace("seed", "sead")],
    ["a list", base.replace("[16, 32]", "[16, 64]")],
    ["a quoted value", base.replace("42", "'43'")],
    ["an anchor", base.replace("train:", "train: &a")],
  ])("%s is left to the parser", (_, text) => {
    expect(similar(base, text)).toBeUndefined();
  });

  test("a line that only looks like a value is left to the parser", () => {
    const before = "note: |\n  lr: 1\nlr: 1\n";
    expect(similar(before, "note: |\n  lr: 2\nlr: 1\n")).toBeUndefined();
  });

  test("it never says anything else than the parser", () => {
    const scalar = fc.constantFrom(
      "1",
      "1.0",
      "0.5",
      "1e3",
      "-7",
      "yes",
      "true",
      "null",
      "~",
      "abc",
      "1_000",
      "0x1f",
      "007",
      ".5",
      "1:2",
    );
    const key = fc.constantFrom("a", "b", "true", "on", "k-1");
    const line = fc.record({ indent: fc.constantFrom("", "  ", "    "), key, scalar });
    const shape = fc.array(line, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(shape, fc.array(scalar, { minLength: 6, maxLength: 6 }), (lines, others) => {
        const write = (choose: (index: number) => string) =>
          lines.map(({ indent, key: name }, index) => `${indent}${name}: ${choose(index)}\n`).join("");
        const [before, text] = [write((index) => lines[index]?.scalar ?? ""), write((index) => others[index] ?? "")];
        let value: Value;
        try {
          value = yaml(before);
        } catch {
          return;
        }
        const ours = readSimilar(text, { text: before, value }, word);
        if (ours !== undefined) expect(sameValue(ours, yaml(text))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test("trees as git writes them", () => {
  const entry = (mode: string, name: string) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.alloc(20, 0xab)]);
  const tree = parseTree(Buffer.concat([entry("100644", "ä b"), entry("40000", "d"), entry("120000", "l")]), 20);
  expect([...tree].map(([name, { kind }]) => [name, kind])).toEqual([
    ["ä b", "file"],
    ["d", "folder"],
    ["l", "link"],
  ]);
  expect(tree.get("d")?.id).toBe("ab".repeat(20));
});

test("metrics as one flat view", () => {
  const inner = new Map<string, Value>([["acc", 0.5]]);
  const view = flattenMetrics(
    new Map([
      [
        "m.json",
        file(
          new Map<string, Value>([
            ["nested", inner],
            ["loss", 1n],
            ["none", new Map()],
          ]),
        ),
      ],
      ["n.json", file(new Map<string, Value>([["loss", 2n]]))],
      ["single.json", file(3n)],
      ["broken.json", { kind: "error", type: "x", message: "y" } as const],
    ]),
  );
  expect([...view]).toEqual([
    ["nested.acc", 0.5],
    ["m.json:loss", 1n],
    ["n.json:loss", 2n],
    ["single.json", 3n],
  ]);
});

test("differences", () => {
  const old = new Map([
    [
      "p.yaml",
      file(
        new Map<string, Value>([
          ["a", 1n],
          ["b", true],
          ["c", [1n]],
          ["gone", "x"],
        ]),
      ),
    ],
  ]);
  const current = new Map([
    [
      "p.yaml",
      file(
        new Map<string, Value>([
          ["a", 1],
          ["b", false],
          ["c", [2n]],
          ["new", 2.5],
        ]),
      ),
    ],
  ]);
  const changes = diffFiles(old, current, "changed").get("p.yaml");
  expect([...(changes ?? [])]).toEqual([
    ["b", { old: true, new: false, difference: -1n }],
    ["c", { old: "[1]", new: "[2]", difference: undefined }],
    ["gone", { old: "x", new: null, difference: undefined }],
    ["new", { old: null, new: 2.5, difference: undefined }],
  ]);
  expect(diffFiles(old, current, "all").get("p.yaml")?.get("a")).toEqual({ old: 1n, new: 1, difference: 0 });
});

/** YAML as Python's readers take it; each value is recorded from ruamel.yaml or from OmegaConf's loader. */
import { describe, expect, test } from "vitest";
import { toPlain } from "../../../src/base/value.ts";
import { openParamFile } from "../../../src/params/data-file.ts";
import { plainValue } from "../../../src/params/text/located.ts";
import { parseYaml } from "../../../src/params/yaml/parse.ts";
import { yaml12 } from "../../../src/params/yaml/scalars.ts";
import { yaml11 } from "../../../src/params/yaml/yaml11.ts";

function read(text: string, rules = yaml12): unknown {
  const { root } = parseYaml({ path: "params.yaml", text }, rules);
  return root === undefined ? undefined : toPlain(plainValue(root));
}

describe("brackets and quotes whose lines are not indented more", () => {
  test.each([
    ["a:\n  b: [\n  8, 16\n  ]\n  c: 1\n", { a: { b: [8, 16], c: 1 } }],
    ["a:\n  b: [\n8,\n# note\n\n16]\n  c: 1\n", { a: { b: [8, 16], c: 1 } }],
    ["a:\n  b: {\n  x: 1,\n y: [2,\n3] }\n  c: 1\n", { a: { b: { x: 1, y: [2, 3] }, c: 1 } }],
    ['a:\n  b: "two\n  lines"\n  c: 1\n', { a: { b: "two lines", c: 1 } }],
    ["a:\n  b: 'two\n\nlines'\n  c: 1\n", { a: { b: "two\nlines", c: 1 } }],
    ['a:\n  b: "two\\\n lines: [ # x"\n  c: 1\n', { a: { b: "twolines: [ # x", c: 1 } }],
    ['- - [a\nb,\n"c\nd"]\n- e\n', [[["a b", "c d"]], "e"]],
    ["a: [x,\r\ny]\r\nb: 1\r\n", { a: ["x", "y"], b: 1 }],
    ["a: |\n  [x,\n  'y\nb: [1,\n2]\n", { a: "[x,\n'y\n", b: [1, 2] }],
  ])("%j", (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test("values are changed in their places", async () => {
    const text = "net:\n  dims: [\n  8, 16\n  ]\n  note: 'two\n  lines'\n  lr: 1\n";
    const file = await openParamFile({ path: "params.yaml", bytes: Buffer.from(text) });
    const edits = [
      { kind: "change", path: ["net", "dims", "1"], value: 32n, text: "net.dims.1=32" },
      { kind: "change", path: ["net", "lr"], value: 2n, text: "net.lr=2" },
    ] as const;
    expect(file.edit(edits)).toBe(text.replace("16", "32").replace("lr: 1", "lr: 2"));
  });

  test.each(["a: [1,\n--- 2]\n", "a:\n  b: [1,\n2\n  c: 1\n", "a: 'x\n"])("still refused: %j", (text) => {
    expect(() => read(text)).toThrow(/unable to read/);
  });

  test("many open brackets and quotes take no time that grows with their square", () => {
    const text = `a:\n  b: [\n${"1, 'x\ny',\n".repeat(20_000)}]\n  c: |\n${"    it's [\n".repeat(5000)}`;
    expect(read(text)).toMatchObject({ a: { c: "it's [\n".repeat(5000) } });
  });
});

describe("tags", () => {
  test.each([
    ["d: !!timestamp 2020-01-01\n", { d: "2020-01-01" }],
    ["d: !!binary aGk=\n", { d: "aGk=" }],
    ["d: !!binary |\n  aGkg\n  aGk=\n", { d: "aGkgaGk=" }],
    ["d: !!omap [a: 1, b: 2]\n", { d: { a: 1, b: 2 } }],
    [
      "d: !!pairs [a: 1, a: 2]\n",
      {
        d: [
          ["a", 1],
          ["a", 2],
        ],
      },
    ],
    ["d: !!set {a, b}\n", { d: { a: null, b: null } }],
    ["d: [a: 1, b]\n", { d: [{ a: 1 }, "b"] }],
    ["d: !!int ' 3'\n", { d: 3 }],
    ["d: !!null x\n", { d: null }],
  ])("for DVC: %j", (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test.each([
    [
      "d: !!omap\n- a: 1\n- b: 2\n",
      {
        d: [
          ["a", 1],
          ["b", 2],
        ],
      },
    ],
    [
      "d: !!pairs [a: 1, a: 2]\n",
      {
        d: [
          ["a", 1],
          ["a", 2],
        ],
      },
    ],
  ])("for Hydra: %j", (text, value) => {
    expect(read(text, yaml11)).toEqual(value);
  });

  test.each([
    ["d: !!timestamp 2020-01-01\n", "a date"],
    ["d: !!set {a}\n", "a set"],
    ["d: !!binary aGk=\n", "bytes"],
    ["d: !!omap [1]\n", "one key each"],
    ["d: !foo 1\n", "constructor"],
  ])("refused for Hydra: %j", (text, reason) => {
    expect(() => read(text, yaml11)).toThrow(reason);
  });
});

describe("merges", () => {
  const two = "x: &x {lr: 1}\ny: &y {wd: 2, lr: 3}\nz:\n  <<: *x\n  <<: *y\n  wd: 4\n";
  test("several << in a config: the later wins, a key keeps its first place", () => {
    const { root } = parseYaml({ path: "c.yaml", text: two }, yaml11);
    const z = root?.kind === "map" ? root.entries[2]?.node : undefined;
    expect(z?.kind === "map" && z.entries.map(({ key }) => key)).toEqual(["lr", "wd"]);
    expect(read(two, yaml11)).toMatchObject({ z: { lr: 3, wd: 4 } });
  });

  test("DVC takes one", () => {
    expect(() => read(two)).toThrow("duplicate merge key");
  });
});

test.each([
  [
    "%YAML 1.1\n---\na: 017\nb: yes\nc: 1:30\nd: 'yes'\ne: y\nf: 08\n",
    { a: 15, b: true, c: 90, d: "yes", e: true, f: "08" },
  ],
  ["%YAML 1.2\n---\na: 017\nb: yes\n", { a: 17, b: "yes" }],
  ["---\na: 017\nb: yes\n", { a: 17, b: "yes" }],
])("the version of the directive: %j", (text, value) => {
  expect(read(text)).toEqual(value);
});

test("a file of millions of values is refused before it is parsed", () => {
  expect(() => read(`[${"1,".repeat(2_000_001)}]`)).toThrow(expect.objectContaining({ code: "YAML_TOO_LARGE" }));
});

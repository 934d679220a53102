// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of parameter files look like that
/** Edits by example: what each leaves of the file, format by format. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Value } from "../../src/base/value.ts";
import { openParamFile, readDataFile } from "../../src/params/data-file.ts";
import { selectParams } from "../../src/params/select.ts";
import type { ParamEdit } from "../../src/params/types.ts";

function edit(text: string, value?: Value): ParamEdit {
  const kind = text.startsWith("++")
    ? "force-add"
    : text.startsWith("+")
      ? "add"
      : text.startsWith("~")
        ? "delete"
        : "change";
  const path = text
    .replace(/^[+~]+/, "")
    .replace(/=.*/, "")
    .split(".");
  return { kind, path, value, text };
}

async function edited(path: string, before: string | undefined, edits: readonly ParamEdit[]): Promise<string> {
  const bytes = before === undefined ? undefined : Buffer.from(before);
  return (await openParamFile({ path, bytes })).edit(edits);
}

const yaml = "# top\ntrain:\n  lr: 0.01  # rate\n  name: 'adam'\n  layers: [16, 32]\nseed: 42\n";

describe("YAML", () => {
  it.each<[string, string, ParamEdit, string]>([
    ["keeps the comment", yaml, edit("train.lr=0.1", 0.1), yaml.replace("0.01", "0.1")],
    ["keeps the quotes", yaml, edit("train.name=sgd", "sgd"), yaml.replace("adam", "sgd")],
    ["writes small floats for YAML 1.1 as well", yaml, edit("seed=1e-5", 1e-5), yaml.replace("42", "1.0e-05")],
    ["quotes what would be a boolean in YAML 1.1", yaml, edit("seed=yes", "yes"), yaml.replace("42", "'yes'")],
    ["leaves an equal value as it is written", "a: 0x10\n", edit("a=16", 16n), "a: 0x10\n"],
    ["keeps flow style", yaml, edit("+train.layers=[1,2,3]", [1n, 2n, 3n]), yaml.replace("16, 32", "1, 2, 3")],
    [
      "adds in the style around",
      "a:\n    b: 1\n",
      edit("+c={d:1}", new Map([["d", 1n]])),
      "a:\n    b: 1\nc:\n    d: 1\n",
    ],
    ["keeps CRLF and the missing end", "a: 1\r\nb: 2", edit("+c=3", 3n), "a: 1\r\nb: 2\r\nc: 3"],
    ["empties a mapping", "a:\n  b: 1\n", edit("~a.b"), "a: {}\n"],
    ["frees an alias", "a: &x 1\nb: *x\n", edit("b=2", 2n), "a: &x 1\nb: 2\n"],
    [
      "copies what an alias repeats, byte by byte",
      "d: &x {p: 1, q: 0x10}\nr: *x\n",
      edit("d.p=2", 2n),
      "d: &x {p: 2, q: 0x10}\nr: {p: 1, q: 0x10}\n",
    ],
    [
      "copies a block, too",
      "n:\n  d: &x\n    p: 1 # c\n    q: 0x10\nr: *x\ns: 1\n",
      edit("n.d=5", 5n),
      "n:\n  d: 5\nr:\n  p: 1 # c\n  q: 0x10\ns: 1\n",
    ],
    [
      "copies into the alias",
      "d: &x {p: 1, q: 0x10}\nr: *x\n",
      edit("r.p=2", 2n),
      "d: &x {p: 1, q: 0x10}\nr: {p: 2, q: 0x10}\n",
    ],
    ["hands an anchor on", "d: &x {p: 0x10}\nr: *x\ns: [*x]\n", edit("~d"), "r: &x {p: 0x10}\ns: [*x]\n"],
    ["takes an item's anchor along", "l: [&x 1, *x, *x]\nb: *x\n", edit("~l.0"), "l: [&x 1, *x]\nb: *x\n"],
    ["writes a list behind an item's anchor", "l:\n- &x 1\n", edit("l.0=[2]", [2n]), "l:\n- &x [2]\n"],
    ["hands a block's anchor on", "d: &x\n  p: 1\nr: *x\ns: *x\n", edit("~d"), "r: &x\n  p: 1\ns: *x\n"],
    ["keeps what an alias repeats", "a: &x 1\nb: *x\n", edit("a=2", 2n), "a: &x 2\nb: 1\n"],
    [
      "shadows a merged key",
      "b: &b\n  x: 1\nd:\n  <<: *b\n",
      edit("d.x=2", 2n),
      "b: &b\n  x: 1\nd:\n  <<: *b\n  x: 2\n",
    ],
    ["keeps the file's own interpolation", "a: 1\nb: ${a}\n", edit("a=2", 2n), "a: 2\nb: ${a}\n"],
    ["keeps a date", "a: 2024-01-02\nb: 1\n", edit("b=2", 2n), "a: 2024-01-02\nb: 2\n"],
    ["keeps the missing end of a last block text", "a: |\n  x", edit("+c=2", 2n), "a: |-\n  x\nc: 2"],
    ["keeps it from a text that becomes the last", "a: >+\n  x\nc: 2", edit("~c"), "a: >+\n  x\n"],
    ["takes out the item that was named", "l:\n- 1 # a\n- 1 # b\n", edit("~l.0"), "l:\n- 1 # b\n"],
  ])("%s", async (_name, before, change, after) => {
    expect(await edited("params.yaml", before, [change])).toBe(after);
  });

  it("makes a missing file", async () => {
    expect(await edited("params.yaml", undefined, [edit("+a.b=1", 1n)])).toBe("a:\n  b: 1\n");
    await expect(edited("params.yaml", undefined, [edit("a=1", 1n)])).rejects.toMatchObject({
      code: "PARAM_UNKNOWN_KEY",
    });
  });

  it("resolves interpolations of an override at once", async () => {
    const after = await edited("params.yaml", "a: 1\n", [
      edit("a=5", 5n),
      edit("+b=", "${a}"),
      edit("+c=", "v-${a}-\\${a}"),
    ]);
    expect(after).toBe("a: 5\nb: 5\nc: 'v-5-${a}'\n");
  });

  it("reads scalars as DVC does", async () => {
    const text = "[0o17, 017, 0x1F, 1_000, yes, 1e5, .5e3, .5e+3, .inf, ~, TRUE, 2024-01-02, 1., '1', !!float 1]";
    const expected = [
      15n,
      17n,
      31n,
      1000n,
      "yes",
      1e5,
      ".5e3",
      500,
      Number.POSITIVE_INFINITY,
      null,
      true,
      "2024-01-02",
      1,
      "1",
      1,
    ];
    expect(await readDataFile({ path: "p", bytes: Buffer.from(text) })).toEqual(expected);
  });
});

describe("other formats", () => {
  it.each<[string, string, ParamEdit, string]>([
    ["p.json", '{"a":1,"b":2.0}\n', edit("b=1.0", 1), '{"a":1,"b":1.0}\n'],
    ["p.json", '{\n  "a": 1\n}\n', edit("+b=x", "x"), '{\n  "a": 1,\n  "b": "x"\n}\n'],
    ["p.toml", "a = 1 # c\n[t]\nb = 'x'\n", edit("t.b=y", "y"), "a = 1 # c\n[t]\nb = 'y'\n"],
    ["p.toml", "[x.y]\nz = 1\n", edit("+x.w=1", 1n), "[x]\nw = 1\n\n[x.y]\nz = 1\n"],
    ["p.toml", "\n[k]", edit("k=6.5", 6.5), "k = 6.5\n\n"],
    ["p.py", 'class M:\n    name = "x"  # c\n', edit("M.name=y", "y"), 'class M:\n    name = "y"  # c\n'],
    ["p.py", "x = 1; y = 1\n", edit("y=2", 2n), "x = 1; y = 2\n"],
    ["p.py", "B = 32\n", edit("B=abc", "abc"), 'B = "abc"\n'],
    ["p.py", "class M:\n    a = 1\n", edit("~M.a"), "class M:\n    pass\n"],
    ["p.toml", "[t]\n  x = 1\n", edit("+t.n=1", 1n), "[t]\n  x = 1\n  n = 1\n"],
    [
      "p.toml",
      "[t]\n  [t.a]\n    x = 1\n",
      edit("+t.b", new Map([["x", [2n]]])),
      "[t]\n  [t.a]\n    x = 1\n\n  [t.b]\n    x = [2]\n",
    ],
    ["p.yaml", "l:\n    - 1\nb: 2\n", edit("b=[3]", [3n]), "l:\n    - 1\nb:\n    - 3\n"],
    ["p.toml", "m = [1, 2, # b\n  3, 4]\n", edit("~m.1"), "m = [1, # b\n  3, 4]\n"],
    ["p.yaml", "a: [1, # one\n  2]   # e\n", edit("~a.1"), "a: [1 # one\n  ]   # e\n"],
    ["p.yaml", "m: {x: 1, # x\n    y: 2, # y\n    z: 3}\n", edit("~m.x"), "m: { # x\n    y: 2, # y\n    z: 3}\n"],
    ["p.json", '{"m": [1, 2,\n  3]}', edit("~m.1"), '{"m": [1,\n  3]}'],
    ["p.py", "m = [1, 2, # b\n  3]\n", edit("~m.2"), "m = [1, 2 # b\n  ]\n"],
    ["p.py", "m = (1, # a\n  2)\n", edit("~m.1"), "m = (1, # a\n  )\n"],
    ["p.yaml", "m: [1,\n  2 ]\n", { ...edit("m=[3]", [3n]), kind: "extend-list" }, "m: [1,\n  2,\n  3 ]\n"],
  ])("%s %j", async (path, before, change, after) => {
    expect(await edited(path, before, [change])).toBe(after);
  });
});

const openings: readonly (readonly [string, string])[] = [
  ["p.toml", "'"],
  ["p.toml", '"""'],
  ["p.toml", '"""\n'],
  ["p.toml", "'''"],
  ["p.toml", "'''\n"],
  ["p.py", 'r"'],
  ["p.py", "u'"],
  ["p.py", '"""'],
  ["p.py", "r'''"],
  ["p.yaml", ">-"],
  ["p.yaml", "| # c"],
];

describe.each(openings)("a text of %s behind %j", (path, opening) => {
  const isBlock = path === "p.yaml";
  const separator = isBlock ? ": " : " = ";
  const closing = isBlock ? "\n  x" : `x${opening.replace(/^[a-z]|\n$/g, "")}`;
  const before = `a${separator}${opening}${closing}\nb${separator}1\n`;

  it("stays behind it", async () => {
    const after = await edited(path, before, [edit("a=y z", "y z"), edit("+c=2", 2n)]);
    expect(after).toBe(`${before.replace(/x/, "y z").replace("|", "|-")}c${separator}2\n`);
  });

  it("reads as any text that it becomes", async () => {
    const text = fc.string({ unit: fc.constantFrom("'", '"', "\\", "\n", "a", " ", "\t", "é", "\r", "#", "\u0085") });
    const check = async (wanted: string): Promise<void> => {
      const after = await edited(path, before, [edit("a=", wanted)]);
      const value = await readDataFile({ path, bytes: Buffer.from(after) });
      expect(value).toEqual(
        new Map<string, Value>([
          ["a", wanted],
          ["b", 1n],
        ]),
      );
    };
    await fc.assert(fc.asyncProperty(text, check), { numRuns: 60 });
  });
});

test("a TOML text of several lines has plain line ends, as DVC reads it", async () => {
  const bytes = Buffer.from('a = """x\r\n\\r\\ny"""\r\nb = "\\r\\n"\r\n');
  const value = new Map<string, unknown>([
    ["a", "x\n\r\ny"],
    ["b", "\r\n"],
  ]);
  expect(await readDataFile({ path: "p.toml", bytes })).toEqual(value);
  expect((await openParamFile({ path: "p.toml", bytes })).value).toEqual(value);
});

describe("refusals", () => {
  it.each<[string, string, string, ParamEdit]>([
    ["PARAM_UNKNOWN_KEY", "p.yaml", yaml, edit("train.lrr=1", 1n)],
    ["PARAM_UNKNOWN_KEY", "p.yaml", yaml, edit("train={new:1}", new Map([["new", 1n]]))],
    ["PARAM_EXISTS", "p.yaml", yaml, edit("+seed=1", 1n)],
    ["PARAM_VALUE_DIFFERS", "p.yaml", yaml, edit("~seed=43", 43n)],
    ["PARAM_BAD_KEY", "p.yaml", yaml, edit("seed={null:1}", [new Map([[null, 1n]])])],
    ["PARAM_BAD_INDEX", "p.yaml", yaml, edit("train.layers.2=1", 1n)],
    ["PARAM_KIND_CONFLICT", "p.yaml", yaml, edit("train=[1]", [1n])],
    ["TOML_NO_NULL", "p.toml", "a = 1\n", edit("a=null", null)],
    ["PYTHON_CLASS", "p.py", "class M:\n    a = 1\n", edit("~M")],
    ["JSON_DUPLICATE_KEY", "p.json", '{"a": 1, "a": 2}', edit("a=1", 1n)],
    ["PARAMS_MERGE_CONFLICT", "p.yaml", "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> b\n", edit("a=1", 1n)],
    ["YAML_INVALID", "p.yaml", "a: 1\na: 2\n", edit("a=1", 1n)],
    ["YAML_INVALID", "p.yaml", "a: 1\n---\nb: 2\n", edit("a=1", 1n)],
    ["YAML_INVALID", "p.yaml", "a:\n\tb: 1\n", edit("a=1", 1n)],
    ["PYTHON_INVALID", "p.py", "a = 1\n\tb = 2\n", edit("a=5", 5n)],
    ["PYTHON_INVALID", "p.py", "a = 1\nif a:\n    x = 1\n  y = 2\n", edit("a=5", 5n)],
    ["PYTHON_INVALID", "p.py", "if a:\n\tx = 1\n        y = 2\n", edit("+a=5", 5n)],
    ["PYTHON_INVALID", "p.py", "a = 1\n0777\n", edit("a=5", 5n)],
    ["PYTHON_INVALID", "p.py", 'a = 1\nb = "\\xZZ"\n', edit("a=5", 5n)],
    ["PARAMS_NOT_UTF8", "p.yaml", "", edit("a=1", 1n)],
  ])("%# %s in %s", async (code, path, before, change) => {
    const bytes = code === "PARAMS_NOT_UTF8" ? Buffer.from([0x61, 0xff]) : Buffer.from(before);
    await expect(openParamFile({ path, bytes }).then((file) => file.edit([change]))).rejects.toMatchObject({ code });
  });

  it("names the place, and the key that was meant", async () => {
    const failure = edited("p.yaml", yaml, [edit("train.lrr=1", 1n)]);
    await expect(failure).rejects.toMatchObject({
      hint: "Key 'lrr' is not in 'train' (p.yaml, line 3). Did you mean 'train.lr'?",
    });
    await expect(edited("p.yaml", "a: !my  1\n", [])).rejects.toThrow("line 1, column 4");
    await expect(edited("p.json", '{\n "a": x}', [])).rejects.toThrow("line 2, column 7");
  });
});

describe("tracked values", () => {
  it("are picked by key, group and file", async () => {
    const value = await readDataFile({ path: "p.yaml", bytes: Buffer.from(yaml) });
    expect([...selectParams(value, ["train.lr", "train.layers.0", "none"])]).toEqual([
      ["train.lr", 0.01],
      ["train.layers.0", 16n],
      ["none", undefined],
    ]);
    expect([...selectParams(value, null).keys()]).toEqual(["train", "seed"]);
  });
});

/** Which Python files are parameter files: those that CPython parses, and no others. */
import { describe, expect, it } from "vitest";
import type { Value } from "../../src/base/value.ts";
import { openParamFile, readDataFile } from "../../src/params/data-file.ts";

async function read(text: string): Promise<unknown> {
  return await readDataFile({ path: "p.py", bytes: Buffer.from(text) });
}

describe("Python that CPython refuses", () => {
  it.each<[string, string, number]>([
    ["an indent", "a = 1\n\tb = 2\n", 2],
    ["an indent of spaces", "a = 1\n  b = 2\n", 2],
    ["an unindent to no level", "a = 1\nif a:\n    x = 1\n  y = 2\n", 4],
    ["a block that is missing", "if a:\nx = 1\n", 2],
    ["tabs and spaces mixed", "if a:\n\tx = 1\n        y = 2\n", 3],
    ["an old octal number", "a = 1\n0777\n", 2],
    ["a number that runs into a word", "a = 1_000_\n", 1],
    ["an escape cut short", 'a = 1\nb = "\\xZZ"\n', 2],
    ["letters in bytes", "a = b'é'\n", 1],
    ["a string without an end", "a = 'x\nb = 1\n", 1],
    ["a bracket without an end", "a = [1,\nb = 2\n", 1],
    ["brackets that do not fit", "a = (1]\n", 1],
    ["a character of no token", "a = 1 ? 2\n", 1],
    ["an f-string's open brace", 'a = f"{x"\nb = 1\n', 1],
    ["a value as the target", "f() = 1\n", 1],
    ["a keyword behind a point", "x.return\n", 1],
    ["try alone", "try:\n    a = 1\n", 1],
    ["a decorator of an assignment", "@d\na = 1\n", 2],
    ["arguments in no order", "f(a=1, b)\n", 1],
    ["a Python 2 statement", 'print "a"\n', 1],
  ])("%s", async (_name, text, line) => {
    await expect(read(text)).rejects.toMatchObject({
      code: "PYTHON_INVALID",
      message: expect.stringMatching(`'p\\.py', line ${line}, column \\d+: `),
    });
  });
});

describe("Python that the parser's grammar lacks", () => {
  it.each([
    "def f():\n    yield\n    x = yield\n",
    "with f() as (x, y), g() as z: pass\nwith (a as b, c as d,): pass\n",
    "for x, *y in z: pass\n[x for x, *y in z]\nfor x in *a, b: pass\nx[*a]\n",
    "match x:\n    case str(): pass\n    case [b, *_, 'c' 'd']: pass\nmatch = case = 1\n",
    "lambda *, k: k\nlambda a, /, b: a\nprint >>f\nx = 1if y else 2\n",
    "f\"{x!r:>{w}} {d['k']} {{}}\" rf'\\{{[{x}]' f'{a['b']}'\n",
    "@a.b[c](d)\n@(lambda f: f)\ndef f(): pass\n",
    "if x: pass\n\f\n    # odd comment\nelse: y = 2 \\\n  + 3\n\t",
  ])("%j", async (text) => {
    expect(await read(`${text}\nLR = 0.1\n`)).toMatchObject(new Map([["LR", 0.1]]));
  });

  it("reads numbers that end with their point, and classes with decorators", async () => {
    const text = "A = 1.\n@dataclass\nclass C:\n    x: float = -2.\n    l = [0., 3.]\n";
    const values = new Map<string, unknown>([
      ["x", -2],
      ["l", [0, 3]],
    ]);
    expect(await read(text)).toEqual(
      new Map<string, unknown>([
        ["A", 1],
        ["C", values],
      ]),
    );
    const file = await openParamFile({ path: "p.py", bytes: Buffer.from(text) });
    const edit = { kind: "change", path: ["C", "x"], value: 4n, text: "C.x=4" } as const;
    expect(file.edit([edit])).toBe(text.replace("-2.", "4"));
  });
});

async function edited(before: string, path: string, value: Value): Promise<string> {
  const file = await openParamFile({ path: "p.py", bytes: Buffer.from(before) });
  return file.edit([{ kind: "change", path: path.split("."), value, text: `${path}=…` }]);
}

describe("tuples and sets", () => {
  it.each<[string, string, Value, string]>([
    ["T = (1, 0x10)  # c\n", "T.0", 9n, "T = (9, 0x10)  # c\n"],
    ["T = 1, 0x10\n", "T.0", 9n, "T = 9, 0x10\n"],
    ["T = (1, 0x10)\n", "T", [16n], "T = (0x10,)\n"],
    ["T = 1, 0x10\n", "T", [1n, 16n, 3n], "T = 1, 0x10, 3\n"],
    ["T = (1,)\n", "T", [7n, 2n], "T = (7, 2,)\n"],
    ["T = ()\n", "T", [1n], "T = (1,)\n"],
    ["T = (1, 2)\n", "T", [], "T = ()\n"],
    ["T = 1, 2\n", "T", [], "T = ()\n"],
    ["S = {1, 0x10}\n", "S", [16n], "S = {0x10}\n"],
    ["T = {'k': (1, 2)}\n", "T.k.1", 5n, "T = {'k': (1, 5)}\n"],
  ])("%j with %s=%s", async (before, path, value, after) => {
    expect(await edited(before, path, value)).toBe(after);
  });
});

describe("names whose value is no literal", () => {
  it.each([
    ["a = f()\n", "a", "line 1, column 5: 'a' is no literal"],
    ["a = [1,\n  x]\n", "a.0", "line 2, column 3: 'a' is no literal"],
    ["class C:\n  a: int\n", "C.a", "line 2, column 3: 'C.a' has no value"],
    ["b = 1\na += 1\n", "a", "line 2, column 1: 'a' is no literal"],
    ["a = b = 1\n", "b", "line 1, column 5: 'b' is assigned together with other names"],
  ])("%j", async (text, path, message) => {
    const code = "PARAM_NOT_LITERAL";
    await expect(edited(text, path, 1n)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("stands aside where the name has a literal, too", async () => {
    expect(await edited("a = 1\na += 1\n", "a", 5n)).toBe("a = 5\na += 1\n");
  });

  it("refuses a dictionary that has a key twice", async () => {
    const message = expect.stringContaining(
      'line 2, column 3: Python file structure is corrupted: found duplicate key "k", first on line 1',
    );
    await expect(read('D = {"k": 1,\n  "k": 2}\n')).rejects.toMatchObject({ code: "PYTHON_INVALID", message });
  });
});

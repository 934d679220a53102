/** Which Python files are parameter files: those that CPython parses, and no others. */
import { describe, expect, it } from "vitest";
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

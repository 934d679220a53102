/** A Python file of parameters: which expressions are values, and what an edit leaves of their text. */
import { describe, expect, test } from "vitest";
import { toPlain, type Value } from "../../../src/base/value.ts";
import { openParamFile, readDataFile } from "../../../src/params/data-file.ts";
import type { ParamEdit } from "../../../src/params/types.ts";
import { expandPoints } from "../../../src/sweep/expand.ts";

async function read(expression: string): Promise<unknown> {
  const value = await readDataFile({ path: "p.py", bytes: Buffer.from(`x = ${expression}\n`) });
  return (toPlain(value) as { x?: unknown }).x;
}

describe("values", () => {
  test.each<[expression: string, value: unknown]>([
    ["1_000", 1000],
    ["0x1F", 31],
    ["1.", 1],
    [".5e-1", 0.05],
    ["1_0.5", 10.5],
    ["-3", -3],
    ["+3", 3],
    ["- 1.5", -1.5],
    ["True", true],
    ["None", null],
    ["'a' \"b\"", "ab"],
    ["'a' 'b' f'{c}'", undefined],
    ["(1)", 1],
    ["((1))", 1],
    ["('a'\n  'b')", "ab"],
    ["(1,)", [1]],
    ["1, 2", [1, 2]],
    ["()", []],
    ["[1, [2]]", [1, [2]]],
    ["{'a': 1, 2: (3,)}", { a: 1, 2: [3] }],
    ["{}", {}],
    ["~3", undefined],
    ["-x", undefined],
    ["-'a'", undefined],
    ["not True", undefined],
    ["f(1)", undefined],
    ["{**a}", undefined],
    ["{1, 2}", [1, 2]],
    ["1 + 2", undefined],
    ["[i for i in a]", undefined],
  ])("%s", async (expression, value) => {
    expect(await read(expression)).toEqual(value);
  });
});

async function edited(text: string, ...overrides: readonly string[]): Promise<string> {
  const edits = (expandPoints(overrides).points[0]?.overrides ?? []).map(({ edit }) => edit);
  return (await openParamFile({ path: "p.py", bytes: Buffer.from(text) })).edit(edits);
}

describe("an edit", () => {
  test.each<[what: string, text: string, override: string, after: string]>([
    ["of a text keeps its quotes", 'x = "a"  # why\n', "x=b", 'x = "b"  # why\n'],
    ["of a value in parentheses", "x = (1)\n", "x=2", "x = (2)\n"],
    ["of one of several on a line", "x = 1; y = 2\n", "y=3", "x = 1; y = 3\n"],
    ["that takes away the first on a line", "x = 1; y = 2\n", "~x", "y = 2\n"],
    ["that takes away the last on a line", "x = 1; y = 2\n", "~y", "x = 1\n"],
    ["that takes away a line", "x = 1\ny = 2\n", "~x", "y = 2\n"],
    ["that takes away all of a class", "class A:\n    x = 1\n", "~A.x", "class A:\n    pass\n"],
    ["that adds to a class", "class A:\n    x = 1\n", "+A.y=2", "class A:\n    x = 1\n    y = 2\n"],
    ["that adds to the file", "x = 1\n", "+y=[1]", "x = 1\ny = [1]\n"],
    ["that adds to an empty file", "", "+y=1", "y = 1\n"],
    ["of a key in a dict", "d = {'a': 1, 'b': 2}\n", "d.b=3", "d = {'a': 1, 'b': 3}\n"],
  ])("%s", async (_what, text, override, after) => {
    expect(await edited(text, override)).toBe(after);
  });

  test.each<[what: string, text: string, edit: Partial<ParamEdit> & { readonly value: Value }, code: string]>([
    ["nan has no literal", "x = 1\n", { path: ["x"], value: Number.NaN }, "PYTHON_NO_NAN"],
    ["a name that is none", "x = 1\n", { kind: "add", path: ["a b"], value: 1n }, "PYTHON_BAD_NAME"],
    ["a class on one line", "class A: x = 1\n", { kind: "add", path: ["A", "y"], value: 1n }, "PYTHON_CLASS"],
  ])("refused: %s", async (_what, text, edit, code) => {
    const file = await openParamFile({ path: "p.py", bytes: Buffer.from(text) });
    const whole: ParamEdit = { kind: "change", path: [], text: "x=...", ...edit };
    expect(() => file.edit([whole])).toThrow(expect.objectContaining({ code }));
  });
});

test.each<[text: string, problem: string]>([
  ["try:\n    x = 1\n", "expected 'except' or 'finally' block"],
  ["def f(a=1, b): pass\n", "non-default argument follows default argument"],
  ["from a import b,\n", "trailing comma not allowed without surrounding parentheses"],
  ["raise A, B\n", "invalid syntax"],
  ["for 1 in x: pass\n", "nothing can be assigned to this"],
  ["if x:\n", "unexpected end of the file"],
  ["if x:\n        a = 1\n\tb = 2\n", "tabs"],
])("what Python would refuse is refused: %j", async (text, problem) => {
  await expect(readDataFile({ path: "p.py", bytes: Buffer.from(text) })).rejects.toThrow(problem);
});

/** One edit of a parameter file's value: what it leaves, and what is refused in which words (Hydra's, where it has any). */
import { describe, expect, test } from "vitest";
import { toPlain, type Value } from "../../src/base/value.ts";
import { applyEdits, type EditContext } from "../../src/params/apply-edits.ts";
import type { ParamEdit } from "../../src/params/types.ts";
import { expandPoints } from "../../src/sweep/expand.ts";

const map = (...entries: readonly (readonly [string, Value])[]): Map<string, Value> => new Map(entries);
const start = map(
  ["lr", 0.1],
  ["n", 1n],
  ["none", null],
  ["list", ["x", map(["k", "v"])]],
  ["empty", []],
  ["d", map(["e", "a long text ".repeat(10)], ["l", [1n, 2n]])],
);
const context: EditContext = { file: "params.yaml", state: "there", describe: (path) => `at ${path.join(".")}` };

function editOf(text: string): ParamEdit {
  const edit = expandPoints([text]).points[0]?.overrides[0]?.edit;
  if (edit === undefined) throw new TypeError(text);
  return edit;
}

const edited = (text: string, root: Value = start): unknown => toPlain(applyEdits(root, [editOf(text)], context));
const before = toPlain(start) as Record<string, unknown>;

test.each<[text: string, changed: object]>([
  ["n=2", { n: 2 }],
  ["list.0=y", { list: ["y", { k: "v" }] }],
  ["list.1.k=w", { list: ["x", { k: "w" }] }],
  ["+new.deep=1", { new: { deep: 1 } }],
  ["++n=2", { n: 2 }],
  ["+d={f:1}", { d: { ...(before.d as object), f: 1 } }],
  ["~d.l=[1,2]", { d: { e: (before.d as { e: string }).e } }],
  ["~d.l=[1.0,2]", { d: { e: (before.d as { e: string }).e } }],
  ["~list.0", { list: [{ k: "v" }] }],
  ["~list.1.k", { list: ["x", {}] }],
  ["list=extend_list(z)", { list: ["x", { k: "v" }, "z"] }],
  ["empty=extend_list([1,2])", { empty: [[1, 2]] }],
])("%s", (text, changed) => {
  expect(edited(text)).toEqual({ ...before, ...changed });
});

test("a delete takes a key whose value is as given, numbers by value", () => {
  const { n: _n, ...rest } = before;
  for (const text of ["~n", "~n=1", "~n=1.0", "~n=null"]) expect(edited(text)).toEqual(rest);
});

describe("refused", () => {
  test.each<[text: string, code: string, message: string]>([
    ["nope=1", "PARAM_UNKNOWN_KEY", "Could not override 'nope'."],
    ["d.x.y=1", "PARAM_UNKNOWN_KEY", "Could not override 'd.x.y'."],
    ["n='???'", "PARAM_MISSING_VALUE", "'???' marks a missing value and cannot be set"],
    ["+n=2", "PARAM_EXISTS", "An item is already at 'n'."],
    ["list.7=1", "PARAM_BAD_INDEX", "list index out of range"],
    ["empty.0=1", "PARAM_BAD_INDEX", "list index out of range"],
    ["list.k=1", "PARAM_BAD_INDEX", "'k'"],
    ["+x={null:1}", "PARAM_BAD_KEY", "Incompatible key type 'NoneType'"],
    ["~nope", "PARAM_UNKNOWN_KEY", "Could not delete from config. 'nope' does not exist."],
    ["~none", "PARAM_IS_NULL", "Could not delete from config. 'none' holds no value."],
    ["~n=2", "PARAM_VALUE_DIFFERS", "The value of 'n' is 1 and not 2."],
    [
      "~d.e=x",
      "PARAM_VALUE_DIFFERS",
      "The value of 'd.e' is 'a long text a long text a long text a long text a long text a long text a lo... and not 'x'.",
    ],
    ["~list=[x]", "PARAM_VALUE_DIFFERS", "The value of 'list' is ['x', {'k': 'v'}]"],
    ["nope=extend_list(1)", "PARAM_UNKNOWN_KEY", "Could not extend list. 'nope' does not exist."],
    ["n=extend_list(1)", "PARAM_KIND_CONFLICT", "Could not extend list. 'n' is 1, not a list."],
  ])("%s", (text, code, message) => {
    expect(() => edited(text)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  test("for a file that holds one value, and for an edit without a value", () => {
    expect(() => edited("n=1", 7n)).toThrow(expect.objectContaining({ code: "PARAM_NOT_A_MAPPING" }));
    const bare: ParamEdit = { kind: "change", path: ["n"], value: undefined, text: "n" };
    expect(() => applyEdits(start, [bare], context)).toThrow(expect.objectContaining({ code: "PARAM_NO_VALUE" }));
  });
});

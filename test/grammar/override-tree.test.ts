import { describe, expect, test } from "vitest";
import type { OverrideNode } from "../../grammar/override/ast.ts";
import { parseOverride } from "../../grammar/override/parse.ts";
import { printOverride } from "../../grammar/override/printer.ts";

function treeOf(text: string): OverrideNode {
  const outcome = parseOverride(text);
  if (!outcome.ok) throw new Error(outcome.issue.message);
  return outcome.tree;
}

describe("keys", () => {
  test.each([
    ["a=1", "", "a", "dotted", ["a"], null],
    ["+a.b.0=1", "+", "a.b.0", "dotted", ["a", "b", "0"], null],
    ["++$x=1", "++", "$x", "dotted", ["$x"], null],
    ["~db/mysql=x", "~", "db/mysql", "group", ["db", "mysql"], null],
    ["a@=1", "", "a", "dotted", ["a"], ""],
    ["db@p.q=1", "", "db", "dotted", ["db"], "p.q"],
    ["a[0].b=1", "", "a[0].b", "indexed", ["a", "0", "b"], null],
    ["=1", "", "", "dotted", [""], null],
  ] as const)("%s", (text, prefix, key, form, segments, packageName) => {
    const tree = treeOf(text);
    expect(tree.prefix).toBe(prefix);
    expect(tree.key).toMatchObject({ text: key, form, segments, package: packageName });
  });
});

describe("values", () => {
  test.each([
    ["k=", { kind: "empty" }],
    ["k=1_000", { kind: "int", source: "1_000" }],
    ["k=-1e-3", { kind: "float", source: "-1e-3" }],
    ["k=INF", { kind: "float", source: "INF" }],
    ["k=True", { kind: "bool", source: "True" }],
    ["k=null", { kind: "null", source: "null" }],
    ["k=nulls", { kind: "word", text: "nulls" }],
    ["k=1 2", { kind: "word", text: "1 2" }],
    ["k=a\\,b ", { kind: "word", text: "a,b", source: "a\\,b" }],
    ["k=a : b", { kind: "word", text: "a : b" }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an interpolation of the language
    ["k=x${a.b}", { kind: "word", text: "x${a.b}" }],
    ["k='a\\'b'", { kind: "quoted", text: "a'b", quote: "'" }],
    ["k='a\\\\'", { kind: "quoted", text: "a\\", quote: "'" }],
    ["k='a\\b'", { kind: "quoted", text: "a\\b" }],
    ["k=[1, a]", { kind: "list", items: [{ kind: "int" }, { kind: "word", text: "a" }] }],
    ["k={a:1,b:c:d}", { kind: "dict", entries: [{ value: { kind: "int" } }, { value: { text: "c:d" } }] }],
    ["k=a,[b]", { kind: "choices", items: [{ kind: "word" }, { kind: "list" }] }],
    ["k=f (1, x=2)", { kind: "call", name: "f", args: [{ name: null }, { name: "x" }] }],
  ])("%s", (text, value) => {
    expect(treeOf(text).value).toMatchObject(value);
  });

  test("a bare delete has none", () => {
    expect(treeOf("~k").value).toBeNull();
  });
});

test("spans cover what was typed", () => {
  const text = "k=[1, f( 'é' )]";
  const list = treeOf(text).value;
  expect(list).toMatchObject({ offset: 2, length: 13 });
  if (list?.kind !== "list") throw new Error("not a list");
  expect(list.items[1]).toMatchObject({ offset: 6, length: 8 });
});

test.each([
  ["k= [ 1 , { a : b } , f ( x = 1 ) ]", "k=[1,{a:b},f(x=1)]"],
  ["+a@b= 'x' , y z ", "+a@b='x',y z"],
  ["k='a\\\\\\'b'", "k='a\\\\\\'b'"],
])("prints %s without blanks that mean nothing", (text, printed) => {
  expect(printOverride(treeOf(text))).toBe(printed);
});

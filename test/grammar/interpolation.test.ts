// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of dvc.yaml are what is tested
import { Lexer } from "chevrotain";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTemplate } from "../../grammar/interpolation/parse.ts";
import { modes } from "../../grammar/interpolation/tokens.ts";

function parts(text: string): unknown {
  const result = parseTemplate(text);
  if (!result.ok) return result.issue;
  return result.template.parts.map((part) => (part.kind === "text" ? part.text : part.path));
}

describe("templates", () => {
  test.each([
    ["", []],
    ["plain $x", ["plain $x"]],
    ["${a}", [["a"]]],
    ["x${a.b[0][k]}y", ["x", ["a", "b", "0", "k"], "y"]],
    ["${ a . b }", [["a", "b"]]],
    ["\\${a} ${b}", ["${a} ", ["b"]]],
    ["$${a}", ["$", ["a"]]],
    ["${open", ["${open"]],
    ["${a\n}", ["${a\n}"]],
    ["${a}${b}", [["a"], ["b"]]],
  ])("%j", (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  test.each([
    ["${}", "REFERENCE_EMPTY", 2],
    ["x ${a..b}", "REFERENCE_INVALID", 6],
    ["${[0]}", "REFERENCE_INVALID", 2],
    ["${a[b}", "REFERENCE_INVALID", 5],
    ["${a.}", "REFERENCE_INVALID", 4],
  ])("%j is refused", (text, code, offset) => {
    expect(parts(text)).toMatchObject({ code, offset });
  });
});

test("any text parses or is refused with a place inside it; texts without references come out as they went in", () => {
  const piece = fc.constantFrom("${", "}", ".", "[", "]", "\\", "$", "{", "a", "\n", " ", "\u{1f600}");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const result = parseTemplate(text);
      if (result.ok) {
        if (!text.includes("${")) expect(parts(text)).toEqual(text === "" ? [] : [text]);
      } else expect(result.issue.offset).toBeLessThanOrEqual(text.length);
    }),
  );
});

test.each([
  ["${".repeat(1000), 1],
  ["${a ".repeat(1000), 1],
  [`${"${".repeat(1000)}\n${"${".repeat(1000)}`, 1],
  [`${"\\${ ${ ".repeat(1000)}`, 1],
  ["$\\".repeat(1000), 1],
  [`${"${".repeat(1000)}a}`, 1],
  ["${a}".repeat(1000), 1000],
])("what no brace closes is one stretch, however long (%#)", (text, count) => {
  const found = parts(text);
  if (Array.isArray(found)) expect(found).toHaveLength(count);
  else expect(found).toMatchObject({ code: "REFERENCE_INVALID" });
});

test("a line of open references is as many tokens as it is lines", () => {
  const lexer = new Lexer(modes, { positionTracking: "onlyOffset", ensureOptimizations: false });
  const tokens = (size: number): number => lexer.tokenize(`${"${".repeat(size)}\n`.repeat(3)).tokens.length;
  expect([tokens(10), tokens(10_000)]).toEqual([6, 6]);
});

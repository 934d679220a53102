// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of dvc.yaml are what is tested
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTemplate } from "../../grammar/interpolation/parse.ts";

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

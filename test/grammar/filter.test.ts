/** Conditions of --where: their tree, and what is said of a text that is none. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FilterNode } from "../../grammar/filter/ast.ts";
import { longestFilter, parseFilter } from "../../grammar/filter/parse.ts";

/** The tree with a bracket around each operation. */
function shown(node: FilterNode): string {
  switch (node.kind) {
    case "literal":
      return JSON.stringify(node.value);
    case "name":
      return node.name;
    case "list":
      return `[${node.items.map(shown).join(" ")}]`;
    case "not":
    case "minus":
      return `(${node.kind} ${shown(node.operand)})`;
    case "and":
    case "or":
      return `(${node.operands.map(shown).join(` ${node.kind} `)})`;
    case "compare":
      return `(${shown(node.left)} ${node.operator} ${shown(node.right)})`;
    case "arithmetic":
      return `(${shown(node.first)}${node.rest.map(({ operator, operand }) => ` ${operator} ${shown(operand)}`).join("")})`;
  }
}

function parsed(text: string): string {
  const result = parseFilter(text);
  return result.ok ? shown(result.filter) : `${result.issue.message} at ${result.issue.offset}+${result.issue.length}`;
}

describe("conditions", () => {
  test.each([
    ["accuracy > 0.95", "(accuracy > 0.95)"],
    ['acc>.9 and optimizer.name != "sgd"', '((acc > 0.9) and (optimizer.name != "sgd"))'],
    ["a == 1 or b == 2 and not c", "((a == 1) or ((b == 2) and (not c)))"],
    ["(a or b) and c", "((a or b) and c)"],
    ["a && b || !c", "((a and b) or (not c))"],
    ["a = 1", "(a == 1)"],
    ["a <> 'x'", '(a != "x")'],
    ["loss / epochs - 2*x < -1", "(((loss / epochs) - (2 * x)) < (minus 1))"],
    ["a in [1, 2,'x']", '(a in [1 2 "x"])'],
    ["a not in []", "(a not in [])"],
    ["name =~ '^v1\\.2\\d$'", '(name =~ "^v1\\\\.2\\\\d$")'],
    ['name !~ "it\'s \\"x\\""', '(name !~ "it\'s \\"x\\"")'],
    ["params.yaml:train.lr == 1e-3", "(params.yaml:train.lr == 0.001)"],
    ["dvclive/metrics-a.json:acc > 1", "(dvclive/metrics-a.json:acc > 1)"],
    ["`learning rate` == null", "(learning rate == null)"],
    ["created > now - 2h", "(created > (now - 7200))"],
    ["x == true and y == None", "((x == true) and (y == null))"],
    ["android and orange or inner or nothing", "((android and orange) or inner or nothing)"],
    ["0.01 < lr <= 1", "((0.01 < lr) and (lr <= 1))"],
    ["not 1 < a + 1 < b == c", "(not ((1 < (a + 1)) and ((a + 1) < b) and (b == c)))"],
    ["a in (1, 2) or b in ('x',)", '((a in [1 2]) or (b in ["x"]))'],
    ["a in (1)", "(a in 1)"],
    ["ünits.größe == 1", "(ünits.größe == 1)"],
  ])("%s", (text, tree) => {
    expect(parsed(text)).toBe(tree);
  });

  test.each([
    ["", "expected a name or a value, found the end at 0+0"],
    ["a >", "expected a name or a value, found the end at 3+0"],
    ["a > > b", "expected a name or a value, found '>' at 4+1"],
    ["a b", "expected an operator such as ==, <, and, or, found 'b' at 2+1"],
    ["a == 'x", "the quote ' is not closed at 5+1"],
    ["a # b", "a condition has no '#' here at 2+1"],
    ["(a", "expected an operator or a closing bracket, found the end at 2+0"],
  ])("refuses %j", (text, issue) => {
    expect(parsed(text)).toBe(issue);
  });
});

describe("what is written as in other languages gets a hint", () => {
  test.each([
    ["a > 1 AND b == 'AND'", "Write a > 1 and b == 'AND'"],
    ["a OR NOT b", "Write a or not b"],
    ["NOT a > 1", "Write not a > 1"],
    ["a IN [1]", "Write a in [1]"],
    ["a is None", "Write a == None"],
    ["a IS NOT NULL", "Write a != null"],
    ["a === 1", "Write a == 1"],
    ["a !== 1", "Write a != 1"],
    ["a == 1 & b", "Write `and`."],
    ["a == 1 | b", "Write `or`."],
    ["name like 'x%'", 'Patterns are written so: name =~ "^grid-".'],
    ["name contains 'x'", 'A part: "grid" in name. A pattern: name =~ "^grid-".'],
    ["a between 1 and 2", "Write 0.1 <= lr <= 0.2."],
    ["1 < (2 < a < 3) < 4", "Join comparisons with `and`."],
    ["a b", undefined],
    [`a AND b ${"or c ".repeat(100)}`, undefined],
  ])("%s", (text, hint) => {
    const result = parseFilter(text);
    expect(result.ok ? "read" : result.issue.hint).toBe(hint);
  });
});

describe("texts of anybody's", () => {
  test("brackets, 'not' and signs have a depth that is enough", () => {
    for (const open of ["(", "not ", "-", "["]) expect(parsed(`${open.repeat(2000)}a`)).toContain("nested more than");
    expect(parsed(`${"(".repeat(60)}a${")".repeat(60)}`)).toBe("a");
  });

  test("a chain may be as long as the text", () => {
    const many = Array.from({ length: 2500 }, (_, at) => `a${at}`);
    expect(parsed(many.join(" or ").slice(0, longestFilter - 10))).toMatch(/^\(a0 or/);
    expect(parsed(many.join("+").slice(0, longestFilter - 10))).toMatch(/^\(a0 \+/);
    expect(parsed(many.join("<").slice(0, longestFilter - 10))).toMatch(/^\(\(a0 < a1\) and/);
    expect(parsed("a".repeat(longestFilter + 1))).toContain("more than");
  });

  test("never throws, and its places lie within the text", () => {
    const piece = fc.constantFrom(
      "a",
      "1",
      '"',
      "'",
      "`",
      "(",
      ")",
      "[",
      "]",
      "and",
      " not ",
      "in",
      "=~",
      "-",
      ".",
      ":",
      "\\",
      " ",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join("")),
        ),
        (text) => {
          const result = parseFilter(text);
          const { offset, length } = result.ok ? result.filter : result.issue;
          return offset >= 0 && offset + length <= text.length;
        },
      ),
    );
  });
});

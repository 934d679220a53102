import { expect, test } from "vitest";
import { globMatcher } from "../../../src/sweep/functions/glob-match.ts";

test.each([
  ["*", "anything", true],
  ["", "", true],
  ["ad*", "adam", true],
  ["ad*", "sgd", false],
  ["*am*", "adamw", true],
  ["a?am", "adam", true],
  ["a?", "a", false],
  ["[ab]x", "bx", true],
  ["[!ab]x", "bx", false],
  ["[a-c]x", "bx", true],
  ["[]]", "]", true],
  ["[", "[", true],
  ["[a", "[a", true],
  ["a.b", "axb", false],
  ["A", "a", false],
  ["*a*b*c", "xxaxxbxxc", true],
])("%s against %s", (pattern, name, expected) => {
  expect(globMatcher(pattern)(name)).toBe(expected);
});

test("a pattern full of stars takes no exponential time", () => {
  expect(globMatcher("*a".repeat(200))("a".repeat(5000).concat("b"))).toBe(false);
});

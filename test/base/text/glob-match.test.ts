import { Session } from "node:inspector/promises";
import { expect, test } from "vitest";
import { globMatcher } from "../../../src/base/text/glob-match.ts";

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
  ["a.b-[[]x]", "a.b-[x]", true],
  ["a[!b]", "ab", false],
  ["[!]a]", "]", false],
  ["[]-]", "-", true],
  ["[c-a]", "b", false],
  ["[!c-a]", "b", true],
  ["[a-c-e]", "d", false],
  ["[a-c-e]", "-", true],
  ["[\\d]", "\\", true],
  ["[^a]", "a", true],
  ["?", "\n", true],
  ["?", "\u{1f600}", true],
  ["*", "a\nb", true],
  ["[a", "[a", true],
  ["a.b", "axb", false],
  ["A", "a", false],
  ["*a*b*c", "xxaxxbxxc", true],
])("%j against %j", (pattern, name, expected) => {
  expect(globMatcher(pattern)(name)).toBe(expected);
});

/** How often a function of this name, in a file of this name, is called meanwhile. */
async function callsOf(file: string, name: string, act: () => void): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  act();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const functions = result.find(({ url }) => url.endsWith(file))?.functions ?? [];
  return functions.find(({ functionName }) => functionName === name)?.ranges[0]?.count ?? 0;
}

test.each(["*a", "*?", "?*", "*[!b]", "*[a-z]a", "**a"])(
  "%s, many times: one look a pair of places at most",
  async (unit) => {
    for (const size of [12, 48, 192]) {
      const isMatch = globMatcher(`${unit.repeat(size)}b`);
      const steps = await callsOf("src/base/text/glob-match.ts", "matchesOne", () => isMatch("a".repeat(4 * size)));
      expect(steps).toBeGreaterThan(0);
      expect(steps).toBeLessThanOrEqual((unit.length * size + 2) * (4 * size + 1));
    }
  },
);

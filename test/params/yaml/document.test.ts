/** Texts that nest without end are refused by a count, before anything calls itself for each level. */
import { describe, expect, test } from "vitest";
import { tooDeepAt } from "../../../src/params/yaml/document.ts";
import { parseYaml } from "../../../src/params/yaml/parse.ts";

const lines = (levels: number, step: number) =>
  Array.from({ length: levels }, (_, at) => `${" ".repeat(at * step)}a:\n`).join("");

const shapes: Readonly<Record<string, (levels: number) => string>> = {
  brackets: (levels) => `a: ${"[".repeat(levels)}${"]".repeat(levels)}\n`,
  "brackets that stay open": (levels) => `a: ${"[".repeat(levels)}`,
  braces: (levels) => `a: ${"{b: ".repeat(levels)}1${"}".repeat(levels)}\n`,
  "lists on one line": (levels) => `a:\n  ${"- ".repeat(levels)}b\n`,
  "keys that are mappings": (levels) => `${"? ".repeat(levels)}b\n`,
  "one blank a level": (levels) => lines(levels, 1),
  "two blanks a level": (levels) => lines(levels, 2),
  "lists and mappings in turn": (levels) =>
    Array.from({ length: levels / 2 }, (_, at) => `${"  ".repeat(at)}- a:\n`).join(""),
};

describe.each(Object.entries(shapes))("%s", (_name, textOf) => {
  test.each([510, 2000, 20_000])("%s levels are refused", (levels) => {
    expect(() => parseYaml({ path: "p.yaml", text: textOf(levels) })).toThrow(
      expect.objectContaining({ code: "YAML_TOO_DEEP" }),
    );
  });

  test("400 levels are not", () => {
    expect(tooDeepAt(textOf(400))).toBeUndefined();
  });
});

test("many brackets beside each other, and long rules of dashes, are not deep", () => {
  const list = `a: [${"[1], ".repeat(5000)}]\n`;
  expect(tooDeepAt(list)).toBeUndefined();
  expect(tooDeepAt(`# ${"-".repeat(3000)}\na: 1\nb: |\n${" ".repeat(600)}text\n`)).toBeUndefined();
});

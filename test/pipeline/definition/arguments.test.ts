/** A mapping in a command as arguments, in each style that a project can ask for; the texts are DVC's. */
import { expect, test } from "vitest";
import type { Value } from "../../../src/base/value.ts";
import { argumentText, defaultArgumentStyle } from "../../../src/pipeline/definition/arguments.ts";

const map = (...entries: readonly (readonly [string, Value])[]): Map<string, Value> => new Map(entries);
const values = map(
  ["lr", 1],
  ["on", true],
  ["off", false],
  ["l", [1n, "a b", true]],
  ["none", []],
  ["d", map(["s", "x"])],
);

test.each<[list: "nargs" | "append", bool: "store_true" | "boolean_optional", text: string]>([
  ["nargs", "store_true", "--lr 1.0 --on --l 1 'a b' True --d.s x"],
  ["append", "store_true", "--lr 1.0 --on --l 1 --l 'a b' --l True --d.s x"],
  ["nargs", "boolean_optional", "--lr 1.0 --on --no-off --l 1 'a b' True --d.s x"],
])("%s, %s", (list, bool, text) => {
  expect(argumentText(values, { list, bool })).toBe(text);
});

test("a list in a list has no arguments", () => {
  for (const item of [[1n], map(["k", 1n])])
    expect(() => argumentText(map(["l", [item]]), defaultArgumentStyle)).toThrow(
      "Cannot interpolate nested iterable in 'l'",
    );
});

test("what is false everywhere, null, and nothing", () => {
  expect(argumentText(map(["l", [false, null]], ["n", null]), defaultArgumentStyle)).toBe("--l False None --n None");
  expect(argumentText(map(), defaultArgumentStyle)).toBe("");
});

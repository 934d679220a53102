/** Keys of `params:` that are patterns, as dpath reads them. */
import { expect, test } from "vitest";
import type { Value } from "../../src/base/value.ts";
import { isKeyPattern, paramsMatching, selectParams, trackedValue } from "../../src/params/select.ts";

const map = (entries: Record<string, Value>): Value => new Map(Object.entries(entries));
const values = map({
  data: map({ moons: map({ n: 1n }), circles: map({ n: 3n, "a*": 5n }) }),
  layers: [16n, map({ size: 32n })],
});

const found = (pattern: string) => paramsMatching(values, pattern).map(({ path }) => path.join("."));

test.each([
  ["data.moons", ["data.moons"]],
  ["data.m*", ["data.moons"]],
  ["data.*", ["data.moons", "data.circles"]],
  ["*.*.n", ["data.moons.n", "data.circles.n"]],
  ["data.[mx]oons.?", ["data.moons.n"]],
  ["layers.*", ["layers.0", "layers.1"]],
  ["layers.*.size", ["layers.1.size"]],
  ["**.size", ["layers.1.size"]],
  ["data.**.n", ["data.moons.n", "data.circles.n"]],
  ["data.moons.n.**", ["data.moons.n"]],
  ["**.**.n", []],
  ["nothing*", []],
])("%s stands for %j", (pattern, names) => {
  expect(found(pattern)).toEqual(names);
});

test("a key that is there is no pattern", () => {
  expect(isKeyPattern(values, "data.circles.a*")).toBe(false);
  expect(trackedValue(values, "data.circles.a*")).toBe(5n);
  expect(trackedValue(values, "data.moo*.n")).toBe(1n);
  expect(trackedValue(values, "data.x*")).toBeUndefined();
});

test("several matches are refused by name", () => {
  expect(() => selectParams(values, ["data.*"])).toThrow(
    "the parameter 'data.*' stands for several: data.moons, data.circles",
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isCount,
  isNumber,
  isRecord,
  isText,
  isTexts,
  oneOf,
  optional,
  parseJson,
  shaped,
  textLike,
} from "../../src/base/json.ts";

interface Place {
  readonly name: string;
  readonly at: number;
  readonly kind?: "file" | "folder";
}

const isPlace = shaped<Place>({ name: isText, at: isNumber, kind: optional(oneOf("file", "folder")) });

test.each([
  [{ name: "a", at: 1 }, true],
  [{ name: "a", at: 1, kind: "file", more: true }, true],
  [{ name: "a", at: 1, kind: "link" }, false],
  [{ name: "a", at: 1, kind: null }, false],
  [{ name: "a" }, false],
  [{ name: 1, at: 1 }, false],
  [null, false],
  [[], false],
  ["text", false],
])("%j is a place: %s", (value, verdict) => {
  expect(isPlace(value)).toBe(verdict);
});

test("guards say what they are named for", () => {
  expect([0, 7, -1, 0.5, Number.NaN, "1", 2 ** 53].map(isCount)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect([[], ["a"], ["a", 1], "a", undefined].map(isTexts)).toEqual([true, true, false, false, false]);
  expect([{}, [], null, undefined, 1].map(isRecord)).toEqual([true, false, false, false, false]);
  expect(["ab", "a", 1].map(textLike(/^..$/))).toEqual([true, false, false]);
});

test("JSON is read back, and anything else is nothing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseJson(text))).toBe(text);
    }),
  );
  expect(["", "{", "{'a': 1}", '{"a": 1} x', "undefined"].map(parseJson)).toEqual(new Array(5).fill(undefined));
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { cutToWidth, textWidth, wrapToWidth } from "../../src/report/width.ts";

test("lines are parted at blanks, long words where the line ends", () => {
  expect(wrapToWidth("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapToWidth("abcdefghij kl", 4)).toEqual(["abcd", "efgh", "ij", "kl"]);
  expect(wrapToWidth("", 4)).toEqual([""]);
});

test("no text is wider than it may be, and a wrapped one loses no letter", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 4, max: 30 }), (text, columns) => {
      expect(textWidth(cutToWidth(text, columns))).toBeLessThanOrEqual(columns);
      const lines = wrapToWidth(text, columns);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }),
  );
});

import { expect, test } from "vitest";
import { quotedList, someLines, someOf, wordList } from "../../../src/base/text/listing.ts";

test.each([
  [[], ""],
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
])("%j is %j", (words, text) => {
  expect(wordList(words)).toBe(text);
});

test("each between quotes", () => {
  expect(quotedList(["a", "b"])).toBe("'a' and 'b'");
});

test("no more than so many, and how many there are besides", () => {
  expect(someOf(["a", "b", "c"], 3)).toBe("a, b, c");
  expect(someOf(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
  expect(someLines(["a", "b"], 2)).toEqual(["a", "b"]);
  expect(someLines(["a", "b", "c"], 2)).toEqual(["a", "b", "... and 1 more"]);
});

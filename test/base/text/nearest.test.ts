import { expect, test } from "vitest";
import { nearest } from "../../../src/base/text/nearest.ts";

test.each([
  ["trian", ["train", "prepare"], ["train"]],
  ["bb", ["a", "b"], ["b"]],
  ["lr", ["learning_rate", "batch"], []],
  ["x", ["y"], []],
  ["s1", ["s2", "s3", "train"], ["s2", "s3"]],
  ["train", ["train", "trains"], ["train"]],
  ["abcdefgh", ["abcd"], []],
])("near to %s among %j: %j", (word, names, near) => {
  expect(nearest(word, names)).toEqual(near);
});

test("what is no name any more is near to nothing", () => {
  expect(nearest("a".repeat(100_000), ["a".repeat(99_999)])).toEqual([]);
});

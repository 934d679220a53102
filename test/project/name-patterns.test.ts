import { expect, test } from "vitest";
import { namesMatching } from "../../src/project/name-patterns.ts";

test("names that one of the patterns matches", () => {
  expect(namesMatching([/^(?:lr)/, /^(?:.*acc)/u], ["lr", "train.lr", "val.acc", "loss"])).toEqual(
    new Set(["lr", "val.acc"]),
  );
  expect(namesMatching([], ["lr"])).toEqual(new Set());
});

test("a search that would go on for years ends in words", () => {
  const search = () => namesMatching([/^(?:(a+)+b)/], [`${"a".repeat(60)}c`]);
  expect(search).toThrow(expect.objectContaining({ code: "BAD_OPTIONS" }));
});

/** linspace() and logspace(). */
import { expect, test } from "vitest";
import { spaced } from "../../../src/sweep/functions/spaced.ts";

test.each([
  ["linspace", 0, 1, 5, [0, 0.25, 0.5, 0.75, 1]],
  ["linspace", 0, 0.3, 4, [0, 0.1, 0.2, 0.3]],
  ["linspace", 1, -1, 3, [1, 0, -1]],
  ["linspace", 7, 9, 1, [7]],
  ["logspace", 1e-4, 0.1, 4, [0.0001, 0.001, 0.01, 0.1]],
  ["logspace", 100, 1, 3, [100, 10, 1]],
] as const)("%s(%j,%j,%j)", (name, from, to, count, items) => {
  expect(spaced(name, [from, to], count).items).toEqual(items);
});

test.each([
  ["linspace", 0, 1, 0],
  ["linspace", 0, 1, 100_001],
  ["linspace", 0, Number.POSITIVE_INFINITY, 3],
  ["logspace", 0, 1, 3],
  ["logspace", 1, -1, 3],
] as const)("refused: %s(%j,%j,%j)", (name, from, to, count) => {
  expect(() => spaced(name, [from, to], count)).toThrow(expect.objectContaining({ code: "SPACING" }));
});

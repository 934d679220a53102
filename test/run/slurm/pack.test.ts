/** How entries are packed into tasks. */
import { expect, test } from "vitest";
import { packed, packSize } from "../../../src/run/slurm/pack.ts";

test.each([
  [5, { entries: 40, expectedMs: 1, jobs: 2 }, 5],
  ["auto", { entries: 40, expectedMs: undefined, jobs: undefined }, 1],
  ["auto", { entries: 640, expectedMs: undefined, jobs: undefined }, 10],
  ["auto", { entries: 40, expectedMs: 10_000, jobs: undefined }, 6],
  ["auto", { entries: 40, expectedMs: 10_000_000, jobs: undefined }, 1],
  ["auto", { entries: 4, expectedMs: 10, jobs: 2 }, 2],
] as const)("a pack of %s, %j: %i", (packing, facts, size) => {
  expect(packSize(packing, facts)).toBe(size);
});

test("packs are whole but for the last", () => {
  expect(packed([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalOf, decimalText } from "../../../src/sweep/functions/decimal.ts";
import type { RangeBound, RangeSweep } from "../../../src/sweep/functions/elements.ts";
import { rangeElements, sortedRange } from "../../../src/sweep/functions/ranges.ts";

function range(start: RangeBound, stop: RangeBound, step: RangeBound): RangeSweep {
  return { kind: "range", start, stop, step, casts: [], order: "given", tags: [] };
}

test("float ranges take no drift: each value is the one that is written", () => {
  expect([...rangeElements(range(0n, 1n, 0.1))]).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
  expect([...rangeElements(range(0.1, 1n, 0.3))]).toEqual([0.1, 0.4, 0.7]);
  expect([...rangeElements(range(0n, 1e-5, 2e-6))]).toEqual([0, 2e-6, 4e-6, 6e-6, 8e-6]);
});

test("integers beyond 2^53 stay exact", () => {
  expect([...rangeElements(range(9007199254740993n, 9007199254740996n, 1n))]).toEqual([
    9007199254740993n,
    9007199254740994n,
    9007199254740995n,
  ]);
});

const bound = fc.integer({ min: -50, max: 50 });

test("sorting a range keeps its elements", () => {
  fc.assert(
    fc.property(bound, bound, bound, fc.constantFrom(1, 10), (start, stop, step, divisor) => {
      if (step === 0) return;
      const bounds = [start, stop, step].map((value) => (divisor === 1 ? BigInt(value) : value / divisor));
      const [from = 0n, to = 0n, by = 1n] = bounds;
      const given = [...rangeElements(range(from, to, by))];
      const ascending = [...given].sort((a, b) => Number(a) - Number(b));
      expect([...rangeElements(sortedRange(range(from, to, by), "ascending"))]).toEqual(ascending);
      expect([...rangeElements(sortedRange(range(from, to, by), "descending"))]).toEqual(ascending.reverse());
    }),
  );
});

test("decimals print as Python's", () => {
  expect([0.1, -2.5, 1e-7, 1e22, 0].map((value) => decimalText(decimalOf(value)))).toEqual([
    "0.1",
    "-2.5",
    "1E-7",
    "1E+22",
    "0.0",
  ]);
  expect(decimalText(decimalOf(12n))).toBe("12");
});

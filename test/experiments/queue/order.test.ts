import fc from "fast-check";
import { expect, test } from "vitest";
import { moved, shortened, sortByOrder } from "../../../src/experiments/queue/order.ts";

const items = (sequences: readonly number[]) => sequences.map((sequence) => ({ sequence }));
const numbers = (sorted: readonly { readonly sequence: number }[]) => sorted.map((item) => item.sequence);

test("moves to the front, to the end, and before another, in the order named", () => {
  const order = [1, 2, 3, 4, 5];
  expect(moved(order, [4, 2], { kind: "first" })).toEqual([4, 2, 1, 3, 5]);
  expect(moved(order, [4, 2], { kind: "last" })).toEqual([1, 3, 5, 4, 2]);
  expect(moved(order, [5, 1], { kind: "before", sequence: 3 })).toEqual([2, 5, 1, 3, 4]);
});

test("keeps only what sorting by number does not give, so new entries come last", () => {
  expect(shortened([1, 2, 3])).toEqual([]);
  expect(shortened([])).toEqual([]);
  expect(shortened([4, 1, 2, 3, 5])).toEqual([4]);
  const order = shortened([1, 3, 4, 2]);
  expect(numbers(sortByOrder(items([1, 2, 3, 4, 5]), order))).toEqual([1, 3, 4, 2, 5]);
});

test("sorts back to any order, whatever it was, and ignores entries that are gone", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50)), (order) => {
      const shuffled = [...order].sort((a, b) => (a % 7) - (b % 7));
      expect(numbers(sortByOrder(items(shuffled), shortened(order)))).toEqual(order);
      const rest = order.filter((sequence) => sequence % 3 !== 0);
      expect(numbers(sortByOrder(items(rest), shortened(order)))).toEqual(rest);
    }),
  );
});

/** Where spans are drawn: on one line they lie within one another or apart, whatever order their work took. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Lanes } from "../../../src/base/trace/lanes.ts";

interface Placed {
  readonly lane: number;
  readonly start: number;
  readonly end: number;
}

function nests(a: Placed, b: Placed): boolean {
  const apart = a.end <= b.start || b.end <= a.start;
  const within = (a.start <= b.start && b.end <= a.end) || (b.start <= a.start && a.end <= b.end);
  return apart || within;
}

const span = fc
  .tuple(fc.nat(50), fc.nat(20), fc.nat(2))
  .map(([start, length, lane]) => ({ start, end: start + length, lane }));

test("no two spans of a line cross", () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 60 }), (spans) => {
      const lanes = new Lanes();
      const inOrder = [...spans].sort((a, b) => a.end - b.end);
      const placed = inOrder.map(({ lane, start, end }) => ({ lane: lanes.place(lane, { start, end }), start, end }));
      for (const [at, a] of placed.entries())
        for (const b of placed.slice(0, at)) expect(a.lane !== b.lane || nests(a, b)).toBe(true);
    }),
  );
});

test("a span that fits stays on the line of its work", () => {
  const lanes = new Lanes();
  expect(lanes.place(3, { start: 1, end: 2 })).toBe(3);
  expect(lanes.place(3, { start: 2, end: 4 })).toBe(3);
  expect(lanes.place(3, { start: 3, end: 5 })).not.toBe(3);
  expect(lanes.place(3, { start: 0, end: 6 })).toBe(3);
});

test("a line of one's own is nobody else's until it is given back", () => {
  const lanes = new Lanes();
  const [first, second] = [lanes.take(), lanes.take()];
  expect(first).not.toBe(second);
  lanes.give(first);
  expect(lanes.take()).toBe(first);
});

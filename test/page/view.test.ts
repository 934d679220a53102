/** A view and its address. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { startView, type View, viewHash, viewOf } from "../../src/page/view.ts";

const texts = fc.string({ unit: "binary", maxLength: 12 });
const sets = fc.uniqueArray(texts, { maxLength: 3 }).map((items) => new Set(items));
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const brushes = fc
  .dictionary(texts, fc.array(fc.tuple(numbers, numbers), { maxLength: 2 }), { maxKeys: 2 })
  .map((brush) => new Map(Object.entries(brush)));

const views: fc.Arbitrary<View> = fc.record({
  where: texts,
  search: texts,
  sort: texts,
  order: fc.constantFrom("asc", "desc"),
  shown: sets,
  hidden: sets,
  metric: texts,
  x: texts,
  y: texts,
  curve: texts,
  open: texts,
  chosen: sets,
  brush: brushes,
});

test("any view comes back from its address", () => {
  fc.assert(
    fc.property(views, (view) => {
      expect(viewOf(`#${viewHash(view)}`)).toEqual(view);
    }),
  );
});

test("the first view has none, and an address that means nothing is one", () => {
  expect(viewHash(startView)).toBe("");
  expect(viewOf("#")).toEqual(startView);
  expect(viewOf("#brush=nonsense&brush=[1]&order=up&brush=[%22a%22,[%22b%22,1]]")).toEqual(startView);
});

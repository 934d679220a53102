import fc from "fast-check";
import { expect, test } from "vitest";
import { postOrder } from "../../../src/pipeline/graph/depth-first.ts";

const edges = (...rows: readonly (readonly [string, string])[]) => new Map(rows.map(([node, to]) => [node, [...to]]));

test("what a node leads to stands before it, and the starts in their order", () => {
  expect(postOrder(edges(["a", "bc"], ["b", "d"], ["c", "d"], ["d", ""]), "ab")).toEqual(["d", "b", "c", "a"]);
  expect(postOrder(edges(["a", ""], ["b", "a"]), "ba")).toEqual(["a", "b"]);
});

test("a circle is told, and passed over", () => {
  const circles: (readonly string[])[] = [];
  expect(postOrder(edges(["a", "b"], ["b", "c"], ["c", "b"]), "a", (nodes) => circles.push(nodes))).toEqual([
    "c",
    "b",
    "a",
  ]);
  expect(circles).toEqual([["b", "c"]]);
});

test("a chain of 100,000 takes no stack", () => {
  const chain = new Map(Array.from({ length: 100_000 }, (_, at) => [at, at === 0 ? [] : [at - 1]]));
  expect(postOrder(chain, [99_999])).toEqual([...chain.keys()]);
});

test("in any graph without circles, everything reached comes once, after what it leads to", () => {
  const graph = fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(graph, (rows) => {
      const lower = new Map(rows.map((row, at) => [at, row.filter((to) => to < at)]));
      const order = postOrder(lower, lower.keys());
      expect([...order].sort((a, b) => a - b)).toEqual([...lower.keys()]);
      for (const [at, row] of lower) for (const to of row) expect(order.indexOf(to)).toBeLessThan(order.indexOf(at));
    }),
  );
});

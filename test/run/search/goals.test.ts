import fc from "fast-check";
import { expect, test } from "vitest";
import { bestOf, constraintOf, lackingIn, valuesOf } from "../../../src/run/search/goals.ts";
import type { Goal } from "../../../src/run/stopping/rules.ts";

const loss: Goal = { metric: "loss", direction: "minimize" };
const accuracy: Goal = { metric: "accuracy", direction: "maximize" };

test("metrics are found by their name, with or without their file; what is no number counts as missing", () => {
  const metrics = new Map<string, number | string | bigint>([
    ["loss", 0.5],
    ["a.json:acc", 3n],
    ["b.json:acc", 4],
    ["test.f1", 0.25],
    ["word", "x"],
  ]);
  const value = (metric: string) => valuesOf([{ metric, direction: "minimize" }], metrics)?.[0];
  expect(["loss", "m.json:loss", "b.json:acc", "a.json:acc", "f1"].map(value)).toEqual([0.5, 0.5, 4, 3, 0.25]);
  expect(["acc", "word", "nothing"].map(value)).toEqual([undefined, undefined, undefined]);
  expect(valuesOf([loss, { metric: "nothing", direction: "minimize" }], metrics)).toBeUndefined();
});

test("a constraint holds where it is true; what is missing keeps none", () => {
  const constraint = constraintOf("latency < 100 and acc > 0.5");
  const holds = constraint.holdsFor;
  const lacking = (metrics: readonly string[]) =>
    lackingIn(new Map(metrics.map((name) => [name, 1])), { goals: [loss], constraints: [constraint] });
  expect(lacking(["acc"])).toEqual(["loss", "latency"]);
  expect(lacking(["m.json:loss", "acc", "latency"])).toEqual([]);
  expect(
    holds(
      new Map([
        ["latency", 90],
        ["acc", 0.75],
      ]),
    ),
  ).toBe(true);
  expect(
    holds(
      new Map([
        ["latency", 100],
        ["acc", 0.75],
      ]),
    ),
  ).toBe(false);
  expect(holds(new Map([["acc", 0.75]]))).toBe(false);
  expect(() => constraintOf("latency <")).toThrow(expect.objectContaining({ code: "FILTER_INVALID" }));
});

test("the best of one goal is one, of several all that nothing beats", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }))), (pairs) => {
      const rated = pairs.map((values) => ({ values }));
      const least = Math.min(...pairs.map(([first]) => first));
      expect(bestOf([loss], rated)).toEqual(rated.filter(({ values }) => values[0] === least).slice(0, 1));
      const beats = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]) =>
        a <= c && b >= d && (a < c || b > d);
      const front = new Set(bestOf([loss, accuracy], rated));
      for (const one of rated)
        expect(front.has(one)).toBe(!pairs.some((other) => beats(other, one.values as [number, number])));
    }),
  );
});

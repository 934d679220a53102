/** Points of the unit cube: reference values, evenness, and that they are the same again. */
import { describe, expect, test } from "vitest";
import { type SampleRequest, samplerNames, sampleShares } from "../../../src/sweep/samplers/samplers.ts";

const take = (count: number, facts: Partial<SampleRequest>, names = ["a", "b"]): readonly (readonly number[])[] => {
  const points = sampleShares(names, { sampler: "random", seed: undefined, count, ...facts });
  return Array.from({ length: count }, () => points.next().value);
};

test("halton begins as in books: bases 2 and 3", () => {
  const [first = [], second = [], third = []] = take(3, { sampler: "halton" });
  expect(first).toEqual([1 / 2, 1 / 3]);
  expect(second).toEqual([1 / 4, 2 / 3]);
  expect(third[0]).toBe(3 / 4);
  expect(third[1]).toBeCloseTo(1 / 9, 15);
});

describe.each(samplerNames)("%s", (sampler) => {
  test("lies in the cube, is the same again, and another for another seed", () => {
    const points = take(200, { sampler, seed: 1 }, ["a", "b", "c"]);
    expect(points.flat().every((value) => value >= 0 && value < 1)).toBe(true);
    expect(take(200, { sampler, seed: 1 }, ["a", "b", "c"])).toEqual(points);
    expect(take(200, { sampler, seed: 2 }, ["a", "b", "c"])).not.toEqual(points);
  });

  test("is even: each tenth of each dimension gets its share", () => {
    const points = take(1000, { sampler, seed: 5 });
    for (const dimension of [0, 1])
      for (let part = 0; part < 10; part++) {
        const inside = points.filter((point) => Math.floor((point[dimension] ?? 0) * 10) === part).length;
        // Of 1,000 draws at random, five standard deviations; the others are closer.
        expect(Math.abs(inside - 100)).toBeLessThan(sampler === "random" ? 48 : 12);
      }
  });
});

test.each(["random", "halton", "sobol"] as const)("the first points of %s stay when more are wanted", (sampler) => {
  for (const seed of [undefined, 3])
    expect(take(50, { sampler, seed }).slice(0, 20)).toEqual(take(20, { sampler, seed }));
});

test("a latin hypercube hits each stratum of each dimension once", () => {
  for (const count of [1, 7, 50]) {
    const points = take(count, { sampler: "lhs", seed: 9 });
    for (const dimension of [0, 1]) {
      const strata = points.map((point) => Math.floor((point[dimension] ?? 0) * count));
      expect(strata.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, part) => part));
    }
  }
});

test("what random draws for a key does not depend on the others", () => {
  const both = take(5, {}).map(([a]) => a);
  expect(take(5, {}, ["a"]).map(([a]) => a)).toEqual(both);
});

/** Sobol's sequence as SciPy's qmc.Sobol(scramble=False) gives it: recorded points by their index. */
import { expect, test } from "vitest";
import { sobol, sobolDimensions } from "../../../src/sweep/samplers/sobol.ts";
import recorded from "./data/sobol.json" with { type: "json" };

const take = (dimensions: number, count: number): readonly number[][] => {
  const points = sobol(dimensions);
  return Array.from({ length: count }, () => points.next().value);
};

test("the first points in two dimensions", () => {
  expect(take(2, 5)).toEqual([
    [0, 0],
    [0.5, 0.5],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.375, 0.375],
  ]);
});

test("all dimensions as recorded", () => {
  const points = take(sobolDimensions, 1024);
  for (const [index, point] of Object.entries(recorded)) expect(points[Number(index)]).toEqual(point);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatSignificant, roundDecimals } from "../../src/report/numbers.ts";

/** Printed by Python 3.11: the value, digits, f"{value:.{digits}g}", round(value, digits). */
const python: readonly (readonly [number, number, string, number])[] = [
  [0.9975, 2, "1", 1],
  [0.975, 2, "0.97", 0.97],
  [0.9983333333333333, 5, "0.99833", 0.99833],
  [0.1, 5, "0.1", 0.1],
  [1.03125, 5, "1.0312", 1.03125],
  [0.125, 2, "0.12", 0.12],
  [2.5, 1, "2", 2.5],
  [3.5, 1, "4", 3.5],
  [123456, 5, "1.2346e+05", 123456],
  [99999.9, 5, "1e+05", 99999.9],
  [0.0001, 5, "0.0001", 0.0001],
  [0.00001234, 3, "1.23e-05", 0],
  [-0.5, 5, "-0.5", -0.5],
  [1e22, 5, "1e+22", 1e22],
  [-1.5, 0, "-2", -2],
];

describe("numbers as Python rounds them", () => {
  test.each(python)("%f to %i", (value, digits, significant, rounded) => {
    if (digits > 0) expect(formatSignificant(value, digits)).toBe(significant);
    expect(roundDecimals(value, digits)).toBe(rounded);
  });

  test("what is no number", () => {
    expect([Number.NaN, Infinity, -Infinity, 0, -0].map((value) => formatSignificant(value, 5))).toEqual([
      "nan",
      "inf",
      "-inf",
      "0",
      "-0",
    ]);
  });

  test("17 digits are the number itself", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatSignificant(value, 17))).toBe(value);
      }),
    );
  });
});

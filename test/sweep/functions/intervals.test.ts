/** What is drawn from interval(). */
import { describe, expect, test } from "vitest";
import { intervalElement } from "../../../src/sweep/functions/intervals.ts";

const sweep = (start: bigint | number, end: bigint | number, ...tags: readonly string[]) =>
  ({ kind: "interval", start, end, tags }) as const;

describe("a value of an interval", () => {
  test.each([
    ["floats from its start", sweep(0, 10), 0, 0],
    ["up to its end", sweep(0, 10), 0.25, 2.5],
    ["six digits", sweep(0, 1), 1 / 3, 0.333333],
    ["backwards", sweep(10, 0), 0.25, 7.5],
    ["the logarithm evenly", sweep(1e-4, 1, "log"), 0.5, 0.01],
    ["whole numbers, the first", sweep(1n, 4n), 0, 1n],
    ["and the last", sweep(1n, 4n), 0.999, 4n],
    ["each its share", sweep(1n, 4n), 0.5, 3n],
    ["whole numbers by their logarithm", sweep(1n, 1000n, "log"), 0.5, 31n],
  ])("%s", (_what, interval, at, value) => {
    expect(intervalElement(interval, at)).toBe(value);
  });

  test("rounding does not lead out of it", () => {
    expect(intervalElement(sweep(0.12345678, 0.12345679), 0.5)).toBe(0.12345679);
  });

  test.each([sweep(0, 1, "log"), sweep(1, -1, "log")])("no logarithm of what is not above zero: %j", (interval) => {
    expect(() => intervalElement(interval, 0.5)).toThrow(expect.objectContaining({ code: "INTERVAL_NOT_POSITIVE" }));
  });
});

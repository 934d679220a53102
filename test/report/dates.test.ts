import { expect, test } from "vitest";
import { isoTime, shortTime } from "../../src/report/dates.ts";

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e18, 18446744073709551615n].map(Number))(
  "%d is no time",
  (seconds) => {
    expect(isoTime(seconds)).toBe(isoTime(0));
    expect(shortTime(seconds, new Date(2026, 0, 1))).toMatch(/^(?:Dec 31, 1969|Jan 01, 1970)$/);
  },
);

import { describe, expect, test } from "vitest";
import type { Value } from "../../../src/base/value.ts";
import type { Course } from "../../../src/experiments/show/course.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { courseCsv, courseCurves } from "../../../src/report/curves/course.ts";

function course(name: string, values: readonly (Value | undefined)[]): Course {
  const points = values.map((value, at) => ({
    rev: String(at).repeat(40) as ObjectId,
    timestamp: 1_700_000_000 + at,
    metrics: new Map(value === undefined ? [] : [[name, value]]),
  }));
  return { name: "c", points };
}

const size = { width: 20, height: 3 };

describe("metrics over checkpoints", () => {
  test("as CSV: the oldest first, with whole commits and exact numbers", () => {
    const rows = courseCsv(course("loss", [0.1 + 0.2, undefined, "=1+1"])).split("\r\n");
    expect(rows[0]).toBe("checkpoint,rev,Created,loss");
    expect(rows.slice(1, 4).map((row) => row.replace(/,\d{4}-.*?,/, ",T,"))).toEqual([
      `1,${"0".repeat(40)},T,0.30000000000000004`,
      `2,${"1".repeat(40)},T,`,
      `3,${"2".repeat(40)},T,'=1+1`,
    ]);
  });

  test("as a curve between the lowest and the highest value", () => {
    expect(courseCurves(course("n", [1n, 2n, 3n, 1n]), [], size)).toBe(
      ["n", "3 ┤   •", "  ┤  • │", "1 ┤ •  •", "", ""].join("\n"),
    );
  });

  test("a value that never changes is a line; what is no number is left out", () => {
    expect(courseCurves(course("n", [2n, undefined, 2n]), [], size)).toBe("n\n2 ┤ • •\n\n");
    expect(courseCurves(course("n", ["text", Number.NaN]), [], size)).toBe("");
    expect(courseCurves(course("n", [1n, 2n]), ["other"], size)).toBe("");
  });

  test("of many checkpoints each column has the last of its part", () => {
    const [, top = ""] = courseCurves(
      course(
        "n",
        Array.from({ length: 1000 }, (_, at) => at),
      ),
      [],
      size,
    ).split("\n");
    expect(top.length).toBeLessThanOrEqual(20);
    expect(top.endsWith("•")).toBe(true);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OpenPoint, type ReportLimit, renderReport, reportMarker } from "../../../src/ci/collect/report.ts";
import { planOfSize } from "../emission.ts";

const plan = planOfSize(5000);

function openPoints(count: number, message: string | undefined): OpenPoint[] {
  const points = plan.points.slice(0, count);
  return points.map((point) => ({ point, job: { first: point.i, last: point.i }, message, checkpoints: undefined }));
}

function tableOf(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => `| exp-${i}    | ${i / 7}   |`);
  return ["| Experiment   | loss   |", "|----|----|", ...lines, ""].join("\n");
}

/** Rows of both tables, without their heads. */
function countRows(report: string): number {
  return report.split("\n").filter((line) => /^\| (?:exp-|s-)/.test(line)).length;
}

function countCut(report: string): number {
  return [...report.matchAll(/_(\d+) rows cut/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe("the report", () => {
  it("stays within any limit, and counts every row that was cut", () => {
    const most = fc.integer({ min: 1_000, max: 100_000 });
    const limits: fc.Arbitrary<ReportLimit> = fc.oneof(
      most.map((bytes) => ({ unit: "bytes" as const, most: bytes })),
      most.map((characters) => ({ unit: "characters" as const, most: characters })),
    );
    const counts = fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(2_000));
    fc.assert(
      fc.property(limits, counts, (limit, [failed, missing, done]) => {
        const facts = { plan, done, failed: openPoints(failed, "nö|<b>"), missing: openPoints(missing, undefined) };
        const report = renderReport({ ...facts, table: tableOf(done) }, limit);
        expect(limit.unit === "bytes" ? Buffer.byteLength(report) : report.length).toBeLessThanOrEqual(limit.most);
        expect(countRows(report) + countCut(report)).toBe(failed + missing + done);
        expect(report.startsWith(`${reportMarker(plan)}\n`)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("takes nothing from names and values but their text", () => {
    const hostile = "![x](http://evil.example/x.png) @team <script>a\\|b_c` _em_";
    const table = `| Experiment | ${hostile} |\n|---|---|\n| ├── 4ffe4c7 [exp-1] | ${hostile} |\n`;
    const facts = { plan, done: 1, failed: openPoints(1, hostile), missing: [], table };
    const report = renderReport(facts, { unit: "bytes", most: 1 << 20 });
    const rows = report.split("\n").filter((line) => line.includes("evil"));
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row.replace(/&#(?!8203;)\d+;/g, "")).not.toMatch(/[<>`[\]!*\\]|@\w|:\/\/|_em/);
      expect(row).toMatch(/a(?:&#92;)?&#124;b_c/);
    }
    expect(rows[1]?.split("|")).toHaveLength(4);
  });

  it("has no reference, emoji or formula that a page would make of a value", () => {
    const texts = [
      "#1",
      "torvalds/linux#2",
      "GH-3",
      "group/project!4",
      "%5",
      ":smile:",
      "$\\color{red}{x}$",
      "$`y`$",
      "&6",
      "~7",
    ];
    const table = `| Experiment | m |\n|---|---|\n${texts.map((text) => `| ${text} | a:b |\n`).join("")}`;
    const report = renderReport({ plan, done: 1, failed: [], missing: [], table }, { unit: "bytes", most: 1 << 20 });
    // As the page shows it: a zero-width space stays inside of what would be a reference.
    const rows = report.split("\n").filter((line) => line.includes("a:&#8203;b"));
    expect(rows).toHaveLength(texts.length);
    for (const row of rows) {
      const source = row.replace(/&#\d+;/g, (entity) =>
        entity === "&#36;" ? "" : String.fromCodePoint(Number(entity.slice(2, -1))),
      );
      expect(source).not.toMatch(/#\d|GH-\d|!\d|%\d|:smile|\$/);
      expect(row).not.toMatch(/[$~]|&6/);
    }
  });

  it("keeps all rows where there is room", () => {
    const facts = { plan, done: 3, failed: openPoints(1, "a | b\n<img src=x> `c`"), missing: [] };
    const report = renderReport({ ...facts, table: tableOf(3) }, { unit: "bytes", most: 1 << 20 });
    expect(countCut(report)).toBe(0);
    expect(report).toContain("3 of 5000 points done, 1 failed, 0 missing.");
    expect(report).toContain("a &#124; b &#60;img src=x&#62; &#96;c&#96;");
    expect(report).toContain("| exp-2 | 0.2857142857142857 |");
  });
});

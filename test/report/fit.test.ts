/** A table made to fit a terminal: hashes and long texts first, then whole columns, those that tell least. */
import { describe, expect, test } from "vitest";
import { fitTable } from "../../src/report/fit.ts";
import type { Column, Table } from "../../src/report/table.ts";

const table = (columns: readonly Column[], ...rows: readonly (readonly string[])[]): Table => ({
  columns,
  rows: rows.map((cells) => ({ cells, emphasis: "plain" })),
});
const experiment: Column = { name: "Experiment", kind: "label" };
const hash = "0123456789abcdef0123456789abcdef";

const wide = table(
  [
    experiment,
    { name: "acc", kind: "metric" },
    { name: "fix", kind: "metric" },
    { name: "lr", kind: "param" },
    { name: "one", kind: "param" },
    { name: "data", kind: "dep" },
  ],
  ["main", "0.1", "7", "0.01", "1", hash],
  ["brave-ibex", "0.2", "7", "0.02", "1", `${hash}.dir`],
);

test("what fits stays as it is", () => {
  expect(fitTable(wide, 200)).toEqual({ table: wide, hidden: [] });
});

test("hashes and long texts are cut before a column goes", () => {
  const { table: fitted, hidden } = fitTable(wide, 75);
  expect(hidden).toEqual([]);
  expect(fitted.rows.map(({ cells }) => cells.at(-1))).toEqual([hash.slice(0, 7), hash.slice(0, 7)]);
  const long = table(
    [experiment, { name: "note", kind: "param" }, { name: "data", kind: "dep" }],
    ["main", "x".repeat(60), "no hash at all"],
  );
  expect(fitTable(long, 70).table.rows[0]?.cells).toEqual(["main", `${"x".repeat(31)}…`, "no hash at …"]);
});

describe("columns go", () => {
  test.each<[width: number, hidden: readonly string[]]>([
    [60, []],
    [45, ["data"]],
    [38, ["one", "data"]],
    [32, ["fix", "one", "data"]],
    [26, ["fix", "lr", "one", "data"]],
    [19, ["acc", "fix", "lr", "one", "data"]],
  ])("in %d columns: %j", (width, hidden) => {
    expect(fitTable(wide, width).hidden).toEqual(hidden);
  });

  test("those that are the same everywhere before those that differ, hashes before all", () => {
    const same = table(
      [experiment, { name: "d1", kind: "dep" }, { name: "d2", kind: "dep" }, { name: "p", kind: "param" }],
      ["a", "x".repeat(12), "1".repeat(12), "p".repeat(12)],
      ["b", "x".repeat(12), "2".repeat(12), "p".repeat(12)],
    );
    expect(fitTable(same, 46).hidden).toEqual(["d1"]);
    expect(fitTable(same, 32).hidden).toEqual(["d1", "d2"]);
  });
});

test("the first column is cut last, by characters as they show, and never below eight", () => {
  const labels = table(
    [experiment, { name: "rev", kind: "label" }],
    [`漢字${"x".repeat(40)}`, "0123456"],
    ["short", "89"],
  );
  const { table: fitted } = fitTable(labels, 30);
  expect(fitted.rows[0]?.cells[0]).toBe(`漢字${"x".repeat(11)}…`);
  expect(fitted.rows[1]?.cells[0]).toBe("short");
  expect(fitTable(labels, 1).table.rows[0]?.cells[0]).toBe("漢字xxx…");
});

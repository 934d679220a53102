import { expect, test } from "vitest";
import { toCsv } from "../../src/report/csv.ts";

const cell = (text: string): string =>
  toCsv({ columns: [{ name: "c", kind: "label" }], rows: [{ cells: [text], emphasis: "plain" }] }).split("\r\n")[1] ??
  "";

test.each(["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3=x", "-cmd", "\t=1"])(
  "%j is text in a spreadsheet",
  (text) => {
    expect(cell(text).replace(/^"/, "")).toBe(`'${text}`);
  },
);

test.each(["1", "-1", "+1", "-0.5", "-1e-05", "-.5", "-inf", "-nan", "-", "", "a=1", "1-2"])("%j stays", (text) => {
  expect(cell(text)).toBe(text);
});

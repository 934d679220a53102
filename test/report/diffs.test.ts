/** The three diffs: which columns they have, how numbers look, and their JSON. */
import { describe, expect, test } from "vitest";
import type { Value } from "../../src/base/value.ts";
import type { FilesDiff } from "../../src/experiments/show/diff.ts";
import { type DiffLayout, renderExperimentDiff, renderMetricsDiff, renderParamsDiff } from "../../src/report/diffs.ts";

const change = (old: Value, current: Value, difference?: Value) => ({ old, new: current, difference });
const metrics: FilesDiff = new Map([
  [
    "m.json",
    new Map([
      ["loss", change(0.5, 0.123456789, -0.376543211)],
      ["note", change("a", "b")],
      ["new", change(null, 1n)],
    ]),
  ],
]);
const params: FilesDiff = new Map([["params.yaml", new Map([["lr", change(0.1, 0.123456789, 0.023456789)]])]]);
const layout: DiffLayout = {
  format: "table",
  oldName: "HEAD",
  newName: "workspace",
  paths: "shown",
  precision: undefined,
  json: "line",
};
const cells = (text: string): readonly string[][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));

test("metrics: rounded, with the change where there is one", () => {
  expect(cells(renderMetricsDiff(metrics, layout))).toEqual([
    ["Path", "Metric", "HEAD", "workspace", "Change"],
    ["m.json", "loss", "0.5", "0.12346", "-0.37654"],
    ["m.json", "new", "-", "1", "-"],
    ["m.json", "note", "a", "b", "-"],
  ]);
});

test("parameters: exact, without changes", () => {
  expect(cells(renderParamsDiff(params, layout))).toEqual([
    ["Path", "Param", "HEAD", "workspace"],
    ["params.yaml", "lr", "0.1", "0.123456789"],
  ]);
});

test("experiments: both, one after the other; what has no difference says so", () => {
  const [first, second] = renderExperimentDiff({ metrics, params, broken: [] }, layout).split("\n\n");
  expect(cells(first ?? "")[3]?.at(-1)).toBe("diff not supported");
  expect(cells(second ?? "")[0]).toEqual(["Path", "Param", "HEAD", "workspace", "Change"]);
});

test("paths can be left out, and Markdown has the same columns", () => {
  const asked = { ...layout, paths: "hidden", precision: 2 } as const;
  expect(cells(renderMetricsDiff(metrics, asked))[1]).toEqual(["loss", "0.5", "0.12", "-0.38"]);
  expect(renderParamsDiff(params, { ...asked, format: "markdown" })).toMatch(/^\| Param +\| HEAD +\| workspace +\|\n/);
});

describe("JSON", () => {
  const json = { ...layout, format: "json" } as const;
  test("has each change by file and name", () => {
    expect(JSON.parse(renderMetricsDiff(metrics, json))["m.json"]).toEqual({
      loss: { old: 0.5, new: 0.123456789, diff: -0.376543211 },
      note: { old: "a", new: "b" },
      new: { old: null, new: 1 },
    });
    expect(JSON.parse(renderParamsDiff(params, json))["params.yaml"].lr).toMatchObject({ old: 0.1 });
    expect(Object.keys(JSON.parse(renderExperimentDiff({ metrics, params, broken: [] }, json)))).toEqual([
      "metrics",
      "params",
    ]);
  });
});

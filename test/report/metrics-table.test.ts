/** `metrics show`: one row for each revision and file, as a table, as Markdown and as JSON. */
import { expect, test } from "vitest";
import type { Value } from "../../src/base/value.ts";
import type { FileResult } from "../../src/experiments/reading/types.ts";
import type { RevisionMetrics } from "../../src/experiments/show/compare.ts";
import { type MetricsLayout, renderMetrics } from "../../src/report/metrics-table.ts";

const data = (value: Value) => ({ kind: "data", data: value }) as const;
const metrics = new Map<string, RevisionMetrics>([
  [
    "workspace",
    {
      kind: "data",
      files: new Map<string, FileResult>([
        [
          "m.json",
          data(
            new Map<string, Value>([
              ["loss", 0.123456789],
              ["deep", new Map([["acc", [1n, 2n]]])],
            ]),
          ),
        ],
        ["single.json", data(7n)],
        ["broken.json", { kind: "error", type: "JSONDecodeError", message: "bad" }],
      ]),
    },
  ],
  ["main", { kind: "error", type: "YAMLSyntaxError", message: "worse" }],
]);
const layout: MetricsLayout = { format: "table", revisions: "hidden", precision: undefined, json: "line" };
const shown = (asked: Partial<MetricsLayout> = {}): string => renderMetrics(metrics, { ...layout, ...asked });
const rows = (text: string): readonly string[][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));

test("metrics are columns by name, what a file has not is a dash", () => {
  expect(rows(shown())).toEqual([
    ["Path", "", "deep.acc", "loss"].filter((name) => name !== ""),
    ["m.json", "-", "[1, 2]", "0.12346"],
    ["single.json", "7", "-", "-"],
    ["broken.json", "-", "-", "-"],
  ]);
  expect(rows(shown({ precision: 2 }))[1]?.at(-1)).toBe("0.12");
});

test("the revision is a column where there are several", () => {
  expect(rows(shown({ revisions: "shown" })).map(([first]) => first)).toEqual([
    "Revision",
    "workspace",
    "workspace",
    "workspace",
  ]);
  expect(shown({ format: "markdown", revisions: "shown" })).toContain("| workspace  | m.json");
});

test("JSON has every value as it is, and every error", () => {
  expect(JSON.parse(shown({ format: "json" }))).toEqual({
    workspace: {
      data: {
        "m.json": { data: { loss: 0.123456789, deep: { acc: [1, 2] } } },
        "single.json": { data: 7 },
        "broken.json": { error: { type: "JSONDecodeError", msg: "bad" } },
      },
    },
    main: { error: { type: "YAMLSyntaxError", msg: "worse" } },
  });
});

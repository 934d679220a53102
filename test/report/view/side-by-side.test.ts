/** `exp diff` of several on a terminal. */
import { expect, test } from "vitest";
import { renderSideBySide } from "../../../src/report/view/side-by-side.ts";
import { textWidth } from "../../../src/report/width.ts";

const labels = Array.from({ length: 7 }, (_, at) => `experiment-number-${at}`);
const values = labels.map((_, at) => at / 7);
const layout = { format: "table", paths: "shown", precision: undefined, json: "line" } as const;
const diff = {
  labels,
  metrics: new Map([["metrics.json", new Map([["accuracy", values]])]]),
  params: new Map([
    ["params.yaml", new Map([["lr", values]])],
    ["other.yaml", new Map([["lr", values]])],
  ]),
  broken: [],
};

test.each([40, 60, 80, 100, 160, 250])("%d columns hold all experiments, in tables under one another", (width) => {
  const text = renderSideBySide(diff, { ...layout, width });
  expect(Math.max(...text.split("\n").map(textWidth))).toBeLessThanOrEqual(width);
  for (const label of labels) expect(text.split(label)).toHaveLength(3);
  // The rows of parameters differ by their files only.
  expect(text).toMatch(/^other\.yaml +lr/m);
  expect(/^metrics\.json/m.test(text)).toBe(width === 250);
});

test("no width, no change", () => {
  const [first] = renderSideBySide(diff, { ...layout, width: "full" }).split("\n");
  expect(first).toMatch(/^Path +Metric +experiment-number-0 .*experiment-number-6$/);
});

import { describe, expect, test } from "vitest";
import { chooseRows } from "../../../src/experiments/find/find.ts";
import { foldExperiments, groupExperiments, spreadOf } from "../../../src/experiments/find/group.ts";
import { renderGroups } from "../../../src/report/view/groups.ts";
import { textWidth } from "../../../src/report/width.ts";
import { madeBaseline } from "./rows.ts";

const baseline = madeBaseline({
  a1: { params: { lr: 0.1, seed: 1n }, metrics: { acc: 0.5, text: "x" } },
  a2: { params: { lr: 0.1, seed: 2n }, metrics: { acc: 0.7 } },
  b1: { params: { lr: 1n, seed: 1n }, metrics: { acc: 0.9 } },
  c1: { params: { seed: 1n } },
  d1: { params: { lr: 0.1 }, metrics: { acc: 9 }, state: "failed" },
});
const { rows, columns } = chooseRows([baseline], { where: undefined, best: undefined, top: undefined });
const grouped = groupExperiments(rows, columns, { names: ["lr"] });

test("mean and spread of large numbers", () => {
  expect(spreadOf([1e9 + 1, 1e9 + 2, 1e9 + 3])).toEqual({
    count: 3,
    mean: 1e9 + 2,
    spread: 1,
    min: 1e9 + 1,
    max: 1e9 + 3,
  });
  expect(spreadOf([])).toBeUndefined();
  expect(spreadOf([2])?.spread).toBeUndefined();
});

describe("groups", () => {
  test("as a table: finished ones by their values", () => {
    expect(renderGroups(grouped, { format: "table", precision: undefined, width: "full", columns })).toBe(
      "lr    count    acc\n0.1   2        0.6 ± 0.14142\n1     1        0.9\n-     1        -\n",
    );
  });

  test("as CSV and JSON", () => {
    expect(renderGroups(grouped, { format: "csv", precision: 3, width: "full", columns })).toBe(
      "lr,count,acc mean,acc spread\r\n0.1,2,0.6,0.141\r\n1,1,0.9,\r\n,1,,\r\n",
    );
    const [first, , last] = JSON.parse(
      renderGroups(grouped, { format: "json", precision: undefined, width: "full", columns }),
    );
    expect(first).toMatchObject({
      group: { lr: 0.1 },
      count: 2,
      experiments: ["a1", "a2"],
      metrics: { acc: { count: 2 } },
    });
    expect(last).toMatchObject({ group: { lr: null }, metrics: { acc: null } });
  });

  test.each([
    [{ by: "acc", first: "greatest", top: undefined } as const, ["1", "0.1", "-"]],
    [{ by: "acc", first: "least", top: 1 } as const, ["0.1"]],
    [{ by: "lr", first: "greatest", top: undefined } as const, ["-", "1", "0.1"]],
  ])("in the order of %o", (order, expected) => {
    const sorted = groupExperiments(rows, columns, { names: ["lr"], order });
    const text = renderGroups(sorted, { format: "table", precision: undefined, width: "full", columns });
    expect(text.match(/^\S+(?= +\d)/gm)).toEqual(expected);
  });

  test.each([20, 40, 60, 80, 250])(
    "no line is wider than a terminal of %d columns, and it says what is missing",
    (width) => {
      const metrics = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`val.set${at}.f1`, at / 7]));
      const made = { params: { "train.lr": 0.1 }, metrics: { ...metrics, "val.acc": 0.7 } };
      const many = chooseRows([madeBaseline({ a: made, b: made })], {
        where: undefined,
        best: undefined,
        top: undefined,
      });
      const order = { by: "acc", first: "greatest", top: undefined } as const;
      const wide = groupExperiments(many.rows, many.columns, { names: ["lr"], order });
      const text = renderGroups(wide, { format: "table", precision: undefined, width, columns: many.columns });
      const lines = text.trimEnd().split("\n");
      expect(Math.max(...lines.map((line) => textWidth(line)))).toBeLessThanOrEqual(width);
      expect(lines[0]).toMatch(/^lr +count +acc/);
      const shown = lines[0]?.match(/set\d/g)?.length ?? 0;
      expect(text.includes("more (a wider")).toBe(shown < 6 && width > 20);
    },
  );

  test("says of how many a mean is, where some have no number", () => {
    const { rows: some, columns: all } = chooseRows(
      [
        madeBaseline({
          a: { params: { lr: 1 }, metrics: { acc: 0.5, loss: Number.NaN } },
          b: { params: { lr: 1 }, metrics: { acc: Number.NaN } },
        }),
      ],
      { where: undefined, best: undefined, top: undefined },
    );
    const text = renderGroups(groupExperiments(some, all, { names: ["lr"] }), {
      format: "table",
      precision: undefined,
      width: 80,
      columns: all,
    });
    expect(text.split("\n")[1]).toMatch(/^1\.0 +2 +0\.5 \(1 of 2\)$/);
  });

  test("by metrics there are none", () => {
    expect(() => groupExperiments(rows, columns, { names: ["acc"] })).toThrow(/is a metric/);
    const unknown = expect.objectContaining({
      message: "--group-by: no metric or parameter is called 'zzz'",
      hint: expect.stringContaining("There are these parameters: "),
    });
    expect(() => groupExperiments(rows, columns, { names: ["zzz"] })).toThrow(unknown);
  });
});

describe("replicas", () => {
  test("are one group where all else is equal", () => {
    const folded = foldExperiments(rows, columns, { over: ["seed"] });
    expect(folded.keys.map(({ name }) => name)).toEqual(["lr"]);
    expect(folded.groups.map(({ values, rows: own }) => [values[0], own.length])).toEqual([
      [0.1, 2],
      [1n, 1],
      [undefined, 1],
    ]);
    const all = foldExperiments(rows, columns, { over: ["seed", "lr"] });
    expect(all.groups.map(({ rows: own }) => own.length)).toEqual([4]);
    expect(() => foldExperiments(rows, columns, { over: ["acc"] })).toThrow("--fold: 'acc' is a metric");
  });
});

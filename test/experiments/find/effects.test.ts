/** What parameters do to a metric: what is counted, and what the forest makes of it. */
import { describe, expect, test } from "vitest";
import { type Effects, effectsOf } from "../../../src/experiments/find/effects.ts";
import { chooseRows } from "../../../src/experiments/find/find.ts";
import { learnImportances } from "../../../src/experiments/find/importance.ts";
import type { ShowFormat } from "../../../src/report/exp-show.ts";
import { renderEffects } from "../../../src/report/view/effects.ts";
import { textWidth } from "../../../src/report/width.ts";
import { randomOf } from "../../../src/sweep/functions/chance.ts";
import { type MadeExperiment, madeBaseline } from "./rows.ts";

/** lr decides, the optimizer matters a little, the seed not at all. */
const swept = Object.fromEntries(
  [0.1, 0.2, 0.4].flatMap((lr) =>
    ["sgd", "adam", "x|y\u001b[2J"].flatMap((optimizer) =>
      [1n, 2n, 3n, 4n].map((seed): [string, MadeExperiment] => {
        const accuracy = 0.5 + lr + (optimizer === "adam" ? 0.03 : 0);
        return [`e-${lr}-${optimizer}-${seed}`, { params: { lr, optimizer, seed, fixed: 1n }, metrics: { accuracy } }];
      }),
    ),
  ),
);

const chosen = (made: Record<string, MadeExperiment>) =>
  chooseRows([madeBaseline(made)], { where: undefined, best: undefined, top: undefined });
const of = (made: Record<string, MadeExperiment>, metric?: string) => {
  const { rows, columns } = chosen(made);
  return effectsOf(rows, columns, { metric, direction: undefined });
};

function rendered(effects: Effects, format: ShowFormat, width: number | "full" = "full"): string {
  const params = effects.parameters.map(({ column }) => column);
  return renderEffects(effects, { format, precision: undefined, width, params });
}

describe("effects", () => {
  const effects = of(swept);

  test("by importance, with mean, best and count of each value", () => {
    expect(effects.parameters.map(({ column }) => column.name)).toEqual(["lr", "optimizer", "seed"]);
    const [lr, optimizer, seed] = effects.parameters;
    expect(lr?.importance).toBeGreaterThan(0.8);
    expect(optimizer?.importance).toBeGreaterThan(seed?.importance ?? 1);
    expect(effects.learned?.explained).toBeGreaterThan(0.8);
    expect(lr?.values.map(({ values, metric }) => [values, metric.count])).toEqual([
      [[0.1], 12],
      [[0.2], 12],
      [[0.4], 12],
    ]);
    expect(lr?.values[2]?.metric.max).toBeCloseTo(0.93);
  });

  test("the same experiments give the same answer", () => {
    expect(of(swept)).toEqual(effects);
  });

  test("many numbers are shown in parts, and few points are no reason for importances", () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`e${at}`, { params: { lr: at / 100 }, metrics: { loss: at } }] as const),
    );
    const parts = of(many).parameters[0]?.values ?? [];
    expect(parts).toHaveLength(5);
    expect(parts[0]).toMatchObject({ values: [0, 0.07], metric: { count: 8 } });
    const few = of({ a: { params: { x: 1n }, metrics: { m: 1 } }, b: { params: { x: 2n }, metrics: { m: 2 } } });
    expect(few.learned).toBeUndefined();
    expect(rendered(few, "table")).toContain("needs 8 experiments or more");
  });

  test("noise is called so", () => {
    const noise = [0.3, 0.9, 0.1, 0.6, 0.2, 0.8, 0.5, 0.4, 0.7, 0.35, 0.65, 0.15];
    const none = Object.fromEntries(
      noise.map((loss, at) => [`e${at}`, { params: { seed: BigInt(at) }, metrics: { loss } }] as const),
    );
    expect(rendered(of(none), "table")).toContain("may be chance");
  });

  /** Every combination of as many values. */
  const grid = (...sizes: readonly number[]) =>
    sizes.reduce<readonly (readonly number[])[]>(
      (points, size) => points.flatMap((point) => Array.from({ length: size }, (_, value) => [...point, value])),
      [[]],
    );
  const columnsOf = (points: readonly (readonly number[])[]) =>
    (points[0] ?? []).map((_, at) => points.map((point) => point[at] ?? 0));

  test.each([[[2, 2, 2]], [[4, 2]], [[3, 3]], [[3, 2, 2]], [[4, 4]], [[3, 3, 4]]])(
    "on a grid of %j the one parameter that decides is named, whichever it is",
    (sizes) => {
      const points = grid(...sizes);
      for (const [at] of sizes.entries()) {
        const learned = learnImportances(
          columnsOf(points),
          points.map((point) => 0.5 + 2 * (point[at] ?? 0)),
        );
        expect(learned?.explained).toBeGreaterThan(0.5);
        expect(learned?.importances[at]).toBeGreaterThan(0.9);
      }
    },
  );

  test("on a grid noise is seldom taken for more", () => {
    const points = grid(2, 2, 2);
    const random = randomOf("noise of tests");
    const named = Array.from({ length: 20 }, () =>
      learnImportances(
        columnsOf(points),
        points.map(() => random() + random() + random()),
      ),
    ).filter((learned) => (learned?.explained ?? 0) > 0.2);
    expect(named.length).toBeLessThanOrEqual(4);
  });

  test("which metric has to be said where there are several", () => {
    const two = { a: { metrics: { m: 1, n: 2 } } };
    expect(() => of(two)).toThrow(/several metrics/);
    expect(() => of({ a: { params: { x: 1n }, metrics: { m: 1 } } }, "x")).toThrow("--metric: 'x' is a parameter");
    expect(() => of(two, "nope")).toThrow("--metric: no metric or parameter is called 'nope'");
    expect(of(two, "n").points).toBe(1);
    expect(() => of({ a: { params: { x: 1n } } })).toThrow(/no finished experiment/);
  });
});

describe("formats", () => {
  const effects = of(swept);

  test("a text with bars that no terminal obeys", () => {
    const text = rendered(effects, "table");
    expect(text).toMatch(/^accuracy, more is better: 36 experiments\nThese parameters foretell \d+ %/);
    expect(text).toMatch(/lr +\d+ % +0.1 +12 +0.61 .*\n +0.2 .*\n +0.4 +12 +0.91 +\S+ +0.93 +█{20}/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect(text).not.toMatch(/\u001b/);
  });

  test.each([40, 60, 80, 100, 250])(
    "no line is wider than %d columns, and values, means and bars are there",
    (width) => {
      const long = Object.fromEntries(
        Object.entries(swept).map(([name, { params, metrics }]) => {
          const { lr, optimizer, seed } = params ?? {};
          const data = `/srv/data/of/a/very/long/path/which/is/shared/${String(seed)}`;
          return [name, { params: { "model.layers.first.optimizer.lr": lr, optimizer, data }, metrics }];
        }),
      );
      const lines = rendered(of(long as Record<string, MadeExperiment>), "table", width)
        .trimEnd()
        .split("\n");
      expect(Math.max(...lines.map((line) => textWidth(line)))).toBeLessThanOrEqual(width);
      const [header = "", first = ""] = lines.slice(lines.findIndex((line) => line.startsWith("Parameter")));
      expect(header).toMatch(/^Parameter +Importance +Value +.*Mean/);
      expect(first).toMatch(/^lr +\d+ % +0.1 .*0.61/);
      if (width >= 60) expect(lines.filter((line) => /[█▏]/.test(line))).toHaveLength(10);
    },
  );

  test("CSV, Markdown and JSON", () => {
    expect(rendered(effects, "csv").split("\r\n")[0]).toBe("parameter,importance,value,count,mean,spread,best");
    expect(rendered(effects, "markdown")).toContain("x\\|y");
    expect(JSON.parse(rendered(effects, "json"))).toMatchObject({
      metric: "accuracy",
      direction: "max",
      points: 36,
      parameters: [{ name: "lr", values: [{ value: 0.1, count: 12 }, {}, {}] }, {}, {}],
    });
  });
});

test("a forest of what does not differ tells nothing", () => {
  const same = Array.from({ length: 10 }, () => 1);
  expect(learnImportances([same], same)).toBeUndefined();
  expect(learnImportances([], same)).toBeUndefined();
});

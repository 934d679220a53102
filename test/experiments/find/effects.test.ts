/** What parameters do to a metric: what is counted, and what the forest makes of it. */
import { describe, expect, test } from "vitest";
import { effectsOf } from "../../../src/experiments/find/effects.ts";
import { chooseRows } from "../../../src/experiments/find/find.ts";
import { learnImportances } from "../../../src/experiments/find/importance.ts";
import { renderEffects } from "../../../src/report/view/effects.ts";
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
    expect(renderEffects(few, "table", undefined)).toContain("needs 8 experiments or more");
  });

  test("noise is called so", () => {
    const noise = [0.3, 0.9, 0.1, 0.6, 0.2, 0.8, 0.5, 0.4, 0.7, 0.35, 0.65, 0.15];
    const none = Object.fromEntries(
      noise.map((loss, at) => [`e${at}`, { params: { seed: BigInt(at) }, metrics: { loss } }] as const),
    );
    expect(renderEffects(of(none), "table", undefined)).toContain("may be chance");
  });

  test("which metric has to be said where there are several", () => {
    const two = { a: { metrics: { m: 1, n: 2 } } };
    expect(() => of(two)).toThrow(/several metrics/);
    expect(of(two, "n").points).toBe(1);
    expect(() => of({ a: { params: { x: 1n } } })).toThrow(/no finished experiment/);
  });
});

describe("formats", () => {
  const effects = of(swept);

  test("a text with bars that no terminal obeys", () => {
    const text = renderEffects(effects, "table", undefined);
    expect(text).toMatch(/^accuracy, more is better: 36 experiments\nThese parameters foretell \d+ %/);
    expect(text).toMatch(/lr +\d+ % +0.1 +12 +0.61 .*\n +0.2 .*\n +0.4 +12 +0.91 +\S+ +0.93 +█{20}/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect(text).not.toMatch(/\u001b/);
  });

  test("CSV, Markdown and JSON", () => {
    expect(renderEffects(effects, "csv", undefined).split("\r\n")[0]).toBe(
      "parameter,importance,value,count,mean,spread,best",
    );
    expect(renderEffects(effects, "markdown", undefined)).toContain("x\\|y");
    expect(JSON.parse(renderEffects(effects, "json", undefined))).toMatchObject({
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

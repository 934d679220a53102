/** Twice the condition, the experiments or the text that a pattern looks at: about twice the steps. */
import { expect, test } from "vitest";
import { longestFilter } from "../../../grammar/filter/parse.ts";
import type { Value } from "../../../src/base/value.ts";
import { chooseRows } from "../../../src/experiments/find/find.ts";
import { growthOf } from "../../rig/steps.ts";
import { type MadeExperiment, madeBaseline } from "./rows.ts";

const many = (count: number, text: (at: number) => string, between: string): string =>
  Array.from({ length: count }, (_, at) => text(at)).join(between);

function experiments(count: number, params: Readonly<Record<string, Value>>): Record<string, MadeExperiment> {
  const made = { params, metrics: { acc: 0.5, note: "x" } };
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`e${at}`, made]));
}

function find(made: Record<string, MadeExperiment>, where: string): number {
  expect(where.length).toBeLessThan(longestFilter);
  return chooseRows([madeBaseline(made)], { where: [where], best: undefined, top: undefined }).rows.length;
}

/** Between twice as much and four times, as in test/params/growth.test.ts. */
const most = 2.8;

const params = { lr: 0.1, t: "a", l: [1n, 2n] };
const few = experiments(3, params);

test.each<[string, (size: number) => string]>([
  ["or", (size) => many(size, (at) => `lr == ${at}`, " or ")],
  ["and", (size) => many(size, (at) => `lr != ${at}`, " and ")],
  ["sums", (size) => `lr < ${many(size, (at) => `${at}`, " + ")}`],
  ["products", (size) => `lr < ${many(size, (at) => `${at}`, " * ")}`],
  ["members of a list", (size) => `lr in [${many(size, (at) => `${at}`, ", ")}]`],
  ["brackets side by side", (size) => many(size, () => "(lr > 0)", " or ")],
  ["a text", (size) => `t == "${"a".repeat(size)}"`],
  ["escapes in a text", (size) => `t == "${'\\"'.repeat(size)}"`],
  ["a pattern", (size) => `t =~ "${"(a*)".repeat(size)}"`],
  ["patterns", (size) => many(size, () => 't =~ "^a+$"', " or ")],
])("a condition of %s", async (_what, where) => {
  expect(await growthOf((size) => find(few, where(size)), 60)).toBeLessThan(most);
});

test.each<[string, string]>([
  ["a comparison", "lr > 0 and acc < 1"],
  ["a pattern", 't =~ "^(a|b)+$"'],
  ["membership", "2 in l or name in ['e1', 'e2']"],
])("experiments, by %s", async (_what, where) => {
  expect(await growthOf((size) => find(experiments(size, params), where), 100)).toBeLessThan(most);
});

/** What makes other engines try each way to part the text. */
test.each(["(a+)+$", "(a|a)*b", "(.*a){12}b", "^(([a-z])+.)+[A-Z]([a-z])+$"])(
  "a text that %s looks at",
  async (pattern) => {
    const look = (size: number) => find(experiments(1, { t: `${"a".repeat(size)}!` }), `t =~ "${pattern}"`);
    expect(await growthOf(look, 200)).toBeLessThan(most);
  },
);

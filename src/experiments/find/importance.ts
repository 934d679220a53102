/**
 * How much of a metric's differences each parameter explains: a forest learns the metric from the parameters, and a
 * parameter is as important as the forest is worse without it. Both is judged at points that the forest did not see.
 */
import { RandomForestRegression } from "ml-random-forest";
import { pythonRepr } from "../../base/python.ts";
import { finiteNumber, type Value } from "../../base/value.ts";
import { randomOf } from "../../sweep/functions/chance.ts";

export interface Learned {
  /** What share of the metric's differences the forest foretells, 0 to 1. */
  readonly explained: number;
  /** Of each parameter, adding up to 1; all 0 where nothing is explained. */
  readonly importances: readonly number[];
  /** How many points it learned from. */
  readonly points: number;
}

/** With fewer any answer would be chance. */
export const leastPoints = 8;
/** The forest's time grows with their square. */
const mostPoints = 200;
const manyFolds = 4;
/** Up to so many points each is held out alone. */
const fewPoints = 40;
/** Of one part of the metric's spread: a forest's node is never split where that leaves no error at all (ml-cart 2.1.1). */
const jitter = 1e-6;
const trees = 20;
const shuffles = 5;
/** A parameter with more texts counts by the order of its values. */
const mostFlags = 16;

type Matrix = readonly (readonly number[])[];

interface Feature {
  /** One number a point, or a flag for each value. */
  readonly columns: Matrix;
}

function numericOf(value: Value | undefined): number | undefined {
  return finiteNumber(typeof value === "boolean" ? Number(value) : value);
}

function featureOf(values: readonly (Value | undefined)[]): Feature {
  const numbers = values.map(numericOf);
  if (numbers.every((number) => number !== undefined)) return { columns: [numbers] };
  const texts = values.map((value) => (value === undefined ? "" : pythonRepr(value)));
  const distinct = [...new Set(texts)].sort();
  if (distinct.length > mostFlags) return { columns: [texts.map((text) => distinct.indexOf(text))] };
  return { columns: distinct.map((each) => texts.map((text) => Number(text === each))) };
}

/** The same numbers in another order. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [all[last], all[other]];
    if (a !== undefined && b !== undefined) [all[last], all[other]] = [b, a];
  }
  return all;
}

function rowsOf(features: readonly Feature[], points: readonly number[]): number[][] {
  return points.map((point) => features.flatMap(({ columns }) => columns.map((column) => column[point] ?? 0)));
}

function squaredError(foretold: readonly number[], real: readonly number[]): number {
  return foretold.reduce((sum, value, at) => sum + (value - (real[at] ?? 0)) ** 2, 0);
}

interface Fold {
  readonly seen: readonly number[];
  readonly held: readonly number[];
}

/** Of few points each is held alone: where two or three are, a value of a parameter may be seen too seldom. */
function foldsOf(points: readonly number[]): readonly Fold[] {
  const folds = points.length <= fewPoints ? points.length : manyFolds;
  return Array.from({ length: folds }, (_, fold) => ({
    seen: points.filter((_point, at) => at % folds !== fold),
    held: points.filter((_point, at) => at % folds === fold),
  }));
}

/** A forest of these points. */
function grown(features: readonly Feature[], seen: readonly number[], targets: readonly number[]) {
  const rows = rowsOf(features, seen);
  const width = rows[0]?.length ?? 1;
  const forest = new RandomForestRegression({
    seed: 1,
    nEstimators: trees,
    maxFeatures: width,
    replacement: false,
    useSampleBagging: true,
    noOOB: true,
    treeOptions: { minNumSamples: 2, maxDepth: 12 },
  });
  forest.train(
    rows,
    seen.map((point) => targets[point] ?? 0),
  );
  return forest;
}

/** By point, whose value it gets. */
type Order = ReadonlyMap<number, number>;

/** Orders of all points: those that are held together may be few, and have the same value. */
function ordersOf(points: readonly number[], random: () => number): readonly Order[] {
  return Array.from({ length: shuffles }, () => {
    const others = shuffled(points, random);
    return new Map(points.map((point, at) => [point, others[at] ?? point]));
  });
}

/** The held rows, once for each order, with one parameter's values handed round by it. */
function withoutFeature(
  features: readonly Feature[],
  at: number,
  { held, orders }: Pick<Fold, "held"> & { readonly orders: readonly Order[] },
): number[][] {
  return orders.flatMap((order) =>
    held.map((point) =>
      features.flatMap(({ columns }, index) =>
        columns.map((column) => column[index === at ? (order.get(point) ?? point) : point] ?? 0),
      ),
    ),
  );
}

/** In parts of their spread, none exactly like another. */
function scaled(targets: readonly number[]): readonly number[] {
  const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length;
  const spread = Math.sqrt(targets.reduce((sum, value) => sum + (value - mean) ** 2, 0) / targets.length);
  const random = randomOf("jitter");
  return spread > 0 ? targets.map((value) => (value - mean) / spread + jitter * random()) : targets.map(() => 0);
}

/** undefined where there are too few points, or none differs. The same for the same points. */
export function learnImportances(
  parameters: readonly (readonly (Value | undefined)[])[],
  metric: readonly number[],
): Learned | undefined {
  if (metric.length < leastPoints || parameters.length === 0) return undefined;
  const random = randomOf("importance");
  const all = shuffled(
    metric.map((_, at) => at),
    random,
  ).slice(0, mostPoints);
  const chosen = scaled(all.map((at) => metric[at] ?? 0));
  const total = chosen.reduce((sum, value) => sum + value ** 2, 0);
  if (!(total > 0)) return undefined;
  const targets: number[] = [];
  for (const [place, at] of all.entries()) targets[at] = chosen[place] ?? 0;
  const features = parameters.map(featureOf);
  const worse = features.map(() => 0);
  const orders = ordersOf(all, random);
  let error = 0;
  for (const { seen, held } of foldsOf(all)) {
    const forest = grown(features, seen, targets);
    const real = held.map((point) => targets[point] ?? 0);
    const own = squaredError(forest.predict(rowsOf(features, held)), real);
    error += own;
    const often = orders.flatMap(() => real);
    for (const [at] of features.entries()) {
      const others = squaredError(forest.predict(withoutFeature(features, at, { held, orders })), often) / shuffles;
      worse[at] = (worse[at] ?? 0) + others - own;
    }
  }
  const explained = Math.max(0, 1 - error / total);
  const positive = worse.map((each) => Math.max(0, each));
  const sum = positive.reduce((a, b) => a + b, 0);
  const importances = positive.map((each) => (explained > 0 && sum > 0 ? each / sum : 0));
  return { explained, importances, points: all.length };
}

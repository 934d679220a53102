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
const folds = 4;
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

function foldsOf(points: readonly number[]): readonly Fold[] {
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

/** The held rows with one parameter's values handed round among them. */
function withoutFeature(
  features: readonly Feature[],
  at: number,
  { held, random }: Pick<Fold, "held"> & { readonly random: () => number },
): number[][] {
  const others = shuffled(held, random);
  return held.map((point, row) =>
    features.flatMap(({ columns }, index) =>
      columns.map((column) => column[index === at ? (others[row] ?? point) : point] ?? 0),
    ),
  );
}

/** undefined where there are too few points, or none differs. The same for the same points. */
export function learnImportances(
  parameters: readonly (readonly (Value | undefined)[])[],
  targets: readonly number[],
): Learned | undefined {
  if (targets.length < leastPoints || parameters.length === 0) return undefined;
  const random = randomOf("importance");
  const all = shuffled(
    targets.map((_, at) => at),
    random,
  ).slice(0, mostPoints);
  const mean = all.reduce((sum, at) => sum + (targets[at] ?? 0), 0) / all.length;
  const total = all.reduce((sum, at) => sum + ((targets[at] ?? 0) - mean) ** 2, 0);
  if (!(total > 0)) return undefined;
  const features = parameters.map(featureOf);
  const worse = features.map(() => 0);
  let error = 0;
  for (const { seen, held } of foldsOf(all)) {
    const forest = grown(features, seen, targets);
    const real = held.map((point) => targets[point] ?? 0);
    const own = squaredError(forest.predict(rowsOf(features, held)), real);
    error += own;
    for (const [at] of features.entries())
      for (let time = 0; time < shuffles; time++)
        worse[at] =
          (worse[at] ?? 0) +
          (squaredError(forest.predict(withoutFeature(features, at, { held, random })), real) - own) / shuffles;
  }
  const explained = Math.max(0, 1 - error / total);
  const positive = worse.map((each) => Math.max(0, each));
  const sum = positive.reduce((a, b) => a + b, 0);
  const importances = positive.map((each) => (explained > 0 && sum > 0 ? each / sum : 0));
  return { explained, importances, points: all.length };
}

/** Sweeps of other shapes than one grid: keys that advance together, several grids, samples, replicas. */
import { SweeplineError } from "../base/errors.ts";
import { quotedList, wordList } from "../base/text/listing.ts";
import {
  axesOfArguments,
  drawnAxes,
  type ExpandOptions,
  type Expansion,
  expandPoints,
  expandRead,
  maxPoints,
  type ReadArgument,
  readArguments,
  refuseTooMany,
} from "./expand.ts";
import { combinationCount, combinations } from "./product.ts";
import { type SampleRequest, sampleShares } from "./samplers/samplers.ts";
import { sobolDimensions } from "./samplers/sobol.ts";
import type { Point, PointOverride, SweepAxis } from "./types.ts";

export interface SweepShape {
  /** Lists of keys; those of one list advance together. */
  readonly zip: readonly (readonly string[])[];
  /** The overrides of further sub-sweeps: the sweep is the union of all. */
  readonly and: readonly (readonly string[])[];
  /** So many points drawn from the product, in place of all. */
  readonly sample?: SampleRequest;
  /** Each point so often, the key counting from 0. */
  readonly repeat?: { readonly times: number; readonly key: string };
}

/** One grid, as Hydra's basic sweeper makes it. */
export const gridShape: SweepShape = { zip: [], and: [] };

export function isGrid({ zip, and, sample, repeat }: SweepShape): boolean {
  return zip.length === 0 && and.length === 0 && sample === undefined && repeat === undefined;
}

/** The options that say it: with the overrides, they stand for the sweep. */
export function shapeWords({ zip, and, sample, repeat }: SweepShape): readonly string[] {
  return [
    ...zip.flatMap((keys) => ["--zip", keys.join(",")]),
    ...(sample === undefined ? [] : ["--sample", `${sample.count}`, "--sampler", sample.sampler]),
    ...(sample?.seed === undefined ? [] : ["--seed", `${sample.seed}`]),
    ...(repeat === undefined ? [] : ["--repeat", `${repeat.times}`, "--repeat-key", repeat.key]),
    ...and.flatMap((overrides) => ["--and", ...overrides]),
  ];
}

/**
 * The points of sub-sweeps in that shape, each point once, in the order of their first appearance; a grid is expandRead().
 * @param parts the overrides of the first sub-sweep, then those of each of `shape.and`
 * Errors: those of expandRead; ZIP_UNEQUAL, ZIP_KEY, REPEAT_KEY, TOO_MANY_POINTS, SAMPLE.
 */
export function expandShape(
  parts: readonly (readonly ReadArgument[])[],
  shape: SweepShape,
  options: ExpandOptions,
): Expansion {
  if (isGrid(shape)) return expandRead(parts[0] ?? [], options);
  checkZipKeys(parts, shape, options);
  const found = new Map<string, readonly PointOverride[]>();
  for (const part of parts)
    for (const overrides of repeated(pointsOf(part, shape, options), { part, shape, options })) {
      const key = idOf(overrides);
      if (!found.has(key)) found.set(key, overrides);
      refuseTooMany(found.size);
    }
  return { points: [...found.values()].map((overrides, index): Point => ({ index, overrides })), isSweep: true };
}

/** As expandShape, for overrides as they were typed; those of `shape.and` too. */
export function expandOverrides(overrides: readonly string[], shape: SweepShape, options: ExpandOptions): Expansion {
  const read = (texts: readonly string[]) => [...readArguments(texts, options)];
  return isGrid(shape)
    ? expandPoints(overrides, options)
    : expandShape([overrides, ...shape.and].map(read), shape, options);
}

/** Equal for the same overrides in another order. */
function idOf(overrides: readonly PointOverride[]): string {
  return overrides
    .map(({ file, text }) => `${file}:${text}`)
    .sort()
    .join("\n");
}

/** `lr` names `lr=...`, `+lr=...` and `++lr=...`; another file's key has its file in front. */
function isNamed({ file, key }: Pick<SweepAxis, "file" | "key">, name: string): boolean {
  const bare = key.replace(/^(?:\+\+?|~)/, "");
  return name === bare || name === key || name === `${file}:${bare}`;
}

function checkZipKeys(parts: readonly (readonly ReadArgument[])[], { zip }: SweepShape, options: ExpandOptions): void {
  if (zip.length === 0) return;
  const axes = parts.flatMap((part) => drawnAxes(part, options));
  for (const name of zip.flat())
    if (!axes.some((axis) => isNamed(axis, name)))
      throw new SweeplineError({
        code: "ZIP_KEY",
        message: `--zip names '${name}', which no override sets`,
        hint: "It takes keys of the overrides, as they stand before '=': --zip lr,units lr=0.1,0.2 units=64,128",
      });
}

/** Axes that advance together: each entry has one value of each of them. One axis alone has entries of one value. */
interface Bundle<A> {
  readonly axes: readonly A[];
}

function bundles<A extends Pick<SweepAxis, "file" | "key">>(axes: readonly A[], { zip }: SweepShape): Bundle<A>[] {
  const made = new Map<readonly string[] | A, Bundle<A>>();
  for (const axis of axes) {
    const names = zip.find((list) => list.some((name) => isNamed(axis, name)));
    if (names === undefined) made.set(axis, { axes: [axis] });
    else made.set(names, { axes: [...(made.get(names)?.axes ?? []), axis] });
  }
  for (const [names, bundle] of made) if (Array.isArray(names)) checkWhole(names, bundle);
  return [...made.values()];
}

function checkWhole<A extends Pick<SweepAxis, "file" | "key">>(names: readonly string[], { axes }: Bundle<A>): void {
  const missing = names.filter((name) => !axes.some((axis) => isNamed(axis, name)));
  if (missing.length > 0)
    throw new SweeplineError({
      code: "ZIP_KEY",
      message: `--zip ${names.join(",")}: a sub-sweep has no ${quotedList(missing)}`,
      hint: "Keys that advance together stand together in each sub-sweep, or not at all.",
    });
}

function zipLength(counted: readonly { readonly key: string; readonly count: number }[]): number {
  const [first] = counted;
  if (counted.some(({ count }) => count !== first?.count))
    throw new SweeplineError({
      code: "ZIP_UNEQUAL",
      message: `keys that advance together have different numbers of values: ${wordList(counted.map(({ key, count }) => `${key} has ${count}`))}`,
      hint: "Give each as many values, or take one out of --zip: then it is combined with all of the others.",
    });
  return first?.count ?? 0;
}

/** The overrides of a point, back in the order in which the axes stand. */
function inOrder<A>(axes: readonly A[], chosen: ReadonlyMap<A, PointOverride>): readonly PointOverride[] {
  return axes.flatMap((axis) => chosen.get(axis) ?? []);
}

function pointsOf(
  part: readonly ReadArgument[],
  shape: SweepShape,
  options: ExpandOptions,
): Iterable<readonly PointOverride[]> {
  return shape.sample === undefined ? zipped(part, shape, options) : sampled(part, shape.sample, { shape, options });
}

function* zipped(
  part: readonly ReadArgument[],
  shape: SweepShape,
  options: ExpandOptions,
): Generator<readonly PointOverride[]> {
  const axes = axesOfArguments(part, options);
  const lists = bundles(axes, shape).map((bundle) => {
    const length = zipLength(bundle.axes.map(({ key, values }) => ({ key, count: values.length })));
    return Array.from({ length }, (_, at) =>
      bundle.axes.flatMap((axis) => {
        const value = axis.values[at];
        return value === undefined ? [] : [[axis, value] as const];
      }),
    );
  });
  refuseTooMany(combinationCount(lists));
  for (const entries of combinations(lists)) yield inOrder(axes, new Map(entries.flat()));
}

/** After so many draws that bring nothing new, nearly all of the product was drawn: the rest is listed. */
const emptyDraws = 1000;

interface Sampling {
  readonly shape: SweepShape;
  readonly options: ExpandOptions;
}

function* sampled(
  part: readonly ReadArgument[],
  request: SampleRequest,
  { shape, options }: Sampling,
): Generator<readonly PointOverride[]> {
  refuseTooMany(request.count);
  const axes = drawnAxes(part, options);
  const all = bundles(axes, shape).map((bundle) => ({ ...bundle, count: drawnLength(bundle.axes) }));
  if (all.some(({ count }) => count === 0)) return;
  const open = all.filter(({ count }) => count !== 1);
  const total = open.some(({ count }) => count === undefined)
    ? Number.POSITIVE_INFINITY
    : open.reduce((product, { count = 1 }) => product * count, 1);
  const names = open.map((bundle) => bundle.axes.map(({ file, key }) => `${file}:${key}`).join(","));
  refuseDimensions(names.length, request);
  const shares = sampleShares(names, request);
  const seen = new Set<string>();
  for (let empty = 0; seen.size < Math.min(request.count, total) && empty < emptyDraws; empty++) {
    const drawn = shares.next().value;
    const shareOf = new Map(open.map((bundle, at) => [bundle, drawn[at] ?? 0]));
    const chosen = all.flatMap((bundle) =>
      bundle.axes.map((axis) => [axis, axis.at(shareOf.get(bundle) ?? 0)] as const),
    );
    const overrides = inOrder(axes, new Map(chosen));
    const id = idOf(overrides);
    if (seen.has(id)) continue;
    seen.add(id);
    empty = -1;
    yield overrides;
  }
  if (total > maxPoints || seen.size >= request.count) return;
  for (const overrides of zipped(part, shape, options)) {
    if (seen.size >= request.count) return;
    if (!seen.has(idOf(overrides))) yield overrides;
    seen.add(idOf(overrides));
  }
}

/** undefined: without number. Intervals that advance together share what is drawn. */
function drawnLength(
  axes: readonly { readonly key: string; readonly count: number | undefined }[],
): number | undefined {
  const counted = axes.flatMap(({ key, count }) => (count === undefined ? [] : [{ key, count }]));
  return counted.length < axes.length ? undefined : zipLength(counted);
}

function refuseDimensions(dimensions: number, { sampler }: SampleRequest): void {
  if (sampler !== "sobol" || dimensions <= sobolDimensions) return;
  throw new SweeplineError({
    code: "SAMPLE",
    message: `--sampler sobol takes ${sobolDimensions} keys at most, here are ${dimensions}`,
    hint: "--sampler halton, lhs and random take any number of keys.",
  });
}

/** Each point with each number of the key, which counts fastest. */
function* repeated(
  points: Iterable<readonly PointOverride[]>,
  { part, shape, options }: Sampling & { readonly part: readonly ReadArgument[] },
): Generator<readonly PointOverride[]> {
  const { repeat } = shape;
  if (repeat === undefined) return yield* points;
  const [axis] = axesOfArguments([...readArguments([`${repeat.key}=range(${repeat.times})`], options)], options);
  if (axis === undefined) return;
  if (drawnAxes(part, options).some(({ file, key }) => file === axis.file && key === axis.key))
    throw new SweeplineError({
      code: "REPEAT_KEY",
      message: `--repeat counts '${repeat.key}', which an override sets`,
      hint: "Leave the override out, or count another key: --repeat-key KEY.",
    });
  for (const overrides of points) for (const value of axis.values) yield [...overrides, value];
}

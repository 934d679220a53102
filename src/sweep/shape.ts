/** Sweeps of other shapes than one grid: keys that advance together, several grids, samples, replicas. */
import { SweeplineError } from "../base/errors.ts";
import { bundles, inOrder, isNamed, listedLength, zipLength } from "./bundles.ts";
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
import type { Narrower } from "./narrower.ts";
import { combinationCount, combinations } from "./product.ts";
import { type SampleRequest, sampleShares } from "./samplers/samplers.ts";
import { sobolDimensions } from "./samplers/sobol.ts";
import type { Narrowing, Point, PointOverride } from "./types.ts";

export interface SweepShape {
  /** Lists of keys; those of one list advance together. */
  readonly zip: readonly (readonly string[])[];
  /** The overrides of further sub-sweeps: the sweep is the union of all. */
  readonly and: readonly (readonly string[])[];
  /** So many points drawn from the product, in place of all. */
  readonly sample?: SampleRequest;
  /** Each point so often, the key counting from 0. */
  readonly repeat?: { readonly times: number; readonly key: string };
  /** Some points only. */
  readonly narrowing?: Narrowing;
}

/** One grid, as Hydra's basic sweeper makes it. */
export const gridShape: SweepShape = { zip: [], and: [] };

export function isGrid({ zip, and, sample, repeat, narrowing }: SweepShape): boolean {
  const isWhole = sample === undefined && narrowing === undefined;
  return zip.length === 0 && and.length === 0 && isWhole && repeat === undefined;
}

/** `lr,units` to its keys. Throws BAD_OPTIONS. */
export function zipKeys(text: string): readonly string[] {
  const keys = text.split(",").map((key) => key.trim());
  if (keys.length < 2 || keys.includes(""))
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: `--zip ${text}: two keys or more advance together`,
      hint: "Write them with commas between: --zip lr,units",
    });
  return keys;
}

/** The options that say it: with the overrides, they stand for the sweep. */
export function shapeWords({ zip, and, sample, repeat, narrowing }: SweepShape): readonly string[] {
  return [
    ...zip.flatMap((keys) => ["--zip", keys.join(",")]),
    ...(sample === undefined ? [] : ["--sample", `${sample.count}`, "--sampler", sample.sampler]),
    ...(sample?.seed === undefined ? [] : ["--seed", `${sample.seed}`]),
    ...(repeat === undefined ? [] : ["--repeat", `${repeat.times}`, "--repeat-key", repeat.key]),
    ...(narrowing?.where ?? []).flatMap((condition) => ["--where", condition]),
    ...(narrowing?.when ?? []).flatMap(({ key, condition }) => ["--when", `${key}: ${condition}`]),
    ...and.flatMap((overrides) => ["--and", ...overrides]),
  ];
}

/**
 * The points of sub-sweeps in that shape, each point once, in the order of their first appearance; a grid is expandRead().
 * @param parts the overrides of the first sub-sweep, then those of each of `shape.and`
 * Errors: those of expandRead; ZIP_UNEQUAL, ZIP_KEY, REPEAT_KEY, TOO_MANY_POINTS, SAMPLE; FILTER_INVALID, FILTER_NAME_UNKNOWN, WHEN_KEY, NARROWED_TOO_LATE.
 */
export async function expandShape(
  parts: readonly (readonly ReadArgument[])[],
  shape: SweepShape,
  options: ExpandOptions,
): Promise<Expansion> {
  if (isGrid(shape)) return expandRead(parts[0] ?? [], options);
  checkZipKeys(parts, shape, options);
  const sampling = { shape, options, narrower: await narrowerFor(parts, shape, options) };
  const found = new Map<string, readonly PointOverride[]>();
  for (const part of parts)
    for (const overrides of repeated(pointsOf(part, sampling), part, sampling)) {
      const key = idOf(overrides);
      if (!found.has(key)) found.set(key, overrides);
      refuseTooMany(found.size);
    }
  return { points: [...found.values()].map((overrides, index): Point => ({ index, overrides })), isSweep: true };
}

async function narrowerFor(
  parts: readonly (readonly ReadArgument[])[],
  { narrowing }: SweepShape,
  options: ExpandOptions,
): Promise<Narrower | undefined> {
  if (narrowing === undefined) return undefined;
  const everywhere = parts.flatMap((part) => drawnAxes(part, options));
  return (await import("./narrower.ts")).narrowerOf(narrowing, everywhere);
}

/** As expandShape, for overrides as they were typed; those of `shape.and` too. */
export async function expandOverrides(
  overrides: readonly string[],
  shape: SweepShape,
  options: ExpandOptions,
): Promise<Expansion> {
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

function checkZipKeys(parts: readonly (readonly ReadArgument[])[], { zip }: SweepShape, options: ExpandOptions): void {
  if (zip.length === 0) return;
  const axes = parts.flatMap((part) => drawnAxes(part, options));
  const listed = zip.flatMap((keys) => [...new Set(keys)]);
  const twice = listed.find((name, at) => listed.indexOf(name) !== at);
  if (twice !== undefined)
    throw new SweeplineError({
      code: "ZIP_KEY",
      message: `'${twice}' is in two --zip`,
      hint: "Keys that advance together stand in one --zip: --zip lr,units,opt",
    });
  for (const name of zip.flat())
    if (!axes.some((axis) => isNamed(axis, name)))
      throw new SweeplineError({
        code: "ZIP_KEY",
        message: `--zip names '${name}', which no override sets`,
        hint: "It takes keys of the overrides, as they stand before '=': --zip lr,units lr=0.1,0.2 units=64,128",
      });
}

function pointsOf(part: readonly ReadArgument[], sampling: Sampling): Iterable<readonly PointOverride[]> {
  const { sample } = sampling.shape;
  return sample === undefined ? zipped(part, sampling) : sampled(part, sample, sampling);
}

function* zipped(
  part: readonly ReadArgument[],
  { shape, options, narrower }: Sampling,
): Generator<readonly PointOverride[]> {
  const axes = axesOfArguments(part, options);
  const bundled = bundles(axes, shape.zip);
  if (narrower !== undefined) return yield* narrower.list(axes, bundled);
  const lists = bundled.map((bundle) =>
    Array.from({ length: listedLength(bundle) }, (_, at) =>
      bundle.axes.flatMap((axis) => {
        const value = axis.values[at];
        return value === undefined ? [] : [[axis, value] as const];
      }),
    ),
  );
  refuseTooMany(combinationCount(lists));
  for (const entries of combinations(lists)) yield inOrder(axes, new Map(entries.flat()));
}

/** After so many draws that bring nothing new, nearly all of the product was drawn: the rest is listed. */
const emptyDraws = 1000;
/** The same where conditions leave few of what is drawn. */
const emptyNarrowedDraws = 100_000;

interface Sampling {
  readonly shape: SweepShape;
  readonly options: ExpandOptions;
  readonly narrower: Narrower | undefined;
}

function* sampled(
  part: readonly ReadArgument[],
  request: SampleRequest,
  sampling: Sampling,
): Generator<readonly PointOverride[]> {
  const { shape, options, narrower } = sampling;
  refuseTooMany(request.count);
  const axes = drawnAxes(part, options);
  const keep = narrower?.keeper(axes);
  const most = keep === undefined ? emptyDraws : emptyNarrowedDraws;
  const all = bundles(axes, shape.zip).map((bundle) => ({ ...bundle, count: drawnLength(bundle.axes) }));
  if (all.some(({ count }) => count === 0)) return;
  const open = all.filter(({ count }) => count !== 1);
  const total = open.some(({ count }) => count === undefined)
    ? Number.POSITIVE_INFINITY
    : open.reduce((product, { count = 1 }) => product * count, 1);
  const names = open.map((bundle) => bundle.axes.map(({ file, key }) => `${file}:${key}`).join(","));
  refuseDimensions(names.length, request);
  const shares = sampleShares(names, request);
  const seen = new Set<string>();
  for (let empty = 0; seen.size < Math.min(request.count, total) && empty < most; empty++) {
    const drawn = shares.next().value;
    const shareOf = new Map(open.map((bundle, at) => [bundle, drawn[at] ?? 0]));
    const chosen = all.flatMap((bundle) =>
      bundle.axes.map((axis) => [axis, axis.at(shareOf.get(bundle) ?? 0)] as const),
    );
    const point = inOrder(axes, new Map(chosen));
    const overrides = keep === undefined ? point : keep(point);
    const id = overrides === undefined ? undefined : idOf(overrides);
    if (overrides === undefined || id === undefined || seen.has(id)) continue;
    seen.add(id);
    empty = -1;
    yield overrides;
  }
  const isListed = total <= maxPoints || (narrower !== undefined && Number.isFinite(total));
  if (!isListed || seen.size >= request.count) return;
  for (const overrides of zipped(part, sampling)) {
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
  part: readonly ReadArgument[],
  { shape, options }: Sampling,
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

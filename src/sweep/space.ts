/** The space that a search goes through: its keys, each a number from 0 up to 1, which some override stands for. */
import { type DrawnAxis, drawnAxes, type ExpandOptions, type ReadArgument } from "./expand.ts";
import { intervalShare } from "./functions/intervals.ts";
import type { PointOverride } from "./types.ts";

/** One key that is searched over, as samplers see it: any number, one of `size` in order, or one of `size` in none. */
export type SpaceAxis =
  | { readonly name: string; readonly kind: "float" }
  | { readonly name: string; readonly kind: "int" | "choice"; readonly size: number };

export interface OverrideAt {
  readonly file: string;
  readonly text: string;
}

export interface SearchSpace {
  /** Keys with more than one value. */
  readonly axes: readonly SpaceAxis[];
  /** How many points there are; infinite where there is an interval. */
  readonly size: number;
  /** @param shares one an axis, from 0 up to 1 */
  at(shares: readonly number[]): readonly PointOverride[];
  /** The shares of a point that was made before; undefined where it is none of this space. */
  sharesOf(overrides: readonly OverrideAt[]): readonly number[] | undefined;
}

/** Errors: those of readAxes. */
export function searchSpace(args: readonly ReadArgument[], options: ExpandOptions): SearchSpace {
  const all = drawnAxes(args, options);
  const open = all.filter(({ count }) => count !== 1);
  const axes = open.map(spaceAxis);
  return {
    axes,
    size: open.reduce((product, { count = Number.POSITIVE_INFINITY }) => product * count, 1),
    at: (shares) => all.map((axis) => axis.at(shares[open.indexOf(axis)] ?? 0)),
    sharesOf: (overrides) => sharesOf(all, open, overrides),
  };
}

function nameOf({ file, key }: DrawnAxis): string {
  return `${file}:${key}`;
}

function spaceAxis(axis: DrawnAxis): SpaceAxis {
  const name = nameOf(axis);
  if (axis.count === undefined) return { name, kind: "float" };
  return { name, kind: axis.list?.kind === "numbers" ? "int" : "choice", size: axis.count };
}

function sharesOf(
  all: readonly DrawnAxis[],
  open: readonly DrawnAxis[],
  overrides: readonly OverrideAt[],
): readonly number[] | undefined {
  const texts = new Map(overrides.map(({ file, text }) => [`${file}:${keyIn(text)}`, text]));
  if (all.some((axis) => !texts.has(nameOf(axis))) || overrides.length !== all.length) return undefined;
  const shares = open.map((axis) => shareOf(axis, texts.get(nameOf(axis)) ?? ""));
  return shares.some((share) => share === undefined) ? undefined : shares.flatMap((share) => share ?? []);
}

function keyIn(text: string): string {
  const end = text.indexOf("=");
  return end < 0 ? text : text.slice(0, end);
}

function shareOf({ interval, list }: DrawnAxis, text: string): number | undefined {
  if (interval !== undefined) return intervalShare(interval, Number(text.slice(text.indexOf("=") + 1)));
  const index = list?.texts.indexOf(text) ?? -1;
  return list === undefined || index < 0 ? undefined : (index + 0.5) / list.texts.length;
}

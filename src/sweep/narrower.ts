/** What --where and --when do to a sub-sweep. Who narrows nothing does not load it, nor the language of conditions. */
import type { AxisKey, Bundle } from "./bundles.ts";
import { rangeOfValues } from "./conditions/partial.ts";
import { narrowedProduct } from "./narrowed-product.ts";
import { keepDrawn, rulesOf, valueIn } from "./narrowing.ts";
import type { Narrowing, PointOverride, SweepAxis } from "./types.ts";

export interface Narrower {
  /** The points of a product, in its order. */
  list(axes: readonly SweepAxis[], bundled: readonly Bundle<SweepAxis>[]): Iterable<readonly PointOverride[]>;
  /** What becomes of a point that was drawn, one override an axis; undefined: it is not wanted. */
  keeper(axes: readonly AxisKey[]): (drawn: readonly PointOverride[]) => readonly PointOverride[] | undefined;
}

/** @param everywhere the axes of all sub-sweeps. Errors, when asked: FILTER_INVALID, FILTER_NAME_UNKNOWN, WHEN_KEY, NARROWED_TOO_LATE. */
export function narrowerOf(narrowing: Narrowing, everywhere: readonly AxisKey[]): Narrower {
  return {
    list: (axes, bundled) => {
      const ranges = axes.map(({ values }) => rangeOfValues(values.map(valueIn)));
      return narrowedProduct(
        axes,
        bundled,
        rulesOf(narrowing, { own: axes, everywhere, rangeOf: (axis) => ranges[axis] }),
      );
    },
    keeper: (axes) => {
      const rules = rulesOf(narrowing, { own: axes, everywhere, rangeOf: () => undefined });
      return (drawn) => keepDrawn(rules, drawn);
    },
  };
}

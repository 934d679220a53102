/** Keys of a sweep: what names them, and those that advance together. */
import { SweeplineError } from "../base/errors.ts";
import { quotedList, wordList } from "../base/text/listing.ts";
import type { PointOverride, SweepAxis } from "./types.ts";

/** Which key of which file. */
export type AxisKey = Pick<SweepAxis, "file" | "key">;

/** The key without what is before it: `lr` of `+lr`. */
export function bareKeyOf({ key }: Pick<AxisKey, "key">): string {
  return key.replace(/^(?:\+\+?|~)/, "");
}

/** `lr` names `lr=...`, `+lr=...` and `++lr=...`; another file's key has its file in front. */
export function isNamed(axis: AxisKey, name: string): boolean {
  const bare = bareKeyOf(axis);
  return name === bare || name === axis.key || name === `${axis.file}:${bare}`;
}

/** Axes that advance together: each entry has one value of each of them. One axis alone has entries of one value. */
export interface Bundle<A> {
  readonly axes: readonly A[];
}

/** Throws ZIP_KEY where only some of the keys that advance together are there. @param zip lists of keys */
export function bundles<A extends AxisKey>(axes: readonly A[], zip: readonly (readonly string[])[]): Bundle<A>[] {
  const made = new Map<readonly string[] | A, Bundle<A>>();
  for (const axis of axes) {
    const names = zip.find((list) => list.some((name) => isNamed(axis, name)));
    if (names === undefined) made.set(axis, { axes: [axis] });
    else made.set(names, { axes: [...(made.get(names)?.axes ?? []), axis] });
  }
  for (const [names, bundle] of made) if (Array.isArray(names)) checkWhole(names, bundle);
  return [...made.values()];
}

function checkWhole(names: readonly string[], { axes }: Bundle<AxisKey>): void {
  const missing = names.filter((name) => !axes.some((axis) => isNamed(axis, name)));
  if (missing.length > 0)
    throw new SweeplineError({
      code: "ZIP_KEY",
      message: `--zip ${names.join(",")}: a sub-sweep has no ${quotedList(missing)}`,
      hint: "Keys that advance together stand together in each sub-sweep, or not at all.",
    });
}

/** How many entries there are. Throws ZIP_UNEQUAL. */
export function zipLength(counted: readonly { readonly key: string; readonly count: number }[]): number {
  const [first] = counted;
  if (counted.some(({ count }) => count !== first?.count))
    throw new SweeplineError({
      code: "ZIP_UNEQUAL",
      message: `keys that advance together have different numbers of values: ${wordList(counted.map(({ key, count }) => `${key} has ${count}`))}`,
      hint: "Give each as many values, or take one out of --zip: then it is combined with all of the others.",
    });
  return first?.count ?? 0;
}

/** How many entries a bundle has, of axes whose values are listed. Throws ZIP_UNEQUAL. */
export function listedLength({ axes }: Bundle<SweepAxis>): number {
  return zipLength(axes.map(({ key, values }) => ({ key, count: values.length })));
}

/** The overrides of a point, back in the order in which the axes stand. */
export function inOrder<A>(axes: readonly A[], chosen: ReadonlyMap<A, PointOverride>): readonly PointOverride[] {
  return axes.flatMap((axis) => chosen.get(axis) ?? []);
}

/** `<<: *base`: what a mapping takes over from others. */
import { isScalar, type Pair } from "yaml";
import type { Scalar } from "../../base/value.ts";
import type { LocatedEntry, LocatedNode } from "../text/located.ts";

/** `<<` written plain: quoted it is a key like any other. */
export function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === "<<" && pair.key.type === "PLAIN";
}

/** What the value of a `<<` brings: a mapping, or a list of mappings of which the first wins; undefined for any other. */
export function mergedEntries<Extra>(node: LocatedNode<Extra>): readonly LocatedEntry<Extra>[] | undefined {
  if (node.kind === "map") return node.entries;
  if (node.kind !== "list" || !node.items.every((item) => item.kind === "map")) return undefined;
  return node.items.toReversed().flatMap((item) => (item.kind === "map" ? item.entries : []));
}

/** As Python's readers: what is merged comes first, later merges over earlier ones, and a key keeps the place where it is met first. */
export function withMerged<Extra>(
  merged: readonly LocatedEntry<Extra>[],
  own: ReadonlyMap<Scalar, LocatedEntry<Extra>>,
): LocatedEntry<Extra>[] {
  const entries = new Map<Scalar, LocatedEntry<Extra>>();
  for (const entry of merged) entries.set(entry.key, { ...entry, origin: "merged" });
  for (const [key, entry] of own) entries.set(key, entry);
  return [...entries.values()];
}

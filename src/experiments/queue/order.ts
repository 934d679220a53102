/**
 * The order in which queued entries run. As queued, that is by sequence number, except for what `queue move` and
 * --first changed: a small file lists those sequence numbers that come before all others, in their order.
 *
 * A file beside the queue and not a part of the refs: an entry's ref and commit stay what they are, so a claim, a
 * listing that another process holds, and the record in the commit go on being true. Losing it loses an order, never
 * an entry.
 */

import { lstatIfExists, readIfExists, removeFile, writeAtomic } from "../../base/files.ts";
import { parseJson } from "../../base/json.ts";
import type { StateLayout } from "../layout.ts";

export interface Numbered {
  readonly sequence: number;
}

/** The sequence numbers that come first; a file that can't be read counts as none. */
export function readOrder(state: StateLayout): readonly number[] {
  const text = readIfExists(state.order)?.toString();
  if (text === undefined) return [];
  const list = parseJson(text);
  return Array.isArray(list) ? list.filter((item): item is number => Number.isSafeInteger(item)) : [];
}

/** Changes when the order does: for those who keep a sorted list. */
export function orderVersion(state: StateLayout): string {
  const stat = lstatIfExists(state.order);
  return stat === undefined ? "" : `${stat.ino}-${stat.mtimeMs}-${stat.size}`;
}

/** The items of `first` in that order, then the others by sequence number. */
export function sortByOrder<Item extends Numbered>(items: readonly Item[], first: readonly number[]): Item[] {
  if (first.length === 0) return [...items].sort((a, b) => a.sequence - b.sequence);
  const rank = new Map(first.map((sequence, at) => [sequence, at]));
  const rankOf = (item: Item) => rank.get(item.sequence) ?? Number.POSITIVE_INFINITY;
  return [...items].sort((a, b) => {
    const [left, right] = [rankOf(a), rankOf(b)];
    return left === right ? a.sequence - b.sequence : left - right;
  });
}

export type QueuePlace =
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  | { readonly kind: "before"; readonly sequence: number };

/** The whole order after a move. The moved ones keep the order in which they are named. */
export function moved(order: readonly number[], moving: readonly number[], place: QueuePlace): readonly number[] {
  const set = new Set(moving);
  const rest = order.filter((sequence) => !set.has(sequence));
  if (place.kind === "first") return [...moving, ...rest];
  if (place.kind === "last") return [...rest, ...moving];
  const at = rest.indexOf(place.sequence);
  return [...rest.slice(0, at), ...moving, ...rest.slice(at)];
}

/** Without its longest rising end, which sorting by number gives anyway: so entries that are queued later come after it. */
export function shortened(order: readonly number[]): readonly number[] {
  let end = order.length - 1;
  while (end > 0 && (order[end - 1] ?? 0) < (order[end] ?? 0)) end--;
  return order.slice(0, Math.max(0, end));
}

/** Only while holding the queue's lock. */
export function writeOrder(state: StateLayout, order: readonly number[]): void {
  const first = shortened(order);
  if (first.length === 0) removeFile(state.order);
  else writeAtomic(state.order, JSON.stringify(first));
}

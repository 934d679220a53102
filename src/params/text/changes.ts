/** The difference between a file as it is and the values it shall hold, as changes of its text's nodes. */
import { isList, isMap, type Scalar, sameValue, type Value, type ValueMap } from "../../base/value.ts";
import { type LocatedEntry, type LocatedList, type LocatedMap, type LocatedNode, plainValue } from "./located.ts";

export type Change =
  | { readonly kind: "set"; readonly node: LocatedNode; readonly value: Value }
  | { readonly kind: "add-keys"; readonly map: LocatedMap; readonly entries: readonly (readonly [Scalar, Value])[] }
  | { readonly kind: "remove-keys"; readonly map: LocatedMap; readonly entries: readonly LocatedEntry[] }
  | { readonly kind: "add-items"; readonly list: LocatedList; readonly at: number; readonly values: readonly Value[] }
  | { readonly kind: "remove-items"; readonly list: LocatedList; readonly from: number; readonly count: number };

/**
 * The changes that lead from `node` to `target`. One round of them may not be enough: where keys both go and come in one
 * mapping only the going is listed, so the caller reads the result again and asks once more, until nothing is left.
 */
export function changesBetween(node: LocatedNode, target: Value): Change[] {
  if (node.kind === "map" && isMap(target) && !node.isReference) return mapChanges(node, target);
  if (node.kind === "list" && isList(target) && !node.isReference) return listChanges(node, target);
  if (node.kind === "scalar") return sameValue(node.value, target) ? [] : [{ kind: "set", node, value: target }];
  return sameValue(plainValue(node), target) ? [] : [{ kind: "set", node, value: target }];
}

function mapChanges(map: LocatedMap, target: ValueMap): Change[] {
  const gone = map.entries.filter((entry) => !target.has(entry.key));
  const present = new Set(map.entries.map((entry) => entry.key));
  const come = [...target].filter(([key]) => !present.has(key));
  const hasKept = map.entries.some((entry) => target.has(entry.key));
  // Nothing would be left to add to or to stand between the brackets.
  if (gone.length > 0 && !hasKept) return [{ kind: "set", node: map, value: target }];
  const changes: Change[] = [];
  for (const entry of map.entries) {
    const wanted = target.get(entry.key);
    if (wanted === undefined) continue;
    if (entry.origin === "own") changes.push(...changesBetween(entry.node, wanted));
    else if (!sameValue(plainValue(entry.node), wanted)) come.push([entry.key, wanted]);
  }
  if (gone.length > 0) changes.push({ kind: "remove-keys", map, entries: gone });
  else if (come.length > 0) changes.push({ kind: "add-keys", map, entries: come });
  return changes;
}

function listChanges(list: LocatedList, target: readonly Value[]): Change[] {
  if (list.items.length > 0 && target.length === 0) return [{ kind: "set", node: list, value: target }];
  const { prefix, suffix } = commonEnds(list, target);
  const oldMiddle = list.items.slice(prefix, list.items.length - suffix);
  const newMiddle = target.slice(prefix, target.length - suffix);
  const paired = Math.min(oldMiddle.length, newMiddle.length);
  const changes: Change[] = [];
  for (const [index, item] of oldMiddle.slice(0, paired).entries()) {
    const wanted = newMiddle[index];
    if (wanted !== undefined) changes.push(...changesBetween(item, wanted));
  }
  const at = prefix + paired;
  if (oldMiddle.length > paired)
    changes.push({ kind: "remove-items", list, from: at, count: oldMiddle.length - paired });
  if (newMiddle.length > paired) changes.push({ kind: "add-items", list, at, values: newMiddle.slice(paired) });
  return changes;
}

/** How many items are equal at both ends: an item taken out of the middle must not rewrite those behind it. */
function commonEnds(list: LocatedList, target: readonly Value[]): { prefix: number; suffix: number } {
  const most = Math.min(list.items.length, target.length);
  const same = (left: number, right: number): boolean => {
    const item = list.items[left];
    return item !== undefined && sameValue(plainValue(item), target[right]);
  };
  let prefix = 0;
  while (prefix < most && same(prefix, prefix)) prefix++;
  let suffix = 0;
  while (suffix < most - prefix && same(list.items.length - 1 - suffix, target.length - 1 - suffix)) suffix++;
  return { prefix, suffix };
}

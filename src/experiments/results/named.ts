/** Finished experiments and entries of the queue that have one name. */
import type { ObjectId } from "../../git/ids.ts";
import { listQueue, type QueueEntry } from "../queue/entries.ts";
import type { ExperimentsContext } from "../repository.ts";
import { ambiguousName, type FinishedExperiment, listFinished } from "./finished.ts";

export interface Named {
  readonly finished: readonly FinishedExperiment[];
  readonly entries: readonly QueueEntry[];
}

/**
 * What names on the command line mean, one after the other, finished and queued together. A full ref is taken as it is; a
 * commit id (whole or shortened) where nothing has that name; what
 * HEAD's baseline has wins over the same name of others. Throws NAME_AMBIGUOUS where several other baselines have it, or
 * several commits begin so.
 */
export function chooseNamed(all: Named, names: readonly string[], head: ObjectId | undefined): readonly Named[] {
  const byRef = grouped(all, (item) => item.ref);
  const byName = grouped(all, (item) => item.name);
  return names.map((name) => {
    const found = (name.startsWith("refs/") ? byRef.get(name) : undefined) ?? byName.get(name) ?? byCommit(all, name);
    if (baselinesOf(found).size <= 1) return found;
    const ofHead = only(found, (item) => item.baseline === head);
    if (size(ofHead) > 0) return ofHead;
    throw ambiguousName(name, [...found.finished, ...found.entries]);
  });
}

function byCommit(all: Named, name: string): Named {
  const isMeant = (item: Item) => item.commit.startsWith(name);
  const found = /^[0-9a-f]{4,64}$/.test(name) ? only(all, isMeant) : { finished: [], entries: [] };
  if (size(found) > 1) throw ambiguousName(name, [...found.finished, ...found.entries]);
  return found;
}

/** By a key, in their order. */
function grouped(all: Named, keyOf: (item: Item) => string): ReadonlyMap<string, Named> {
  const groups = new Map<string, { finished: FinishedExperiment[]; entries: QueueEntry[] }>();
  const groupOf = (item: Item) => {
    const group = groups.get(keyOf(item)) ?? { finished: [], entries: [] };
    groups.set(keyOf(item), group);
    return group;
  };
  for (const item of all.finished) groupOf(item).finished.push(item);
  for (const item of all.entries) groupOf(item).entries.push(item);
  return groups;
}

/** How many baselines have a finished, queued or failed experiment of that name. */
export async function countBaselines(context: ExperimentsContext, name: string): Promise<number> {
  const [finished, { entries }] = await Promise.all([listFinished(context), listQueue(context)]);
  return baselinesOf(only({ finished, entries }, (item) => item.name === name)).size;
}

type Item = Pick<FinishedExperiment, "ref" | "name" | "baseline" | "commit">;

function only({ finished, entries }: Named, isWanted: (item: Item) => boolean): Named {
  return { finished: finished.filter(isWanted), entries: entries.filter(isWanted) };
}

function baselinesOf({ finished, entries }: Named): ReadonlySet<ObjectId> {
  return new Set([...finished, ...entries].map((item) => item.baseline));
}

function size({ finished, entries }: Named): number {
  return finished.length + entries.length;
}

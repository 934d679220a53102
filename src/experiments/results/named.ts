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
 * What a name on the command line means, finished and queued together. A full ref is taken as it is; what HEAD's
 * baseline has wins over the same name of others. Throws NAME_AMBIGUOUS where several other baselines have it.
 */
export function chooseNamed(all: Named, name: string, head: ObjectId | undefined): Named {
  const byRef = only(all, (item) => item.ref === name);
  if (name.startsWith("refs/") && size(byRef) > 0) return byRef;
  const found = only(all, (item) => item.name === name);
  if (baselinesOf(found).size <= 1) return found;
  const ofHead = only(found, (item) => item.baseline === head);
  if (size(ofHead) > 0) return ofHead;
  throw ambiguousName(name, [...found.finished, ...found.entries]);
}

/** How many baselines have a finished, queued or failed experiment of that name. */
export async function countBaselines(context: ExperimentsContext, name: string): Promise<number> {
  const [finished, { entries }] = await Promise.all([listFinished(context), listQueue(context)]);
  return baselinesOf(only({ finished, entries }, (item) => item.name === name)).size;
}

type Item = Pick<FinishedExperiment, "ref" | "name" | "baseline">;

function only({ finished, entries }: Named, isWanted: (item: Item) => boolean): Named {
  return { finished: finished.filter(isWanted), entries: entries.filter(isWanted) };
}

function baselinesOf({ finished, entries }: Named): ReadonlySet<ObjectId> {
  return new Set([...finished, ...entries].map((item) => item.baseline));
}

function size({ finished, entries }: Named): number {
  return finished.length + entries.length;
}

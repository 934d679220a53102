/** Sequence numbers of queue entries and runs: they only grow. Deleting .dvc/tmp makes them start after the queue's highest. */
import { readIfExists, writeAtomic } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import type { ExperimentsContext } from "../repository.ts";
import { highestSequence, listQueue } from "./entries.ts";

export function lastSequence(context: ExperimentsContext): number {
  const text = readIfExists(context.state.lastSequence)?.toString() ?? "0";
  return /^\d{1,12}$/.test(text) ? Number(text) : 0;
}

/** Only while holding the queue's lock. */
export function rememberSequence(context: ExperimentsContext, sequence: number): void {
  writeAtomic(context.state.lastSequence, String(sequence));
}

/** A number for a run that never was in the queue. */
export function reserveSequence(context: ExperimentsContext): Promise<number> {
  return withLock({ file: context.state.queueLock, what: "numbering a run" }, async () => {
    const sequence = Math.max(lastSequence(context), highestSequence(await listQueue(context))) + 1;
    rememberSequence(context, sequence);
    return sequence;
  });
}

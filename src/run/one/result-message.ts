import { experimentHash } from "../../pipeline/lock/hash.ts";
import type { ReproduceFacts } from "../../pipeline/reproduce/result.ts";
import type { LockEntry } from "../../pipeline/types.ts";

/** The commit message of an experiment: the user's, or DVC's with the hash of the stages that ran or were restored. */
export function resultMessage(result: ReproduceFacts, message: string | undefined): string {
  if (message !== undefined) return message;
  const changed = new Map<string, LockEntry>();
  for (const address of result.changedStages) {
    const entry = result.entries.get(address);
    if (entry !== undefined) changed.set(address, entry);
  }
  return `dvc: commit experiment ${experimentHash(changed)}`;
}

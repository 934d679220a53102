import { SweeplineError } from "../base/errors.ts";
import { type QueueEntry, removal, transition } from "../experiments/queue/entries.ts";
import { experimentRef } from "../experiments/repository.ts";
import type { ObjectId } from "../git/ids.ts";
import type { RefChange, RefRefusal, RefTransactions } from "../git/refs.ts";

/**
 * Creates the experiment's ref and deletes its entry, both or none. Days of computing are never dropped for a name:
 * where somebody took it meanwhile, the result is kept as `<name>-2`. Returns the name it got.
 */
export async function commitOutcome(refs: RefTransactions, entry: QueueEntry, commit: ObjectId): Promise<string> {
  let entryIsThere = true;
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? entry.name : `${entry.name}-${attempt}`;
    const ref = experimentRef(entry.baseline, name);
    const result: RefChange = entry.record.replace
      ? { kind: "set", ref, to: commit }
      : { kind: "create", ref, to: commit };
    const outcome = await refs.commit(entryIsThere ? [result, removal(entry)] : [result]);
    if (outcome.kind === "committed") return name;
    if (entryIsThere && outcome.why === "changed" && outcome.ref === entry.ref) {
      // Somebody removed or replaced the entry while it ran: what was computed is kept all the same.
      entryIsThere = false;
      attempt--;
      continue;
    }
    if (outcome.why !== "exists" || attempt > 1000)
      throw new SweeplineError({
        code: "COMMIT_REFUSED",
        message: `the result of '${entry.name}' (commit ${commit}) could not be recorded: ${outcome.message}`,
        hint: `Nothing is lost: git update-ref ${ref} ${commit} keeps it.`,
      });
  }
}

/** Moves the entry from queued to failed; answers the refusal where somebody changed it meanwhile. */
export async function moveToFailed(refs: RefTransactions, entry: QueueEntry): Promise<RefRefusal | undefined> {
  const outcome = await refs.commit(transition(entry, "failed"));
  return outcome.kind === "committed" ? undefined : outcome;
}

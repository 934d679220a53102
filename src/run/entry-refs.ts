import { SweeplineError } from "../base/errors.ts";
import { type QueueEntry, removal, transition } from "../experiments/queue/entries.ts";
import { parseFacts } from "../experiments/record.ts";
import { experimentRef } from "../experiments/repository.ts";
import { CatFile } from "../git/catfile.ts";
import type { ObjectId, RefName } from "../git/ids.ts";
import { parseCommit } from "../git/objects.ts";
import { type RefChange, type RefRefusal, type RefTransactions, refIs } from "../git/refs.ts";
import type { Repository } from "../git/repository.ts";

export interface Result {
  readonly repository: Repository;
  readonly commit: ObjectId;
}

/** Where a result is. */
export interface Recorded {
  readonly name: string;
  /** That of another run of the same entry, which finished first: it stays, and ours is dropped. */
  readonly earlier?: ObjectId;
}

/** The experiment of that ref, where it is a result of the same point: the entry was run twice, as after a lost claim. */
async function earlierResult(repository: Repository, ref: RefName, entry: QueueEntry): Promise<ObjectId | undefined> {
  const objects = new CatFile(repository);
  try {
    const object = await objects.read(ref);
    const facts = object?.type === "commit" ? parseFacts(parseCommit(object.content)) : undefined;
    return facts?.identity === entry.record.identity ? (object?.id as ObjectId) : undefined;
  } finally {
    objects.close();
  }
}

/**
 * Creates the experiment's ref and deletes its entry, both or none. Days of computing are never dropped for a name:
 * where somebody took it meanwhile, the result is kept as `<name>-2`. Where the entry itself was finished meanwhile its
 * first result stays the only one.
 */
export async function commitOutcome(
  refs: RefTransactions,
  entry: QueueEntry,
  { repository, commit }: Result,
): Promise<Recorded> {
  let entryIsThere = true;
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? entry.name : `${entry.name}-${attempt}`;
    const ref = experimentRef(entry.baseline, name);
    const result: RefChange = entry.record.replace
      ? { kind: "set", ref, to: commit }
      : { kind: "create", ref, to: commit };
    const outcome = await refs.commit(entryIsThere ? [result, removal(entry)] : [result]);
    if (outcome.kind === "committed") return { name };
    if (entryIsThere && outcome.why === "changed" && outcome.ref === entry.ref) {
      // Somebody removed or replaced the entry while it ran: what was computed is kept all the same.
      entryIsThere = false;
      attempt--;
      continue;
    }
    // A name that is taken is told before an entry that is gone.
    const isFinished = outcome.why === "exists" && !(await refIs(repository, entry.ref, entry.commit));
    const earlier = isFinished ? await earlierResult(repository, ref, entry) : undefined;
    if (earlier !== undefined) return { name, earlier };
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

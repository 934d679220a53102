/**
 * Entries of a Git remote's queue, as they arrive. They are a stranger's: each passes the gate of queue entries (record.ts),
 * and has to be what its ref says that it is. Nothing of one is run here.
 */
import { SweeplineError } from "../../base/errors.ts";
import { CatFile, type GitObject } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { type ParsedCommit, parseCommit } from "../../git/objects.ts";
import { fetchObjects } from "../../git/remote.ts";
import { isName } from "../names.ts";
import { type EntryRecord, parseEntryMessage } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { SharedRef } from "../shared-refs.ts";
import { type Claim, parseClaim } from "./claims.ts";

/** What is needed of an entry, wherever it waits. */
export interface EntryCommit {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly record: EntryRecord;
}

export interface SharedEntry extends SharedRef {
  readonly entry: EntryCommit;
  /** Who took it. */
  readonly claim: Claim | undefined;
}

export interface SharedEntries {
  readonly entries: readonly SharedEntry[];
  /** Refs that hold no entry of the name and the baseline that they say. */
  readonly strange: readonly SharedRef[];
}

function parsed(object: GitObject | undefined): ParsedCommit | undefined {
  return object?.type === "commit" ? parseCommit(object.content) : undefined;
}

/** undefined: it is none, or not that one. */
function readEntry({ baseline, name }: SharedRef, id: ObjectId, commit: ParsedCommit): EntryCommit | undefined {
  try {
    const { head, record } = parseEntryMessage(commit.message);
    const { tree, parents } = commit;
    const isSame = head.name === name && head.baseline === baseline && head.head === baseline;
    if (!isSame || !isName(name) || parents[0] !== baseline || parents.length > 3) return undefined;
    return { commit: id, tree, parents, record };
  } catch (error) {
    if (error instanceof SweeplineError && error.code === "ENTRY_BROKEN") return undefined;
    throw error;
  }
}

/** Fetches what the refs of a remote hold, and reads it. Errors: GIT_REMOTE_FAILED. */
export async function readShared(
  { repository }: ExperimentsContext,
  remote: string,
  refs: readonly SharedRef[],
): Promise<SharedEntries> {
  await fetchObjects(
    repository,
    remote,
    refs.map(({ ref, id }) => ({ name: ref, id })),
  );
  const objects = new CatFile(repository);
  try {
    const heads = (await objects.readAll(refs.map(({ id }) => id))).map(parsed);
    const claims = heads.map((commit) => commit && parseClaim(commit));
    const taken = (
      await objects.readAll(claims.flatMap((claim) => (claim === undefined ? [] : [claim.entry])))
    ).values();
    const entries: SharedEntry[] = [];
    const strange: SharedRef[] = [];
    for (const [at, ref] of refs.entries()) {
      const claim = claims[at];
      const commit = claim === undefined ? heads[at] : parsed(taken.next().value);
      const entry = commit === undefined ? undefined : readEntry(ref, claim?.entry ?? ref.id, commit);
      if (entry === undefined) strange.push(ref);
      else entries.push({ ...ref, entry, claim });
    }
    return { entries, strange };
  } finally {
    objects.close();
  }
}

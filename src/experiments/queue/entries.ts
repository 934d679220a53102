/**
 * The queue is refs, one an entry: refs/exps/celery/sweepline/{queued,failed}/<sequence>, each a stash-like commit
 * (parents: HEAD, the index, and what -C copied) whose tree is the workspace with the point applied. One listing is
 * the whole truth; a transition is one ref transaction. Below refs/exps/celery/ real DVC leaves refs alone.
 */
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, readdirSync } from "../../base/files.ts";
import { isLockHeld, tryLock, unlock } from "../../base/locks.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import type { RefChange } from "../../git/refs.ts";
import { tryGit } from "../../git/run.ts";
import { sequenceText } from "../layout.ts";
import { belongsHere } from "../queue-home.ts";
import { type EntryRecord, parseEntryMessage } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { readOrder, sortByOrder } from "./order.ts";
import { salvageRefs } from "./salvage.ts";

export type EntryState = "queued" | "failed";

export interface QueueEntry {
  readonly state: EntryState;
  readonly ref: RefName;
  readonly sequence: number;
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  /** The user's index as a commit: all entries of one queueing share it, and with it the names of their files. */
  readonly index: ObjectId | undefined;
  /** The commit whose tree holds the files of --copy-paths. */
  readonly copiedPaths: ObjectId | undefined;
  readonly head: ObjectId;
  readonly baseline: ObjectId;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly queuedAt: number;
  readonly record: EntryRecord;
}

/** An entry whose commit can't be read as ours: it is listed, never run. */
export interface BrokenEntry {
  readonly ref: RefName;
  readonly commit: ObjectId;
}

export interface QueueListing {
  readonly entries: readonly QueueEntry[];
  /** Entries of other projects and linked work trees of the repository: never run, changed or listed from here. */
  readonly elsewhere: readonly QueueEntry[];
  readonly broken: readonly BrokenEntry[];
}

export const queuePrefix = "refs/exps/celery/sweepline";

export function queueRef(state: EntryState, sequence: number): RefName {
  return `${queuePrefix}/${state}/${sequenceText(sequence)}` as RefName;
}

const fields = ["%(refname)", "%(objectname)", "%(tree)", "%(parent)", "%(committerdate:unix)", "%(contents)"];
const entryRefPattern = /^refs\/exps\/celery\/sweepline\/(queued|failed)\/(\d{10,})$/;

/** All entries, in the order in which they are to run. One git process, whatever the number. */
export async function listQueue(context: ExperimentsContext): Promise<QueueListing> {
  const outcome = await tryGit(["for-each-ref", `--format=${fields.join("%00")}%00`, queuePrefix], {
    cwd: context.repository.workTree,
  });
  // Git refuses the whole listing where one object of it is missing.
  const refs = outcome.exitCode === 0 ? splitRecords(outcome.stdout.toString()) : await salvaged(context);
  const entries: QueueEntry[] = [];
  const elsewhere: QueueEntry[] = [];
  const broken: BrokenEntry[] = [];
  const isOurs = belongsHere(context);
  for (const facts of refs) {
    const entry = readEntry(facts);
    if (entry !== undefined) (isOurs(entry.record) ? entries : elsewhere).push(entry);
    else broken.push({ ref: facts.ref as RefName, commit: facts.commit as ObjectId });
  }
  return { entries: sortByOrder(entries, readOrder(context.state)), elsewhere, broken };
}

function splitRecords(text: string): readonly EntryFields[] {
  const values = text.split("\0");
  const field = (at: number) => values[at] ?? "";
  const records: EntryFields[] = [];
  // Git ends each record with a newline, which starts the next one's first field.
  for (let at = 0; at + fields.length < values.length; at += fields.length) {
    records.push({
      ref: field(at).trimStart(),
      commit: field(at + 1),
      tree: field(at + 2),
      parents: field(at + 3),
      queuedAt: field(at + 4),
      message: field(at + 5),
    });
  }
  return records;
}

async function salvaged(context: ExperimentsContext): Promise<readonly EntryFields[]> {
  const missing = { tree: "", parents: "", queuedAt: "", message: "" };
  const refs = await salvageRefs(context.repository, queuePrefix);
  return refs.map(({ ref, id, commit }) => ({ ref, commit: id, ...(commit ?? missing) }));
}

/** The highest sequence number in the queue, whosesoever; 0 where it is empty. */
export function highestSequence({ entries, elsewhere }: Pick<QueueListing, "entries" | "elsewhere">): number {
  return [...entries, ...elsewhere].reduce((highest, entry) => Math.max(highest, entry.sequence), 0);
}

type EntryFields = Readonly<Record<"ref" | "commit" | "tree" | "parents" | "queuedAt" | "message", string>>;

function readEntry(values: EntryFields): QueueEntry | undefined {
  const found = entryRefPattern.exec(values.ref);
  if (found === null) return undefined;
  try {
    const { head, record } = parseEntryMessage(values.message);
    const sequence = Number(found[2]);
    const parents = values.parents.split(" ");
    return {
      head: head.head,
      baseline: head.baseline,
      name: head.name,
      state: found[1] as EntryState,
      ref: values.ref as RefName,
      sequence,
      commit: values.commit as ObjectId,
      tree: values.tree as ObjectId,
      index: parents[1] as ObjectId | undefined,
      copiedPaths: parents[2] as ObjectId | undefined,
      queuedAt: Number(values.queuedAt),
      record,
    };
  } catch (error) {
    if (error instanceof SweeplineError) return undefined;
    throw error;
  }
}

function claimFile(context: ExperimentsContext, sequence: number): string {
  return `${context.state.claims}/${sequenceText(sequence)}`;
}

/** Claims an entry for this process, or answers false where a living process has it. */
export function claimEntry(context: ExperimentsContext, sequence: number): boolean {
  return tryLock(claimFile(context, sequence), `run ${sequence}`);
}

export function releaseEntry(context: ExperimentsContext, sequence: number): void {
  unlock(claimFile(context, sequence));
}

/** Sequence numbers that living processes are running now. */
export function runningSequences(context: ExperimentsContext): ReadonlySet<number> {
  if (!existsSync(context.state.claims)) return new Set();
  const names = readdirSync(context.state.claims).filter((name) => /^\d{10,}$/.test(name));
  return new Set(names.filter((name) => isLockHeld(`${context.state.claims}/${name}`)).map(Number));
}

/** Takes an entry out of the queue. */
export function removal(entry: Pick<QueueEntry, "ref" | "commit">): RefChange {
  return { kind: "delete", ref: entry.ref, from: entry.commit };
}

/** Moves an entry between queued and failed. */
export function transition(entry: QueueEntry, to: EntryState): readonly RefChange[] {
  return [{ kind: "create", ref: queueRef(to, entry.sequence), to: entry.commit }, removal(entry)];
}

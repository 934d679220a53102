/**
 * The lock files of one run: read once, written as stages end.
 *
 * A file is written whole each time, so a pipeline of thousands of quick stages would write it thousands of times. Where
 * the run-cache holds the stage (a crash then costs a restore, not a run), entries are gathered for a moment.
 */
import path from "node:path";
import { isExpected } from "../../base/errors.ts";
import { readIfExists } from "../../base/files.ts";
import { sameValue } from "../../base/value.ts";
import { entryToValue } from "../lock/entry.ts";
import {
  emptyLock,
  type LockFile,
  type LockWrite,
  lockedEntry,
  lockProblem,
  parseLock,
  withEntries,
  writeLock,
} from "../lock/file.ts";
import { lockFileOf } from "../paths.ts";
import type { LockEntry, Stage } from "../types.ts";

export interface LockWritten {
  /** Root-relative. */
  readonly file: string;
  readonly change: LockWrite;
}

/** "at-once" before anything else is done; "soon" within a moment, or when the book is closed. */
export type Urgency = "at-once" | "soon";

export interface LockBook {
  /** The entry of a stage; its file must have been loaded. */
  entry(stage: Stage): LockEntry | undefined;
  /** Replaces the stage's entry in the file. New stages come in the order of the plan, whoever ends first. */
  write(stage: Stage, entry: LockEntry, urgency: Urgency): Promise<LockWritten>;
  /** Whether a file has not got all entries yet. */
  isPending(): boolean;
  /** Told each time when the files have got all entries. */
  onWritten(told: () => void): void;
  /** Writes what is left to write. */
  close(): Promise<void>;
}

/** How long entries may be gathered. A write that replaces a file waits for the disk: 1 to 10 ms on ext4. */
const gatherMs = 250;

interface OpenLock {
  readonly file: string;
  readonly absolute: string;
  content: LockFile;
  /** The file's bytes when we last read or wrote it: a stage may change it too. */
  bytes: Buffer | undefined;
  /** Names that this run added. */
  readonly added: Set<string>;
  /** Entries that the file has not got yet. */
  readonly pending: Map<string, LockEntry>;
  timer: NodeJS.Timeout | undefined;
  writtenAtMs: number;
  /** Told when nothing is pending any more. */
  readonly written: () => void;
}

async function parse(bytes: Buffer | undefined, file: string): Promise<LockFile> {
  if (bytes === undefined || bytes.length === 0) return emptyLock;
  const read = await parseLock(bytes, file);
  if (read.kind === "ok") return read.lock;
  if (read.kind === "absent") return emptyLock;
  throw lockProblem(read, file);
}

/** Takes over what somebody else has written in the meantime. */
async function refresh(lock: OpenLock): Promise<void> {
  const bytes = readIfExists(lock.absolute);
  if (bytes === lock.bytes || (bytes !== undefined && lock.bytes?.equals(bytes))) return;
  lock.content = await parse(bytes, lock.file);
  lock.bytes = bytes;
}

function inPlanOrder(content: LockFile, added: ReadonlySet<string>, rank: (name: string) => number): LockFile {
  if (added.size < 2) return content;
  const old = [...content.stages].filter(([name]) => !added.has(name));
  const fresh = [...content.stages].filter(([name]) => added.has(name));
  const isSorted = fresh.every(([name], index) => index === 0 || rank(fresh[index - 1]?.[0] ?? "") <= rank(name));
  if (isSorted) return content;
  return { ...content, stages: new Map([...old, ...fresh.sort(([a], [b]) => rank(a) - rank(b))]) };
}

type RankOf = (name: string) => number;

/** Writes the file with all pending entries. They stay pending where that fails: the next write tries again. */
async function writePending(lock: OpenLock, rank: RankOf): Promise<LockWrite> {
  clearTimeout(lock.timer);
  lock.timer = undefined;
  await refresh(lock);
  if (lock.pending.size === 0) return "unchanged";
  for (const name of lock.pending.keys()) if (lockedEntry(lock.content, name) === undefined) lock.added.add(name);
  lock.content = inPlanOrder(withEntries(lock.content, lock.pending), lock.added, rank);
  const change = writeLock(lock.absolute, lock.content);
  lock.pending.clear();
  lock.writtenAtMs = Date.now();
  if (change !== "unchanged") lock.bytes = readIfExists(lock.absolute);
  lock.written();
  return change;
}

function isSame(a: LockEntry | undefined, b: LockEntry): boolean {
  return a !== undefined && sameValue(entryToValue(a), entryToValue(b));
}

/** Takes an entry that may wait. */
function gather(lock: OpenLock, name: string, entry: LockEntry): LockWrite {
  const change = lock.bytes === undefined && lock.pending.size === 0 ? "created" : "updated";
  lock.pending.set(name, entry);
  return change;
}

async function writeSoon(lock: OpenLock, rank: RankOf): Promise<void> {
  if (Date.now() - lock.writtenAtMs >= gatherMs) {
    await writePending(lock, rank);
    return;
  }
  lock.timer ??= setTimeout(() => void writeInTime(lock, rank), gatherMs);
}

/** What fails here is met again, and told, at the next write. */
async function writeInTime(lock: OpenLock, rank: RankOf): Promise<void> {
  try {
    await writePending(lock, rank);
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

async function openLock(root: string, file: string, written: () => void): Promise<OpenLock> {
  const absolute = path.join(root, file);
  const bytes = readIfExists(absolute);
  return {
    file,
    absolute,
    bytes,
    content: await parse(bytes, file),
    added: new Set(),
    pending: new Map(),
    timer: undefined,
    writtenAtMs: 0,
    written,
  };
}

/**
 * Opens the lock files of these stages. `steps` are all stages of the plan, in its order. Errors: LOCK_BROKEN, LOCK_CONFLICTED,
 * LOCK_NEWER.
 */
export async function openLockBook(root: string, stages: Iterable<Stage>, steps: readonly Stage[]): Promise<LockBook> {
  const locks = new Map<string, OpenLock>();
  const listeners: (() => void)[] = [];
  const isPending = () => [...locks.values()].some((lock) => lock.pending.size > 0);
  const written = () => {
    if (!isPending()) for (const told of listeners) told();
  };
  for (const pipelineFile of new Set([...stages].filter((stage) => stage.cmd !== null).map((stage) => stage.file)))
    locks.set(pipelineFile, await openLock(root, lockFileOf(pipelineFile), written));
  const ranks = new Map(steps.map((stage, index) => [`${stage.file}:${stage.name}`, index]));
  const rankIn = (pipelineFile: string) => (name: string) => ranks.get(`${pipelineFile}:${name}`) ?? 0;
  const known = (lock: OpenLock, name: string) => lock.pending.get(name) ?? lockedEntry(lock.content, name);
  return {
    isPending,
    onWritten: (told) => void listeners.push(told),
    entry(stage) {
      const lock = locks.get(stage.file);
      return lock === undefined ? undefined : known(lock, stage.name);
    },
    async write(stage, entry, urgency) {
      const lock = locks.get(stage.file);
      if (lock === undefined) throw new TypeError(`the lock file of ${stage.address} is not open`);
      const rank = rankIn(stage.file);
      const mayWait = urgency === "soon" && !isSame(known(lock, stage.name), entry);
      const change = gather(lock, stage.name, entry);
      if (!mayWait) return { file: lock.file, change: await writePending(lock, rank) };
      await writeSoon(lock, rank);
      return { file: lock.file, change };
    },
    async close() {
      for (const [pipelineFile, lock] of locks)
        if (lock.pending.size > 0) await writePending(lock, rankIn(pipelineFile));
    },
  };
}

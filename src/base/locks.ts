/**
 * Lock files that name their owner by pid and start time. A lock whose owner is dead is taken over; a recycled pid
 * is no owner. On a file system that several machines share a process of another one is asked for at its cluster (cluster-jobs.ts).
 * Contents appear whole (written aside, then linked), so a reader never sees half a lock.
 */
import { hostname } from "node:os";
import path from "node:path";
import { type ClusterJob, isClusterJob, jobLife, jobOf } from "./cluster-jobs.ts";
import { SweeplineError } from "./errors.ts";
import { createExclusive, lstatIfExists, makeFolder, readIfExists, removeFile, removeTree } from "./files.ts";
import { isNumber, isText, optional, parseJson, shaped } from "./json.ts";
import { pause } from "./pause.ts";
import { identifyProcess, isAlive, isOfThisBoot, type ProcessIdentity } from "./processes.ts";
import { note } from "./trace.ts";

export interface LockOwner extends ProcessIdentity {
  /** What for, for people: `exp run --queue`. */
  readonly what: string;
  /** The machine; locks of earlier versions have none. */
  readonly host?: string | undefined;
  /** Of a process in a job of a cluster. */
  readonly job?: ClusterJob | undefined;
}

const isOwner = shaped<Omit<LockOwner, "what">>({
  pid: isNumber,
  startedAt: isText,
  host: optional(isText),
  job: optional(isClusterJob),
});

/**
 * Whether who holds a lock lives. Of another machine only its cluster can tell, and where that does not answer, it lives. In a job
 * a process of another machine that is in none, as on a login node, lives too: nobody here can know better.
 */
export function isOwnerAlive(owner: LockOwner): boolean {
  if (isOfThisBoot(owner) || owner.host === undefined) return isAlive(owner);
  if (owner.job !== undefined) return jobLife(owner.job) !== "gone";
  return owner.host !== hostname() && jobOf(process.env) !== undefined;
}

function ownIdentity(): Omit<LockOwner, "what"> {
  const job = jobOf(process.env);
  return { ...identifyProcess(process.pid), host: hostname(), ...(job === undefined ? {} : { job }) };
}

/** Whether something is in a file's place that is none: a folder, a pipe, a link wherever it leads. Nobody made that as a lock. */
function isOdd(file: string): boolean {
  return lstatIfExists(file)?.isFile() === false;
}

/** The owner of a lock file: undefined where there is none; "broken" where the content can't be read. */
export function readLockOwner(file: string): LockOwner | "broken" | undefined {
  if (isOdd(file)) return "broken";
  const text = readIfExists(file)?.toString();
  if (text === undefined) return undefined;
  const owner = parseJson(text);
  if (!isOwner(owner)) return "broken";
  const { pid, startedAt, host, job, what }: Omit<LockOwner, "what"> & { readonly what?: unknown } = owner;
  return { pid, startedAt, what: String(what ?? ""), host, job };
}

/** The living process that holds a lock file, if any. */
export function lockHolder(file: string): LockOwner | undefined {
  const owner = readLockOwner(file);
  return owner !== undefined && owner !== "broken" && isOwnerAlive(owner) ? owner : undefined;
}

export function isLockHeld(file: string): boolean {
  return lockHolder(file) !== undefined;
}

/**
 * Removes a lock whose owner is dead, while holding a lock on that (`FILE.removal`): only its holder removes locks of
 * others, so between the look and the removal nobody can have put a living owner's lock in that place.
 */
function removeStale(file: string): void {
  const removal = `${file}.removal`;
  if (!tryLock(removal, "removal of a stale lock")) return;
  try {
    // One look: a lock that is there and dead stays so until we remove it, but where there is none, one may come.
    const owner = readLockOwner(file);
    if (owner === undefined || (owner !== "broken" && isOwnerAlive(owner))) return;
    note("locks", () => `${file}: taken over from ${ownerWords(owner)}, which is gone`);
    if (isOdd(file)) removeTree(file);
    else removeFile(file);
  } finally {
    removeFile(removal);
  }
}

/**
 * Removes what is in the place of a file of our state and is no file: a folder, a pipe, a link (never what it leads to). Safe
 * where another process takes a lock of that name meanwhile. Throws what the system says.
 */
export function removeOdd(file: string): void {
  if (isOdd(file)) removeStale(file);
}

/** Takes the lock, or answers false where a living process holds it. */
export function tryLock(file: string, what: string): boolean {
  makeFolder(path.dirname(file));
  const content = JSON.stringify({ ...ownIdentity(), what });
  for (let attempt = 0; attempt < 3; attempt++) {
    if (createExclusive(file, content)) {
      note("locks", () => `${file}: taken, ${what}`);
      return true;
    }
    if (isLockHeld(file)) return false;
    removeStale(file);
  }
  return createExclusive(file, content);
}

export function unlock(file: string): void {
  note("locks", () => `${file}: given back`);
  removeFile(file);
}

/** For people. */
function ownerWords(owner: LockOwner | "broken" | undefined): string {
  return typeof owner === "object" ? `'${owner.what}' (pid ${owner.pid})` : "somebody who left no name";
}

interface Locking {
  readonly file: string;
  /** What for, for people. */
  readonly what: string;
  /** How long a living owner is waited for; default: 30 s. */
  readonly waitMs?: number;
}

/** Runs `work` while holding the lock; waits for a living owner, then throws LOCKED naming the owner. */
export async function withLock<T>({ file, what, waitMs = 30_000 }: Locking, work: () => Promise<T>): Promise<T> {
  const until = Date.now() + waitMs;
  let isWaiting = false;
  while (!tryLock(file, what)) {
    const owner = readLockOwner(file);
    if (!isWaiting) note("locks", () => `${file}: waiting for ${ownerWords(owner)}`);
    isWaiting = true;
    if (Date.now() > until && owner !== undefined && owner !== "broken")
      throw new SweeplineError({
        code: "LOCKED",
        message: `another process is at work here: '${owner.what}' (pid ${owner.pid})`,
        hint: "Wait for it to end, then try again.",
      });
    await pause(5 + Math.random() * 10);
  }
  try {
    return await work();
  } finally {
    unlock(file);
  }
}

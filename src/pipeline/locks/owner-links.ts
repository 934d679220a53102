/**
 * Locks that are symbolic links in the cache, in `running/`: their text names the owner. Made whole or not at all by one
 * system call, and nothing of DVC looks there. The text is short: up to 59 bytes ext4 keeps it in the inode, while taking
 * away a longer one costs 1 to 3 ms, more than all else that a quick stage costs us.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { jobLife, jobOf } from "../../base/cluster-jobs.ts";
import { isSystemError, systemErrorCode } from "../../base/errors.ts";
import { makeFolder, readdirSync, readlinkSync, removeFile, symlink } from "../../base/files.ts";
import { tryLock, unlock } from "../../base/locks.ts";
import { processStart } from "../../base/processes.ts";
import { note } from "../../base/trace.ts";

/** Who runs stages, or stores data. */
export interface StageRunner {
  /** Tells apart those of one process, whose workers are threads. */
  readonly id: string;
  /** For people: `experiment 'calm-crow'`, `'sweepline repro'`. */
  readonly label: string;
}

export interface LeaseOwner extends StageRunner {
  readonly pid: number;
}

export type LeaseAnswer =
  | { readonly kind: "taken"; release(): void }
  | { readonly kind: "busy"; readonly owner: LeaseOwner }
  /** Nobody can have it: run without. */
  | { readonly kind: "unavailable" };

/** Stands for a start time, which is 40 characters and more. */
function markOf(startedAt: string): string {
  return createHash("md5").update(startedAt).digest("base64url").slice(0, 6);
}

let self: string | undefined;

/** In a job of a cluster the job stands behind: a process of another node is asked for there. */
function jobMark(): string {
  const job = jobOf(process.env);
  return job === undefined ? "" : `@${job.id}.${job.restarts}`;
}

function ownerText({ id, label }: StageRunner): string {
  self ??= `${process.pid} ${markOf(processStart(process.pid) ?? "")}${jobMark()}`;
  return `${self} ${id.replaceAll("\t", " ")}\t${label.slice(0, 300)}`;
}

interface KnownOwner extends LeaseOwner {
  readonly startMark: string;
  /** As `jobMark` has it. */
  readonly job: string;
}

function parseOwner(text: string): KnownOwner | undefined {
  const found = /^(\d{1,15}) ([\w-]{6})((?:@\d{1,12}\.\d{1,6})?) ([^\t]*)\t(.*)$/s.exec(text);
  if (found === null) return undefined;
  const [, pid, startMark = "", job = "", id = "", label = ""] = found;
  return { pid: Number(pid), startMark, job, id, label };
}

/** "broken" for what is no lease. */
function readOwner(file: string): KnownOwner | "broken" | undefined {
  try {
    return parseOwner(readlinkSync(file)) ?? "broken";
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    if (systemErrorCode(error) === "EINVAL") return "broken";
    throw error;
  }
}

function isHeld(owner: KnownOwner | "broken" | undefined): owner is KnownOwner {
  if (owner === undefined || owner === "broken") return false;
  const start = processStart(owner.pid);
  if (start !== undefined && markOf(start) === owner.startMark) return true;
  const [, id, restarts] = /^@(\d+)\.(\d+)$/.exec(owner.job) ?? [];
  // A process of our own job is of this machine, and gone.
  return id !== undefined && owner.job !== jobMark() && jobLife({ id, restarts: Number(restarts) }) === "lives";
}

/** Answers false where somebody has it. */
function create(file: string, text: string): boolean {
  try {
    symlink(text, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    if (systemErrorCode(error) !== "ENOENT") throw error;
    makeFolder(path.dirname(file));
    return create(file, text);
  }
}

/** The living owner; undefined where there is none. */
export function linkOwner(file: string): LeaseOwner | undefined {
  const owner = readOwner(file);
  return isHeld(owner) ? owner : undefined;
}

/** Removes it if its owner is dead; only the holder of `FILE.removal` does so: see tryLock(). */
export function removeDead(file: string): void {
  const removal = `${file}.removal`;
  if (!tryLock(removal, "removal of a dead link")) return;
  try {
    const owner = readOwner(file);
    if (owner === undefined || isHeld(owner)) return;
    note("locks", () => `${file}: taken over from a process that is gone`);
    removeFile(file);
  } finally {
    unlock(removal);
  }
}

function tryLink(file: string, text: string): LeaseAnswer {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(file, text)) {
      note("locks", () => `${file}: taken`);
      return { kind: "taken", release: () => release(file, text) };
    }
    const owner = readOwner(file);
    if (isHeld(owner)) return { kind: "busy", owner };
    removeDead(file);
  }
  return { kind: "unavailable" };
}

/** Only our own: on another machine ours may have looked dead. */
function release(file: string, text: string): void {
  try {
    if (readlinkSync(file) === text) removeFile(file);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Takes it, unless a living process or another thread of this one has it. Where no links can be made nobody can have it. */
export function takeLink(file: string, runner: StageRunner): LeaseAnswer {
  try {
    return tryLink(file, ownerText(runner));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: "unavailable" };
  }
}

/** The names in a folder; none where it is not there. */
export function linkNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return [];
    throw error;
  }
}

/**
 * Leases on stage runs: who holds the lease of a run-cache key runs the stage, others wait and take its result.
 *
 * A lease only saves work. Where it can't be had (a cache that can't be written, a file system without links) the stage runs,
 * and where two take one, as two machines on one cache may, it runs twice. What a dead process leaves behind counts for nothing.
 *
 * A lease is a symbolic link in the cache, `running/<key>`, whose text names the owner: made whole or not at all by one
 * system call, and nothing of DVC looks there. The text is short: up to 59 bytes ext4 keeps it in the inode, while taking
 * away a longer one costs 1 to 3 ms, more than all else that a quick stage costs us.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { isSystemError, systemErrorCode } from "../../base/errors.ts";
import { existsSync, makeFolder, readdirSync, readlinkSync, removeFile, symlink } from "../../base/files.ts";
import { tryLock, unlock } from "../../base/locks.ts";
import { processStart } from "../../base/processes.ts";
import { note } from "../../base/trace.ts";
import { makeSharedFolder, type Sharing } from "../../store/sharing.ts";

/** Who runs stages. */
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

const folderName = "running";

/** Stands for a start time, which is 40 characters and more. */
function markOf(startedAt: string): string {
  return createHash("md5").update(startedAt).digest("base64url").slice(0, 6);
}

let self: string | undefined;

function leaseText({ id, label }: StageRunner): string {
  self ??= `${process.pid} ${markOf(processStart(process.pid) ?? "")}`;
  return `${self} ${id.replaceAll("\t", " ")}\t${label.slice(0, 300)}`;
}

interface KnownOwner extends LeaseOwner {
  readonly startMark: string;
}

function parseOwner(text: string): KnownOwner | undefined {
  const found = /^(\d{1,15}) ([\w-]{6}) ([^\t]*)\t(.*)$/s.exec(text);
  if (found === null) return undefined;
  const [, pid, startMark = "", id = "", label = ""] = found;
  return { pid: Number(pid), startMark, id, label };
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
  return start !== undefined && markOf(start) === owner.startMark;
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

/** Removes it if its owner is dead; only the holder of `FILE.removal` does so: see tryLock(). */
function removeDead(file: string): void {
  const removal = `${file}.removal`;
  if (!tryLock(removal, "removal of a dead lease")) return;
  try {
    const owner = readOwner(file);
    if (owner === undefined || isHeld(owner)) return;
    note("locks", () => `${file}: taken over from a process that is gone`);
    removeFile(file);
  } finally {
    unlock(removal);
  }
}

function tryTake(file: string, text: string): LeaseAnswer {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(file, text)) {
      note("locks", () => `${file}: taken, for a run of a stage`);
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

/** Makes the folder that leases are in. Where that is not to be had, there are no leases: takeLease() says so. */
export function makeLeaseFolder(cacheDir: string, sharing: Sharing): void {
  try {
    makeSharedFolder(path.join(cacheDir, folderName), sharing);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** @param key the run-cache key of the run */
export function takeLease(cacheDir: string, key: string, runner: StageRunner): LeaseAnswer {
  try {
    return tryTake(path.join(cacheDir, folderName, key), leaseText(runner));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: "unavailable" };
  }
}

/** Removes leases that nobody can give back any more: of dead processes, and those of a lost thread of this process. */
export function dropLostLeases(cacheDir: string, lostRunner?: string): void {
  const folder = path.join(cacheDir, folderName);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((each) => /^[0-9a-f]{64}$/.test(each))) {
    const file = path.join(folder, name);
    const owner = readOwner(file);
    if (isHeld(owner) && owner.pid === process.pid && owner.id === lostRunner) removeFile(file);
    else if (!isHeld(owner)) removeDead(file);
  }
}

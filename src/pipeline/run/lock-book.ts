/** The lock files of one run: read once, written after each stage that changed. */
import path from "node:path";
import { readIfExists } from "../../base/files.ts";
import { emptyLock, type LockFile, lockedEntry, lockProblem, parseLock, withEntries, writeLock } from "../lock/file.ts";
import type { LockEntry, Stage } from "../types.ts";

export interface LockWritten {
  /** Root-relative. */
  readonly file: string;
  readonly change: "unchanged" | "created" | "updated";
}

export interface LockBook {
  /** The entry of a stage; its file must have been loaded. */
  entry(stage: Stage): LockEntry | undefined;
  /** Replaces the stage's entry and writes the file. New stages come in the order of the plan, whoever ends first. */
  write(stage: Stage, entry: LockEntry): Promise<LockWritten>;
}

interface OpenLock {
  readonly file: string;
  readonly absolute: string;
  content: LockFile;
  /** The file's bytes when we last read or wrote it: a stage may change it too. */
  bytes: Buffer | undefined;
  /** Names that this run added. */
  readonly added: Set<string>;
}

/** dvc.yaml to dvc.lock. */
export function lockFileOf(pipelineFile: string): string {
  return pipelineFile.replace(/\.ya?ml$/, ".lock");
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

/**
 * Opens the lock files of these stages. `steps` are all stages of the plan, in its order. Errors: LOCK_BROKEN, LOCK_CONFLICTED,
 * LOCK_NEWER.
 */
export async function openLockBook(root: string, stages: Iterable<Stage>, steps: readonly Stage[]): Promise<LockBook> {
  const locks = new Map<string, OpenLock>();
  for (const pipelineFile of new Set([...stages].filter((stage) => stage.cmd !== null).map((stage) => stage.file))) {
    const file = lockFileOf(pipelineFile);
    const absolute = path.join(root, file);
    const bytes = readIfExists(absolute);
    locks.set(pipelineFile, { file, absolute, bytes, content: await parse(bytes, file), added: new Set() });
  }
  const ranks = new Map(steps.map((stage, index) => [`${stage.file}:${stage.name}`, index]));
  return {
    entry(stage) {
      const lock = locks.get(stage.file);
      return lock === undefined ? undefined : lockedEntry(lock.content, stage.name);
    },
    async write(stage, entry) {
      const lock = locks.get(stage.file);
      if (lock === undefined) throw new TypeError(`the lock file of ${stage.address} is not open`);
      await refresh(lock);
      if (lockedEntry(lock.content, stage.name) === undefined) lock.added.add(stage.name);
      const changed = withEntries(lock.content, new Map([[stage.name, entry]]));
      lock.content = inPlanOrder(changed, lock.added, (name) => ranks.get(`${stage.file}:${name}`) ?? 0);
      const change = writeLock(lock.absolute, lock.content);
      if (change !== "unchanged") lock.bytes = readIfExists(lock.absolute);
      return { file: lock.file, change };
    },
  };
}

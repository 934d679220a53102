/**
 * What we remember of files that were hashed, so that an unchanged file is not read again.
 *
 * A file counts as unchanged when inode, modification time and size are the same. That is not enough for a file that
 * was written shortly before it was hashed: a second write within the same tick of the file system's clock leaves the
 * same time. So, as Git does for its index, a record is believed only if the file was already older than a tick when
 * its hashing began; otherwise the file is read again, and the new record is believed from then on.
 */
import type { BigIntStats } from "../base/files.ts";

export interface FileRecord {
  readonly inode: bigint;
  readonly mtimeNs: bigint;
  readonly size: bigint;
  readonly md5: string;
  /** When hashing began. */
  readonly hashedAtMs: number;
}

/** Texts by name. */
export interface KeptTexts {
  get(name: string): string | undefined;
  set(name: string, text: string): void;
}

/** What the cache gave to the workspace or took from there, by path relative to the project's root. */
export interface PlacedPaths extends KeptTexts {
  paths(): readonly string[];
  forget(name: string): void;
}

export interface FileState {
  /** Kept for the user's workspace only. */
  readonly placed?: PlacedPaths;
  /** What is known of many files at once (files-digest.ts). */
  readonly digests: KeptTexts;
  /** The remembered record of a path, whatever the file is now. */
  get(file: string): FileRecord | undefined;
  set(file: string, record: FileRecord): void;
  /** Stores everything. The state is not used afterwards. */
  close(): void;
}

/** The coarsest clocks in use (FAT, some network file systems) tick every 2 seconds. */
const tickMs = 2000;

/** Whether a file was written so shortly before that it may have been written again since, in the same tick. */
export function isRacy(mtimeNs: bigint, hashedAtMs: number): boolean {
  return Number(mtimeNs / 1_000_000n) + tickMs > hashedAtMs;
}

/** The file's hash where the state knows it and may be believed. */
export function knownHash(state: FileState, file: string, stats: BigIntStats): string | undefined {
  const record = state.get(file);
  if (record === undefined) return undefined;
  const unchanged = record.inode === stats.ino && record.mtimeNs === stats.mtimeNs && record.size === stats.size;
  return unchanged && !isRacy(record.mtimeNs, record.hashedAtMs) ? record.md5 : undefined;
}

/** Remembers a hash. `stats` were taken before the file was read, `hashedAtMs` too. */
export function rememberHash(
  state: FileState,
  file: string,
  known: { readonly stats: BigIntStats; readonly md5: string; readonly hashedAtMs: number },
): void {
  const { stats, md5, hashedAtMs } = known;
  state.set(file, { inode: stats.ino, mtimeNs: stats.mtimeNs, size: stats.size, md5, hashedAtMs });
}

/**
 * Remembers an object of the cache. It was written aside and is never written again, so its time needs no second look:
 * the record is believed at once.
 */
export function rememberObject(
  state: FileState,
  file: string,
  known: { readonly stats: BigIntStats; readonly md5: string },
): void {
  rememberHash(state, file, { ...known, hashedAtMs: Number(known.stats.mtimeNs / 1_000_000n) + tickMs });
}

/** A state that lives as long as the process. */
export function memoryState(): FileState {
  const records = new Map<string, FileRecord>();
  return {
    digests: new Map<string, string>(),
    get: (file) => records.get(file),
    set: (file, record) => {
      records.set(file, record);
    },
    close: () => {},
  };
}

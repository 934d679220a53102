/**
 * What was worked out from many files at once, kept with a digest of all of them: an unchanged folder costs a look at
 * each of its files, and neither a record of each nor its list made anew. DVC keeps such a one too (dvc_data: build).
 */
import { createHash } from "node:crypto";
import type { BigIntStats } from "../base/files.ts";
import type { DataHash } from "./hash.ts";
import { type FileState, isRacy } from "./state.ts";

/** Fewer files are as quick to look up one by one. */
const worthIt = 200;
/** Names and numbers are hashed so many files at a time: a million are not held at once. */
const gathered = 1024;
const numbersOfFile = 3;

/** Of names, inodes, times and sizes, in the order in which they are told. */
export class FilesDigest {
  private readonly hash = createHash("md5");
  private readonly names: string[] = [];
  private readonly numbers = new BigUint64Array(gathered * numbersOfFile);
  private newestNs = 0n;
  private total = 0;
  private inAll = 0;
  private hex: string | undefined;

  add(name: string, stats: BigIntStats): void {
    const at = this.names.push(name) * numbersOfFile;
    this.numbers[at - 3] = stats.ino;
    this.numbers[at - 2] = stats.mtimeNs;
    this.numbers[at - 1] = stats.size;
    if (stats.mtimeNs > this.newestNs) this.newestNs = stats.mtimeNs;
    this.total += Number(stats.size);
    this.inAll += 1;
    if (this.names.length === gathered) this.take();
  }

  private take(): void {
    const count = this.names.length;
    this.hash.update(`${count}\0${this.names.join("\0")}\0`);
    this.hash.update(this.numbers.subarray(0, count * numbersOfFile));
    this.names.length = 0;
  }

  get count(): number {
    return this.inAll;
  }

  /** Of all files together. */
  get size(): number {
    return this.total;
  }

  get newestMtimeNs(): bigint {
    return this.newestNs;
  }

  /** Of all; none is told afterwards. */
  text(): string {
    if (this.hex === undefined) {
      this.take();
      this.hex = this.hash.digest("hex");
    }
    return this.hex;
  }
}

const folderPattern = /^([0-9a-f]{32}) ([0-9a-f]{32}\.dir)$/;

/** The hash of a folder whose files have that digest; undefined where it is not known. */
export function knownFolder(state: FileState, folder: string, digest: FilesDigest): DataHash | undefined {
  if (digest.count < worthIt) return undefined;
  const match = folderPattern.exec(state.digests.get(folder) ?? "");
  if (match?.[2] === undefined || match[1] !== digest.text()) return undefined;
  return { md5: match[2], size: digest.size, nfiles: digest.count };
}

/**
 * Remembers a folder's hash. The files were looked at before they were read, and all that at `startedAtMs` or later: where
 * one of them was just written then, nothing is remembered (see state.ts).
 */
export function rememberFolder(
  state: FileState,
  folder: string,
  known: { readonly digest: FilesDigest; readonly md5: string; readonly startedAtMs: number },
): void {
  const { digest, md5, startedAtMs } = known;
  if (digest.count < worthIt || isRacy(digest.newestMtimeNs, startedAtMs)) return;
  state.digests.set(folder, `${digest.text()} ${md5}`);
}

/** Whether the list of a folder was read and its objects were found sound, as they were then. */
export function wasFoundSound(state: FileState, tree: string): boolean {
  return state.digests.get(tree) !== undefined;
}

/** Whether the objects of a folder's list are those that were found sound, unchanged. */
export function isSameAsSound(state: FileState, tree: string, digest: FilesDigest): boolean {
  return state.digests.get(tree) === digest.text();
}

/** Remembers that they are. Objects are never written again, so that their time needs no second look. */
export function rememberAsSound(state: FileState, tree: string, digest: FilesDigest): void {
  if (digest.count >= worthIt) state.digests.set(tree, digest.text());
}

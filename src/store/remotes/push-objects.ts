/** Objects from the cache to a remote. The list of a folder goes last, so that who finds it there finds its files too. */
import { statSync } from "../../base/files.ts";
import { type Cache, findObject, readTree } from "../cache.ts";
import { isTreeHash } from "../tree.ts";
import { damagedObjects, existingObjects, hashOfKey, objectKey, type SizedObject } from "./keys.ts";
import type { ByteProgress, ObjectSelection, StorageRemote, TransferOptions, TransferOutcome } from "./types.ts";

interface Wanted {
  readonly files: ReadonlySet<string>;
  /** Folder lists that the cache has, with the hashes of their files. */
  readonly folders: ReadonlyMap<string, readonly string[]>;
  /** Folder lists that the cache lacks. */
  readonly unknown: readonly string[];
}

function expandFolders(cache: Cache, { hashes, parts }: ObjectSelection): Wanted {
  const files = new Set<string>();
  const folders = new Map<string, readonly string[]>();
  const unknown: string[] = [];
  for (const md5 of new Set(hashes)) {
    if (!isTreeHash(md5)) {
      files.add(md5);
      continue;
    }
    const isMeant = parts?.get(md5);
    const entries = readTree(cache, md5)?.filter(({ relpath }) => isMeant?.(relpath) ?? true);
    if (entries === undefined) unknown.push(md5);
    else folders.set(md5, [...new Set(entries.map((entry) => entry.md5))]);
    for (const entry of entries ?? []) files.add(entry.md5);
  }
  return { files, folders, unknown };
}

/** The sizes of those that the remote has too. */
function sizesHere(cache: Cache, there: ReadonlySet<string>, hashes: readonly string[]): readonly SizedObject[] {
  return hashes.flatMap((md5) => {
    const file = there.has(md5) ? findObject(cache, md5) : undefined;
    return file === undefined ? [] : [{ md5, size: statSync(file).size }];
  });
}

/** Uploads, with what became of each object. */
class Push {
  readonly stored = new Set<string>();
  readonly missing: string[] = [];
  readonly failed: { md5: string; message: string }[] = [];
  private bytes: ByteProgress | undefined;
  private done = 0;

  constructor(
    private readonly cache: Cache,
    private readonly remote: StorageRemote,
    private readonly options: TransferOptions & { readonly total: number },
  ) {}

  async each(hashes: readonly string[]): Promise<void> {
    const uploads = hashes.flatMap((md5) => {
      const file = findObject(this.cache, md5);
      return file === undefined ? [] : [{ file, key: objectKey(md5), md5 }];
    });
    const found = new Set(uploads.map(({ md5 }) => md5));
    this.missing.push(...hashes.filter((md5) => !found.has(md5)));
    this.done += hashes.length - found.size;
    if (uploads.length === 0) return;
    await this.remote.upload(uploads, {
      jobs: this.options.jobs,
      done: (key, failure) => this.ended(hashOfKey(key), failure),
      bytes: (state) => {
        this.bytes = state;
        this.tell();
      },
    });
  }

  private ended(md5: string, failure: Error | undefined): void {
    // Of one file: told at the end, and the others go on.
    if (failure === undefined) this.stored.add(md5);
    else this.failed.push({ md5, message: failure.message });
    this.done++;
    this.tell();
  }

  private tell(): void {
    const { done, bytes } = this;
    this.options.progress?.({ done, total: this.options.total, ...(bytes === undefined ? {} : { bytes }) });
  }
}

/** Uploads what the remote lacks of these objects, and of the files of folder objects. */
export async function pushObjects(
  cache: Cache,
  remote: StorageRemote,
  { hashes, parts, ...options }: TransferOptions & ObjectSelection,
): Promise<TransferOutcome> {
  const { files, folders, unknown } = expandFolders(cache, parts === undefined ? { hashes } : { hashes, parts });
  const there = new Set(await existingObjects(remote, [...files, ...folders.keys(), ...unknown]));
  if (options.damaged === "replace")
    for (const md5 of await damagedObjects(remote, sizesHere(cache, there, [...files, ...folders.keys()])))
      there.delete(md5);
  const newFiles = [...files].filter((md5) => !there.has(md5));
  const newFolders = [...folders.keys()].filter((md5) => !there.has(md5));
  const missing = unknown.filter((md5) => !there.has(md5));
  const push = new Push(cache, remote, { ...options, total: newFiles.length + newFolders.length });
  await push.each(newFiles);
  for (const md5 of push.stored) there.add(md5);
  await push.each(newFolders.filter((md5) => folders.get(md5)?.every((file) => there.has(file))));
  return { transferred: push.stored.size, missing: [...missing, ...push.missing], failed: push.failed };
}

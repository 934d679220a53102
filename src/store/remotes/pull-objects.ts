/**
 * Objects from a remote to the cache. Each is written aside, hashed, and renamed into place only if its bytes are what
 * its name says: a remote may be broken or hostile. The list of a folder goes last, as when data is added.
 */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { isExpected, SweeplineError } from "../../base/errors.ts";
import { largeFileBytes, readPlainFile, removeFile, removeTree } from "../../base/files.ts";
import {
  type Cache,
  hasObject,
  makeObjectFolder,
  objectPath,
  publishLegacyObject,
  publishObject,
  soundTree,
} from "../cache.ts";
import { hashFile } from "../hash.ts";
import { hashLegacyData } from "../legacy.ts";
import { makeSharedFolder } from "../sharing.ts";
import { type DirEntry, isTreeHash, parseDirObject } from "../tree.ts";
import { existingObjects, hashOfKey, objectKey } from "./keys.ts";
import { legacyLayout } from "./legacy-layout.ts";
import type { ByteProgress, ObjectSelection, StorageRemote, TransferOptions, TransferOutcome } from "./types.ts";

interface Origin {
  readonly remote: StorageRemote;
  readonly layout: "current" | "legacy";
}

/** Checks the bytes of what was downloaded. legacy: they have the hash without their CRs only. */
async function checkedHash(
  cache: Cache,
  { remote, layout }: Origin,
  { file, md5 }: { readonly file: string; readonly md5: string },
): Promise<"plain" | "legacy"> {
  const found = await hashFile(file);
  if (found.md5 === md5.slice(0, 32)) return "plain";
  if (layout === "legacy" && (await hashLegacyData(cache, file))?.md5 === md5) return "legacy";
  throw new SweeplineError({
    code: "REMOTE_OBJECT_BROKEN",
    message: `'${md5}' in remote '${remote.name}' is broken: its bytes have the hash ${found.md5}`,
  });
}

type Take = (aside: string, md5: string) => void;

class Pull {
  readonly missing = new Set<string>();
  readonly failed: { md5: string; message: string }[] = [];
  transferred = 0;
  private readonly legacyHashes = new Set<string>();
  private bytes: ByteProgress | undefined;
  private done = 0;
  private total = 0;

  private readonly cache: Cache;
  private readonly remote: StorageRemote;
  /** The folder where downloads wait until they are checked. */
  private readonly into: string;

  constructor(
    place: { readonly cache: Cache; readonly remote: StorageRemote; readonly into: string },
    private readonly options: TransferOptions,
  ) {
    this.cache = place.cache;
    this.remote = place.remote;
    this.into = place.into;
  }

  readonly publish: Take = (aside, md5) => {
    if (this.legacyHashes.has(md5)) publishLegacyObject(this.cache, aside, md5);
    else {
      makeObjectFolder(this.cache, objectPath(this.cache, md5));
      publishObject(this.cache, aside, md5);
    }
    this.transferred++;
  };

  /** Hands a checked file on; one that could not be taken goes. */
  handOn(aside: string, md5: string, take: Take): void {
    try {
      take(aside, md5);
    } catch (error) {
      removeFile(aside);
      if (!isExpected(error)) throw error;
      this.failed.push({ md5, message: error.message });
    }
  }

  /** Downloads what the remote has, in the layout of DVC 3 or else of DVC 2; `take` gets each checked file. */
  async each(hashes: readonly string[], take: Take): Promise<void> {
    const there = await existingObjects(this.remote, hashes);
    const others = hashes.filter((md5) => !there.has(md5));
    const legacy = legacyLayout(this.remote);
    const thereToo = await existingObjects(legacy, others);
    for (const md5 of others) if (!thereToo.has(md5)) this.missing.add(md5);
    this.total += there.size + thereToo.size;
    await this.download({ remote: this.remote, layout: "current" }, [...there], take);
    await this.download({ remote: legacy, layout: "legacy" }, [...thereToo], take);
  }

  private async download(origin: Origin, hashes: readonly string[], take: Take): Promise<void> {
    if (hashes.length === 0) return;
    const { into, options } = this;
    await origin.remote.download(hashes.map(objectKey), {
      into,
      jobs: options.jobs,
      bytes: (state) => this.tell(state),
      done: async (key, failure) => {
        const md5 = hashOfKey(key);
        const file = path.join(into, key);
        try {
          if (failure !== undefined) throw failure;
          if ((await checkedHash(this.cache, origin, { file, md5 })) === "legacy") this.legacyHashes.add(md5);
          this.handOn(file, md5, take);
        } catch (error) {
          removeFile(file);
          // Of one file: told at the end, and the others go on.
          if (!isExpected(error)) throw error;
          this.failed.push({ md5, message: error.message });
        }
        this.done++;
        this.tell();
      },
    });
  }

  private tell(bytes?: ByteProgress): void {
    this.bytes = bytes ?? this.bytes;
    const { done, total } = this;
    this.options.progress?.({ done, total, ...(this.bytes === undefined ? {} : { bytes: this.bytes }) });
  }
}

interface WaitingFolder {
  readonly aside: string;
  readonly md5: string;
  readonly files: readonly string[];
}

async function pullInto(pull: Pull, cache: Cache, { hashes, parts }: ObjectSelection): Promise<void> {
  const wanted = [...new Set(hashes)];
  const files = new Set(wanted.filter((md5) => !isTreeHash(md5)));
  const waiting: WaitingFolder[] = [];
  const meant = (md5: string, entries: readonly DirEntry[]) => {
    const isMeant = parts?.get(md5);
    return entries.filter(({ relpath }) => isMeant?.(relpath) ?? true).map((entry) => entry.md5);
  };
  const addFolder = (md5: string, bytes: Uint8Array) => {
    const inside = meant(md5, parseDirObject(bytes, md5));
    for (const each of inside) files.add(each);
    return inside;
  };
  const unknownFolders: string[] = [];
  for (const md5 of wanted.filter(isTreeHash)) {
    const entries = soundTree(cache, md5);
    if (entries === undefined) unknownFolders.push(md5);
    for (const each of meant(md5, entries ?? [])) files.add(each);
  }
  await pull.each(unknownFolders, (aside, md5) => {
    waiting.push({ aside, md5, files: addFolder(md5, readPlainFile(aside, largeFileBytes)) });
  });
  await pull.each(
    [...files].filter((md5) => !hasObject(cache, md5)),
    pull.publish,
  );
  for (const { aside, md5, files: inside } of waiting)
    if (inside.every((each) => hasObject(cache, each))) pull.handOn(aside, md5, pull.publish);
}

/** Downloads what the cache lacks of these objects, and of the files of folder objects. */
export async function pullObjects(
  cache: Cache,
  remote: StorageRemote,
  { hashes, parts, ...options }: TransferOptions & ObjectSelection,
): Promise<TransferOutcome> {
  const objects = path.join(cache.folder, "files", "md5");
  makeSharedFolder(objects, cache.sharing);
  const into = asideName(path.join(objects, "pull"));
  const pull = new Pull({ cache, remote, into }, options);
  try {
    await pullInto(pull, cache, { hashes, ...(parts === undefined ? {} : { parts }) });
  } finally {
    removeTree(into);
  }
  return { transferred: pull.transferred, missing: [...pull.missing], failed: pull.failed };
}

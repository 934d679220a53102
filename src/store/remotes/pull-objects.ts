/**
 * Objects from a remote to the cache. Each is written aside, hashed, and renamed into place only if its bytes are what
 * its name says: a remote may be broken or hostile. The list of a folder goes last, as when data is added.
 */
import path from "node:path";
import { isExpected, SweeplineError } from "../../base/errors.ts";
import { largeFileBytes, readPlainFile, removeFile, withAsideLater } from "../../base/files.ts";
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
import { existingObjects, objectKey } from "./keys.ts";
import { legacyLayout } from "./legacy-layout.ts";
import { inParallel } from "./parallel.ts";
import type { ObjectSelection, StorageRemote, TransferOptions, TransferOutcome } from "./types.ts";

interface Downloaded {
  readonly aside: string;
  /** legacy: the bytes have the hash without their CRs only. */
  readonly hash: "plain" | "legacy";
}

interface Origin {
  readonly remote: StorageRemote;
  readonly layout: "current" | "legacy";
}

/** Downloads beside the object's place and checks the bytes. */
async function downloadAside(cache: Cache, { remote, layout }: Origin, md5: string): Promise<Downloaded> {
  const object = objectPath(cache, md5);
  makeObjectFolder(cache, object);
  return withAsideLater(object, async (aside) => {
    await remote.download(objectKey(md5), aside);
    const found = await hashFile(aside);
    if (found.md5 === md5.slice(0, 32)) return { aside, hash: "plain" };
    if (layout === "legacy" && (await hashLegacyData(cache, aside))?.md5 === md5) return { aside, hash: "legacy" };
    throw new SweeplineError({
      code: "REMOTE_OBJECT_BROKEN",
      message: `'${md5}' in remote '${remote.name}' is broken: its bytes have the hash ${found.md5}`,
    });
  });
}

type Take = (aside: string, md5: string) => void;

class Pull {
  readonly missing = new Set<string>();
  readonly failed: { md5: string; message: string }[] = [];
  transferred = 0;
  private readonly legacyHashes = new Set<string>();
  private done = 0;
  private total = 0;

  constructor(
    private readonly cache: Cache,
    private readonly remote: StorageRemote,
    private readonly options: TransferOptions,
  ) {}

  readonly publish: Take = (aside, md5) => {
    if (this.legacyHashes.has(md5)) publishLegacyObject(this.cache, aside, md5);
    else publishObject(this.cache, aside, md5);
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
    const legacy = legacyLayout(this.remote);
    const thereToo = await existingObjects(
      legacy,
      hashes.filter((md5) => !there.has(md5)),
    );
    const present = hashes.filter((md5) => there.has(md5) || thereToo.has(md5));
    for (const md5 of hashes) if (!there.has(md5) && !thereToo.has(md5)) this.missing.add(md5);
    this.total += present.length;
    await inParallel(present, this.options.jobs, async (md5) => {
      try {
        const origin: Origin = thereToo.has(md5)
          ? { remote: legacy, layout: "legacy" }
          : { remote: this.remote, layout: "current" };
        const { aside, hash } = await downloadAside(this.cache, origin, md5);
        if (hash === "legacy") this.legacyHashes.add(md5);
        this.handOn(aside, md5, take);
      } catch (error) {
        // Of one file: told at the end, and the others go on.
        if (!isExpected(error)) throw error;
        this.failed.push({ md5, message: error.message });
      }
      this.options.progress?.(++this.done, this.total);
    });
  }
}

/** Downloads what the cache lacks of these objects, and of the files of folder objects. */
export async function pullObjects(
  cache: Cache,
  remote: StorageRemote,
  { hashes, parts, ...options }: TransferOptions & ObjectSelection,
): Promise<TransferOutcome> {
  makeSharedFolder(path.join(cache.folder, "files", "md5"), cache.sharing);
  const pull = new Pull(cache, remote, options);
  const wanted = [...new Set(hashes)];
  const files = new Set(wanted.filter((md5) => !isTreeHash(md5)));
  const waiting: { readonly aside: string; readonly md5: string; readonly files: readonly string[] }[] = [];
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
    else removeFile(aside);
  return { transferred: pull.transferred, missing: [...pull.missing], failed: pull.failed };
}

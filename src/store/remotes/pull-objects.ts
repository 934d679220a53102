/**
 * Objects from a remote to the cache. Each is written aside, hashed, and renamed into place only if its bytes are what
 * its name says: a remote may be broken or hostile. The list of a folder goes last, as when data is added.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { asideName, makeFolder, readFileSync, removeFile, rename, setMode, statSync } from "../../base/files.ts";
import { type Cache, hasObject, makeObjectFolder, objectPath, soundTree } from "../cache.ts";
import { hashFile } from "../hash.ts";
import { rememberObject } from "../state.ts";
import { isTreeHash, parseTree } from "../tree.ts";
import { existingObjects, objectKey } from "./keys.ts";
import { inParallel } from "./parallel.ts";
import { failureMessage } from "./push-objects.ts";
import type { StorageRemote, TransferOptions, TransferOutcome } from "./types.ts";

/** Downloads beside the object's place and checks the bytes; answers the file's name. */
async function downloadAside(cache: Cache, remote: StorageRemote, md5: string): Promise<string> {
  const object = objectPath(cache, md5);
  makeObjectFolder(cache, object);
  const aside = asideName(object);
  try {
    await remote.download(objectKey(md5), aside);
    const found = await hashFile(aside);
    if (found.md5 === md5.slice(0, 32)) return aside;
    throw new SweeplineError({
      code: "REMOTE_OBJECT_BROKEN",
      message: `'${md5}' in remote '${remote.name}' is broken: its bytes have the hash ${found.md5}`,
    });
  } catch (error) {
    removeFile(aside);
    throw error;
  }
}

function publish(cache: Cache, aside: string, md5: string): void {
  const object = objectPath(cache, md5);
  setMode(aside, 0o444);
  rename(aside, object);
  rememberObject(cache.state, object, { stats: statSync(object, { bigint: true }), md5 });
}

class Pull {
  readonly missing = new Set<string>();
  readonly failed: { md5: string; message: string }[] = [];
  transferred = 0;
  private done = 0;
  private total = 0;

  constructor(
    private readonly cache: Cache,
    private readonly remote: StorageRemote,
    private readonly options: TransferOptions,
  ) {}

  /** Downloads what the remote has; `take` gets each checked file. */
  async each(hashes: readonly string[], take: (aside: string, md5: string) => void): Promise<void> {
    const there = await existingObjects(this.remote, hashes);
    const present = hashes.filter((md5) => there.has(md5));
    for (const md5 of hashes) if (!there.has(md5)) this.missing.add(md5);
    this.total += present.length;
    await inParallel(present, this.options.jobs, async (md5) => {
      try {
        take(await downloadAside(this.cache, this.remote, md5), md5);
        this.transferred++;
      } catch (error) {
        this.failed.push({ md5, message: failureMessage(error) });
      }
      this.options.progress?.(++this.done, this.total);
    });
  }
}

/** Downloads what the cache lacks of these objects, and of the files of folder objects. */
export async function pullObjects(
  cache: Cache,
  remote: StorageRemote,
  { hashes, ...options }: TransferOptions & { readonly hashes: Iterable<string> },
): Promise<TransferOutcome> {
  makeFolder(path.join(cache.folder, "files", "md5"));
  const pull = new Pull(cache, remote, options);
  const wanted = [...new Set(hashes)];
  const files = new Set(wanted.filter((md5) => !isTreeHash(md5)));
  const waiting: { readonly aside: string; readonly md5: string; readonly files: readonly string[] }[] = [];
  const addFolder = (md5: string, bytes: Uint8Array) => {
    const inside = parseTree(bytes, md5).map((entry) => entry.md5);
    for (const each of inside) files.add(each);
    return inside;
  };
  const unknownFolders: string[] = [];
  for (const md5 of wanted.filter(isTreeHash)) {
    const entries = soundTree(cache, md5);
    if (entries === undefined) unknownFolders.push(md5);
    for (const entry of entries ?? []) files.add(entry.md5);
  }
  await pull.each(unknownFolders, (aside, md5) => {
    waiting.push({ aside, md5, files: addFolder(md5, readFileSync(aside)) });
  });
  await pull.each(
    [...files].filter((md5) => !hasObject(cache, md5)),
    (aside, md5) => publish(cache, aside, md5),
  );
  for (const folder of waiting)
    if (folder.files.every((md5) => hasObject(cache, md5))) publish(cache, folder.aside, folder.md5);
    else {
      removeFile(folder.aside);
      pull.transferred--;
    }
  return { transferred: pull.transferred, missing: [...pull.missing], failed: pull.failed };
}

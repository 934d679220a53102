/** Files and folders of the workspace: their hashes, and how they get into the cache. */
import { exitCodes, SweeplineError } from "../base/errors.ts";
import { refuseSystemsFile } from "../base/file-chunks.ts";
import {
  type BigIntStats,
  copyFileFresh,
  lstatSync,
  readPlainFile,
  removeFile,
  statSync,
  withAside,
  withAsideLater,
  writePrivateFile,
} from "../base/files.ts";
import { traced } from "../base/trace.ts";
import { checkStored } from "../project/gate.ts";
import { type Cache, findObject, makeObjectFolder, objectPath, publishObject, soundTree, treeText } from "./cache.ts";
import {
  FilesDigest,
  isSameAsSound,
  knownFolder,
  rememberAsSound,
  rememberFolder,
  wasFoundSound,
} from "./files-digest.ts";
import { type DataHash, hashBytes, hashFile } from "./hash.ts";
import { type HashWork, Helpers, type StatedFile } from "./side-by-side.ts";
import { knownHash, rememberHash, rememberObject } from "./state.ts";
import { type DirEntry, formatTree, hashesInTree, isTreeHash, type TreeObject } from "./tree.ts";
import { type FoundFile, listFiles, walkFiles } from "./walk.ts";

/** Up to this size a file is read once, hashed and written from memory. */
const inMemory = 1 << 20;

function fileData(md5: string, stats: BigIntStats): DataHash {
  const isExecutable = (Number(stats.mode) & 0o111) !== 0;
  return { md5, size: Number(stats.size), ...(isExecutable ? { isexec: true } : {}) };
}

/** The hash of a file that was stat'ed just before; remembered. */
async function hashOf(cache: Cache, file: string, stats: BigIntStats): Promise<string> {
  const known = knownHash(cache.state, file, stats);
  if (known !== undefined) return known;
  const hashedAtMs = Date.now();
  const { md5 } = await hashFile(file);
  rememberHash(cache.state, file, { stats, md5, hashedAtMs });
  return md5;
}

function statFile(file: string): BigIntStats {
  return statSync(file, { bigint: true });
}

/** Files' hashes, in their order. */
export type FilesHasher = (cache: Cache, files: readonly StatedFile[]) => Promise<readonly string[]>;

type FileHasher = (cache: Cache, file: string, stats: BigIntStats) => Promise<string>;

export function oneByOne(hasher: FileHasher): FilesHasher {
  return async (cache, files) => {
    const hashes: string[] = [];
    for (const { file, stats } of files) hashes.push(await hasher(cache, file, stats));
    return hashes;
  };
}

const workers: Readonly<Record<HashWork, FileHasher>> = { hash: hashOf, store: addFile };

/** What a thread does for processFiles() with one file. */
export function processFile(cache: Cache, file: string, work: HashWork): Promise<string> {
  return workers[work](cache, file, statFile(file));
}

/** The files that are not known by threads where it is worth it, the others here. */
function withHelpers(helpers: Helpers, work: HashWork): FilesHasher {
  return async (cache, files) => {
    const unknown = files.filter(({ file, stats }) => knownHash(cache.state, file, stats) === undefined);
    const done = await helpers.do(work, cache, unknown);
    const one: FileHasher = async (_cache, file, stats) => {
      const { md5, records, wasThere } = done.get(file) ?? {};
      for (const [about, record] of records ?? []) cache.state.set(about, record);
      if (md5 === undefined || (wasThere && !hasSoundObject(cache, md5, stats.size)))
        return workers[work](cache, file, stats);
      return md5;
    };
    return oneByOne(one)(cache, files);
  };
}

/** So many files are looked at before they are hashed. */
const lookedAhead = 4096;

/** The hash and the list of a folder, and which of its files are links; `hasher` answers its files' MD5. */
export async function collectFolder(
  cache: Cache,
  folder: string,
  { hasher, files = listFiles(folder, cache.rules) }: { hasher: FilesHasher; files?: readonly FoundFile[] },
) {
  const entries: DirEntry[] = [];
  const links: string[] = [];
  const digest = new FilesDigest();
  for (let start = 0; start < files.length; start += lookedAhead) {
    const some = files
      .slice(start, start + lookedAhead)
      .map(({ relpath, file, isLink }) => ({ relpath, file, isLink, stats: statFile(file) }));
    const hashes = await hasher(cache, some);
    for (const [at, { relpath, file, isLink, stats }] of some.entries()) {
      if (isLink) links.push(file);
      entries.push({ relpath, md5: hashes[at] ?? "" });
      digest.add(relpath, stats);
    }
  }
  const object = formatTree(entries);
  return { hash: { md5: object.md5, size: digest.size, nfiles: entries.length }, text: object.text, links, digest };
}

/** As collectFolder(), of hashes as DVC 3 takes them; remembered. */
async function collectData(
  cache: Cache,
  folder: string,
  { work, files }: { work: HashWork; files?: readonly FoundFile[] },
) {
  const startedAtMs = Date.now();
  const helpers = new Helpers();
  try {
    const hasher = withHelpers(helpers, work);
    const collected = await collectFolder(cache, folder, files === undefined ? { hasher } : { hasher, files });
    rememberFolder(cache.state, folder, { digest: collected.digest, md5: collected.hash.md5, startedAtMs });
    return collected;
  } finally {
    await helpers.close();
  }
}

async function hashFolder(cache: Cache, folder: string): Promise<DataHash> {
  const digest = new FilesDigest();
  for (const { relpath, file } of walkFiles(folder, cache.rules)) digest.add(relpath, statFile(file));
  const known = knownFolder(cache.state, folder, digest);
  return known ?? (await collectData(cache, folder, { work: "hash" })).hash;
}

function refuseSpecial(target: string): never {
  throw new SweeplineError({
    code: "NOT_A_FILE",
    message: `output '${target}' is neither a file nor a directory`,
    exitCode: exitCodes.noInput,
  });
}

/** What lies at the path now; undefined where nothing does. Reads only what the state does not know. Writes nothing. */
export async function hashData(cache: Cache, target: string): Promise<DataHash | undefined> {
  const stats = statSync(target, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (stats.isDirectory()) return hashFolder(cache, target);
  if (!stats.isFile()) refuseSpecial(target);
  return fileData(await hashOf(cache, target, stats), stats);
}

/** The hash of what lies at a path and, of a folder, of each of its files; undefined where nothing lies there. Writes nothing. */
export async function hashEntries(
  cache: Cache,
  target: string,
): Promise<{ readonly md5: string; readonly entries: readonly DirEntry[] | undefined } | undefined> {
  const entries: DirEntry[] = [];
  const stats = statSync(target, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return { md5: await hashOf(cache, target, stats), entries: undefined };
  for (const { relpath, file } of listFiles(target, cache.rules))
    entries.push({ relpath, md5: await hashOf(cache, file, statFile(file)) });
  return { md5: formatTree(entries).md5, entries };
}

/** An object that the cache has, unless somebody took it away just now. */
function statObject(object: string): BigIntStats | undefined {
  return statSync(object, { bigint: true, throwIfNoEntry: false });
}

function statFound(cache: Cache, md5: string): BigIntStats | undefined {
  const object = findObject(cache, md5);
  return object === undefined ? undefined : statObject(object);
}

/**
 * Whether the cache has the object and nobody changed it since it was hashed; any other is better made anew. One in the layout
 * of DVC 2 does not count: DVC 3 looks for new data in its own only.
 */
function hasSoundObject(cache: Cache, md5: string, size: number | bigint): boolean {
  const object = objectPath(cache, md5);
  const stats = statObject(object);
  return stats?.size === BigInt(size) && knownHash(cache.state, object, stats) === md5;
}

/**
 * Whether the object is there and, as far as we know, what its name says: one that has another time or size than when it was
 * hashed is read again. An object that we never saw (DVC made it) is believed here; a checkout reads it.
 */
async function isSound(cache: Cache, md5: string): Promise<boolean> {
  const object = findObject(cache, md5);
  if (object === undefined) return false;
  if (isTreeHash(md5) || cache.state.get(object) === undefined) return true;
  const stats = statObject(object);
  if (stats === undefined) return false;
  if (knownHash(cache.state, object, stats) === md5) return true;
  if ((await hashFile(object)).md5 !== md5) return false;
  rememberObject(cache.state, object, { stats, md5 });
  return true;
}

/** As hasData(), and no object of it is known to be broken. Removes nothing. */
export async function hasSoundData(cache: Cache, md5: string): Promise<boolean> {
  if (isTreeHash(md5)) return hasSoundTree(cache, md5);
  return md5 !== "" && isSound(cache, md5);
}

/** The objects as they are now; undefined where one is missing. */
function digestOf(cache: Cache, hashes: Iterable<string>): FilesDigest | undefined {
  const digest = new FilesDigest();
  for (const md5 of hashes) {
    const object = statObject(objectPath(cache, md5)) ?? statFound(cache, md5);
    if (object === undefined) return undefined;
    digest.add(md5, object);
  }
  return digest;
}

/** Whether a folder's objects are as they were when each was found sound. */
function isStillSound(cache: Cache, tree: string): boolean {
  if (!wasFoundSound(cache.state, tree)) return false;
  const text = treeText(cache, tree);
  const digest = text === undefined ? undefined : digestOf(cache, hashesInTree(text));
  return digest !== undefined && isSameAsSound(cache.state, tree, digest);
}

async function hasSoundTree(cache: Cache, tree: string): Promise<boolean> {
  if (isStillSound(cache, tree)) return true;
  const hashes = soundTree(cache, tree)?.map(({ md5 }) => md5);
  const digest = hashes && digestOf(cache, hashes);
  if (hashes === undefined || digest === undefined) return false;
  for (const md5 of hashes) if (!(await isSound(cache, md5))) return false;
  rememberAsSound(cache.state, tree, digest);
  return true;
}

/** Puts bytes into the cache; an object that is there already, and sound, is left alone. */
function addBytes(cache: Cache, data: string | Uint8Array, md5: string): void {
  if (hasSoundObject(cache, md5, Buffer.byteLength(data))) return;
  const object = objectPath(cache, md5);
  makeObjectFolder(cache, object);
  withAside(object, (aside) => {
    writePrivateFile(aside, data, 0o444);
    publishObject(cache, aside, md5);
  });
}

function addSmallFile(cache: Cache, file: string, stats: BigIntStats): string {
  const hashedAtMs = Date.now();
  const data = readPlainFile(file);
  const md5 = hashBytes(data);
  rememberHash(cache.state, file, { stats, md5, hashedAtMs });
  addBytes(cache, data, md5);
  return md5;
}

/** A big file is copied (or its blocks shared) first and the copy is hashed: nobody can change it under our hands. */
async function addBigFile(cache: Cache, file: string, stats: BigIntStats): Promise<string> {
  const known = knownHash(cache.state, file, stats);
  if (known !== undefined && hasSoundObject(cache, known, stats.size)) return known;
  refuseSystemsFile(file);
  const folder = objectPath(cache, "0".repeat(32));
  makeObjectFolder(cache, folder);
  const hashedAtMs = Date.now();
  return withAsideLater(folder, async (aside) => {
    copyFileFresh(file, aside);
    const { md5 } = await hashFile(aside);
    rememberHash(cache.state, file, { stats, md5, hashedAtMs });
    if (hasSoundObject(cache, md5, statSync(aside).size)) removeFile(aside);
    else {
      makeObjectFolder(cache, objectPath(cache, md5));
      publishObject(cache, aside, md5);
    }
    return md5;
  });
}

async function addFile(cache: Cache, file: string, stats: BigIntStats): Promise<string> {
  const known = knownHash(cache.state, file, stats);
  if (known !== undefined && hasSoundObject(cache, known, stats.size)) return known;
  return stats.size < inMemory ? addSmallFile(cache, file, stats) : addBigFile(cache, file, stats);
}

/**
 * Puts a file or folder into the cache and answers its hash; the workspace stays as it is.
 * Throws OUTPUT_MISSING where nothing is at the path.
 */
export async function addToCache(cache: Cache, target: string): Promise<DataHash> {
  return (await addWithLinks(cache, target)).hash;
}

export interface StoredData {
  readonly hash: DataHash;
  /** Files that are links, absolute: the target itself, or some of the folder. */
  readonly links: readonly string[];
}

/** As addToCache(), and which of the files are links. */
export function addWithLinks(cache: Cache, target: string): Promise<StoredData> {
  const detail = (stored: StoredData | undefined) =>
    `${target}: ${stored && `as ${stored.hash.md5}, ${stored.hash.size} bytes`}`;
  return traced<Promise<StoredData>>({ topic: "cache", name: "store", detail }, () => store(cache, target));
}

/** Puts the list of a folder into the cache, whose files are there already. */
export function addTreeToCache(cache: Cache, entries: readonly DirEntry[]): TreeObject {
  const object = formatTree(entries);
  addBytes(cache, object.text, object.md5);
  return object;
}

async function store(cache: Cache, target: string): Promise<StoredData> {
  const stats = statSync(target, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined)
    throw new SweeplineError({ code: "OUTPUT_MISSING", message: `output '${target}' does not exist` });
  if (!stats.isDirectory() && !stats.isFile()) refuseSpecial(target);
  if (stats.isFile()) {
    const links = lstatSync(target).isSymbolicLink() ? [target] : [];
    return { hash: fileData(await addFile(cache, target, stats), stats), links };
  }
  const files = listFiles(target, cache.rules);
  checkStored(
    target,
    files.map(({ relpath }) => relpath),
  );
  const { hash, text, links } = await collectData(cache, target, { work: "store", files });
  // The list goes last: who finds it finds its files too.
  addBytes(cache, text, hash.md5);
  return { hash, links };
}

/**
 * The cache's objects: `files/md5/<2>/<30>`, named by their MD5, never changed (mode 0444).
 *
 * Promise: an object is written aside and renamed, so that a reader sees it whole or not at all, and two writers of one
 * object do no harm: both write the same bytes, the later rename wins. Objects are not synced to the disk: a reader that
 * links instead of copying checks the hash (checkout.ts), and what a power failure breaks is found there.
 */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { existsSync, largeFileBytes, readIfExists, rename, setMode, statSync } from "../base/files.ts";
import { type IgnoreRules, ignoreRules } from "../project/ignore-rules.ts";
import type { LinkType, Project } from "../project/project.ts";
import { hashBytes } from "./hash.ts";
import { makeSharedFolder, type Sharing, sharingOf } from "./sharing.ts";
import { type FileState, memoryState, rememberObject } from "./state.ts";
import { type DirEntry, isObjectHash, isTreeHash, parseDirObject } from "./tree.ts";

export interface Cache {
  /** The project's root: data is placed inside it only. */
  readonly root: string;
  /** The cache's root; objects below files/md5. */
  readonly folder: string;
  readonly linkTypes: readonly LinkType[];
  /** `cache.shared` */
  readonly sharing: Sharing;
  readonly state: FileState;
  readonly rules: IgnoreRules;
  /** Sub-folders that exist already: saves a call for each object. */
  readonly knownFolders: Set<string>;
  /** Which link type worked from the cache to a folder's device, by device. */
  readonly probedLinks: Map<string, LinkType>;
}

export interface CacheOptions {
  readonly state?: FileState;
  /** Instead of cache.type of the configuration. */
  readonly linkTypes?: readonly LinkType[];
}

/** The cache of a project. Opens nothing yet: objects are looked up as files. */
export function openCache(project: Project, options: CacheOptions = {}): Cache {
  return {
    root: project.root,
    folder: path.resolve(project.cacheDir),
    linkTypes: options.linkTypes ?? project.config.cacheTypes,
    sharing: sharingOf(project.config.get("cache.shared")),
    state: options.state ?? memoryState(),
    rules: ignoreRules(project.root),
    knownFolders: new Set(),
    probedLinks: new Map(),
  };
}

/** Where an object lies. Refuses a hash that is none: it would name a file outside the cache. */
export function objectPath(cache: Cache, md5: string): string {
  if (!isObjectHash(md5))
    throw new SweeplineError({ code: "HASH_INVALID", message: `'${md5}' is not a hash of an object in the cache` });
  // Not path.join(), which for ten thousand objects takes as long as the system takes to find them.
  return [cache.folder, "files", "md5", md5.slice(0, 2), md5.slice(2)].join(path.sep);
}

/** Where DVC 2 kept the object: without files/md5. */
function legacyPath(cache: Cache, md5: string): string {
  return path.join(cache.folder, md5.slice(0, 2), md5.slice(2));
}

/** The object's file, in the layout of DVC 3 or else of DVC 2; undefined where the cache has it not. */
export function findObject(cache: Cache, md5: string): string | undefined {
  const file = objectPath(cache, md5);
  if (existsSync(file)) return file;
  const legacy = legacyPath(cache, md5);
  return existsSync(legacy) ? legacy : undefined;
}

export function hasObject(cache: Cache, md5: string): boolean {
  return findObject(cache, md5) !== undefined;
}

/** Creates the folder that an object goes to, once for each two letters. */
export function makeObjectFolder(cache: Cache, file: string): void {
  const folder = path.dirname(file);
  if (cache.knownFolders.has(folder)) return;
  makeSharedFolder(folder, cache.sharing);
  cache.knownFolders.add(folder);
}

/** Renames a finished object into place. Whoever comes second replaces the same bytes by the same bytes. */
export function publishObject(cache: Cache, aside: string, md5: string): void {
  const object = objectPath(cache, md5);
  // Before the rename, which changes neither inode nor times: once in place, a garbage collector may take it away.
  const stats = statSync(aside, { bigint: true });
  if ((stats.mode & 0o777n) !== 0o444n) setMode(aside, 0o444);
  rename(aside, object);
  rememberObject(cache.state, object, { stats, md5 });
}

/** As publishObject(), of data whose hash DVC 2 took without CR: in the layout of DVC 2, where names don't promise the bytes. */
export function publishLegacyObject(cache: Cache, aside: string, md5: string): void {
  const object = legacyPath(cache, md5);
  makeObjectFolder(cache, object);
  if ((statSync(aside).mode & 0o777) !== 0o444) setMode(aside, 0o444);
  rename(aside, object);
}

function treeBytes(cache: Cache, md5: string): Buffer | undefined {
  const file = findObject(cache, md5);
  return file === undefined ? undefined : readIfExists(file, largeFileBytes);
}

/** A folder object as it is, its hash looked at; undefined where the cache has none of that hash. */
export function treeText(cache: Cache, md5: string): string | undefined {
  const bytes = treeBytes(cache, md5);
  return bytes !== undefined && `${hashBytes(bytes)}.dir` === md5 ? bytes.toString("utf8") : undefined;
}

/** The files of a folder object; undefined where the cache has it not. Throws CACHE_OBJECT_BROKEN. */
export function readTree(cache: Cache, md5: string): DirEntry[] | undefined {
  const bytes = treeBytes(cache, md5);
  return bytes === undefined ? undefined : parseDirObject(bytes, md5);
}

/** As readTree(); a broken list is of no use to those who can do without. */
export function soundTree(cache: Cache, md5: string): DirEntry[] | undefined {
  try {
    return readTree(cache, md5);
  } catch (error) {
    if (isDataLost(error)) return undefined;
    throw error;
  }
}

/** Whether that is an error of data that the cache does not hold, or no longer as it was. */
export function isDataLost(error: unknown): error is SweeplineError {
  return error instanceof SweeplineError && ["CACHE_MISSING", "CACHE_OBJECT_BROKEN"].includes(error.code);
}

/** Whether everything is there that a checkout needs: the object, and for a folder each of its files. Of a record without a hash ("") nothing is. */
export function hasData(cache: Cache, md5: string): boolean {
  if (md5 === "") return false;
  if (!isTreeHash(md5)) return hasObject(cache, md5);
  return soundTree(cache, md5)?.every((entry) => hasObject(cache, entry.md5)) ?? false;
}

/** The objects that `md5` stands for and that the cache lacks (the folder's list itself, or files of it). */
export function missingObjects(cache: Cache, md5: string): string[] {
  if (!isTreeHash(md5)) return hasObject(cache, md5) ? [] : [md5];
  const entries = soundTree(cache, md5);
  if (entries === undefined) return [md5];
  return [...new Set(entries.map((entry) => entry.md5))].filter((each) => !hasObject(cache, each));
}

/** From the cache to the workspace: what has to change at a path so that it holds a given hash, and the doing of it. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { lstatIfExists, readlinkSync, removeFile, removeTree, type Stats, setTimes, statSync } from "../base/files.ts";
import { withinAny } from "../base/paths.ts";
import { traced } from "../base/trace.ts";
import { checkEntries, checkPlace, named, realTarget } from "../project/gate.ts";
import { type Cache, findObject, hasObject, readTree } from "./cache.ts";
import { hashData } from "./data.ts";
import { type DataHash, hashFile } from "./hash.ts";
import { HeldFolders, removeEmptyFolders } from "./held-folders.ts";
import { hashLegacyData } from "./legacy.ts";
import { placeObject } from "./links.ts";
import { rememberInWorkspace } from "./placed.ts";
import { knownHash, rememberHash, rememberObject } from "./state.ts";
import { isTreeHash } from "./tree.ts";
import { isDangling, isLinkToObject, listAllFiles } from "./walk.ts";

export type CheckoutChange = "unchanged" | "added" | "modified";

interface WantedFile {
  readonly file: string;
  readonly md5: string;
  readonly isExecutable: boolean;
}

/** What a path shall hold. */
export interface CheckoutTarget {
  readonly hash: DataHash;
  /** Absolute. */
  readonly destination: string;
  /** Absolute paths inside a folder: only what is there or below is looked at and changed. Default: all of it. */
  readonly within?: readonly string[];
}

/** What a checkout will do. Nothing was changed yet. */
export interface CheckoutPlan {
  readonly destination: string;
  /** The destination, links on the way to it resolved: where files are changed. */
  readonly real: string;
  readonly hash: DataHash;
  /** part: only some paths inside a folder are looked at. */
  readonly extent: "whole" | "part";
  readonly change: CheckoutChange;
  /** A folder at the destination is in the way of a file, or the other way round. */
  readonly removeFirst: boolean;
  readonly place: readonly WantedFile[];
  readonly remove: readonly string[];
  /** Files that the plan removes or replaces and that the cache does not hold: they would be lost. */
  readonly unsaved: readonly string[];
  /** Hashes that the cache lacks. */
  readonly missing: readonly string[];
  /** Files by what happens to them, for `checkout --summary`; folders that go with their files are counted too, as in DVC. */
  readonly counts: { readonly added: number; readonly modified: number; readonly deleted: number };
}

async function isUnsaved(cache: Cache, file: string): Promise<boolean> {
  if (isDangling(file)) return !isLinkToObject(file);
  const hash = await hashData(cache, file);
  return hash !== undefined && !hasObject(cache, hash.md5);
}

async function filterUnsaved(cache: Cache, files: readonly string[]): Promise<string[]> {
  const unsaved: string[] = [];
  for (const file of files) if (await isUnsaved(cache, file)) unsaved.push(file);
  return unsaved;
}

interface Found {
  readonly files: readonly string[];
  readonly kind: "nothing" | "file" | "folder" | "other";
}

function lookAt(cache: Cache, destination: string): Found {
  const own = lstatIfExists(destination);
  if (own === undefined) return { files: [], kind: "nothing" };
  const stats = statSync(destination, { throwIfNoEntry: false });
  if (stats?.isDirectory() && !own.isSymbolicLink())
    return { files: listAllFiles(destination, cache.rules).map(({ file }) => file), kind: "folder" };
  return stats?.isFile() || isDangling(destination)
    ? { files: [destination], kind: "file" }
    : { files: [], kind: "other" };
}

function wantedFiles(cache: Cache, hash: DataHash, destination: string): readonly WantedFile[] | undefined {
  if (!isTreeHash(hash.md5)) return [{ file: destination, md5: hash.md5, isExecutable: hash.isexec === true }];
  const entries = readTree(cache, hash.md5);
  if (entries !== undefined)
    checkEntries(
      destination,
      entries.map(({ relpath }) => relpath),
    );
  return entries?.map((entry) => ({
    file: path.join(destination, ...entry.relpath.split("/")),
    md5: entry.md5,
    isExecutable: false,
  }));
}

function realPlace(destination: string): string {
  return path.join(realTarget(path.dirname(destination)), path.basename(destination));
}

function isLegacyObject(object: string): boolean {
  return !object.includes(`${path.sep}files${path.sep}md5${path.sep}`);
}

async function holds(cache: Cache, wanted: WantedFile): Promise<boolean> {
  const hash = await hashData(cache, wanted.file);
  if (hash === undefined || (wanted.isExecutable && hash.isexec !== true)) return false;
  if (hash.md5 === wanted.md5) return true;
  const object = findObject(cache, wanted.md5);
  if (object === undefined || !isLegacyObject(object)) return false;
  return (await hashLegacyData(cache, wanted.file))?.md5 === wanted.md5;
}

/**
 * Compares a path with what it should hold. Reads, writes nothing. Throws OUTSIDE_PROJECT where the path, or one of the files
 * of a folder, may not be written.
 */
export async function planCheckout(cache: Cache, target: CheckoutTarget): Promise<CheckoutPlan> {
  const { hash, destination, within } = target;
  checkPlace(cache.root, destination);
  const found = lookAt(cache, destination);
  const isMeant = withinAny(within);
  const wanted = wantedFiles(cache, hash, destination)?.filter(({ file }) => isMeant(file));
  const extent = within === undefined ? "whole" : "part";
  const base = { destination, real: realPlace(destination), hash, extent } as const;
  if (wanted === undefined) return { ...base, ...nothingToDo, change: changeOf(found, 1), missing: [hash.md5] };
  const fits = found.kind === (isTreeHash(hash.md5) ? "folder" : "file");
  const present = new Set(fits ? found.files : []);
  const place: WantedFile[] = [];
  for (const each of wanted) if (!present.has(each.file) || !(await holds(cache, each))) place.push(each);
  const wantedNames = new Set(wanted.map((each) => each.file));
  const remove = found.files.filter((file) => !wantedNames.has(file) && (!fits || isMeant(file)));
  const removed = new Set(remove);
  const kept = found.files.filter((file) => !removed.has(file));
  const replaced = place.filter((each) => present.has(each.file)).map((each) => each.file);
  const empty = isTreeHash(hash.md5) && found.kind !== "folder" && within === undefined ? 1 : 0;
  return {
    ...base,
    change: changeOf(found, place.length + remove.length + empty),
    removeFirst: !fits && found.kind !== "nothing",
    place,
    remove: fits ? remove : [],
    unsaved: await filterUnsaved(cache, [...remove, ...replaced]),
    missing: [...new Set(place.map((each) => each.md5))].filter((md5) => !hasObject(cache, md5)),
    counts: {
      added: place.length - replaced.length,
      modified: replaced.length,
      deleted: remove.length + (fits ? emptied(destination, remove, [...wantedNames, ...kept]) : 0),
    },
  };
}

/** How many folders inside go with the files that are removed. */
function emptied(destination: string, remove: readonly string[], stay: readonly string[]): number {
  const foldersOf = (files: Iterable<string>) => {
    const folders = new Set<string>();
    for (const file of files)
      for (let at = path.dirname(file); at.length > destination.length && !folders.has(at); at = path.dirname(at))
        folders.add(at);
    return folders;
  };
  const kept = foldersOf(stay);
  return [...foldersOf(remove)].filter((folder) => !kept.has(folder)).length;
}

const nothingToDo = {
  removeFirst: false,
  place: [],
  remove: [],
  unsaved: [],
  counts: { added: 0, modified: 0, deleted: 0 },
} as const;

function changeOf(found: Found, differences: number): CheckoutChange {
  if (differences === 0) return "unchanged";
  return found.kind === "nothing" ? "added" : "modified";
}

function objectBroken(md5: string): SweeplineError {
  return new SweeplineError({
    code: "CACHE_OBJECT_BROKEN",
    message: `the object '${md5}' in the cache is not what its name says; it was removed`,
    hint: "Run the stage that makes it again, or pull it.",
  });
}

/** The object's file, its hash checked once for each version of it that we see. A broken one is removed and reported. */
async function soundObject(cache: Cache, md5: string): Promise<string> {
  const object = findObject(cache, md5);
  if (object === undefined) throw objectBroken(md5);
  const stats = statSync(object, { bigint: true });
  if (knownHash(cache.state, object, stats) === md5) return object;
  // DVC 2 hashed text with its line ends converted: only objects of the layout of DVC 3 can be checked.
  if (!isLegacyObject(object) && (await hashFile(object)).md5 !== md5) {
    removeFile(object);
    throw objectBroken(md5);
  }
  rememberObject(cache.state, object, { stats, md5 });
  return object;
}

/** Refuses a plan with objects that are not what their names say (CACHE_OBJECT_BROKEN), before anything is changed. */
export async function checkObjects(cache: Cache, plan: CheckoutPlan): Promise<void> {
  for (const { md5 } of plan.place) await soundObject(cache, md5);
}

/** From this size on it pays to make a fresh copy believable at once, see `rememberPlaced`. */
const bigEnough = 256 * 1024;

interface Placed {
  readonly type: string;
  /** The file's path through its folder, which is held open. */
  readonly held: string;
}

/**
 * Remembers the hash of a file that was just placed. A copy is as young as the clock's tick, so its record would not be
 * believed (state.ts) and the file read again: a big one gets a time 3 seconds back, and any later write shows.
 */
function rememberPlaced(cache: Cache, wanted: WantedFile, { type, held }: Placed): void {
  const before = statSync(held);
  const isCopy = type === "copy" || type === "reflink";
  if (isCopy && before.size >= bigEnough) {
    const past = Math.floor(Date.now() / 1000) - 3;
    setTimes(held, past, past);
  }
  const stats = statSync(held, { bigint: true });
  rememberHash(cache.state, wanted.file, { stats, md5: wanted.md5, hashedAtMs: Date.now() });
}

/**
 * Carries a plan out. Files are replaced one by one, each in one step; a kill in between leaves some of them old, and the
 * next checkout goes on. Throws CACHE_MISSING before any change where objects are missing.
 */
export async function applyCheckout(cache: Cache, plan: CheckoutPlan): Promise<CheckoutChange> {
  const links: LinkCounts = new Map();
  const detail = (change: CheckoutChange | undefined) => checkoutWords(plan, links, change);
  const change = await traced<Promise<CheckoutChange>>({ topic: "cache", name: "checkout", detail }, () =>
    carryOut(cache, plan, links),
  );
  if (plan.extent === "whole") rememberInWorkspace(cache, plan.destination, plan.hash.md5);
  return change;
}

/** How many files were placed by each type of link. */
type LinkCounts = Map<string, number>;

function checkoutWords(plan: CheckoutPlan, links: LinkCounts, change: CheckoutChange | undefined): string {
  const placed = [...links].map(([type, count]) => `${count} by ${type}`);
  const removed = plan.remove.length === 0 ? [] : [`${plan.remove.length} removed`];
  return `${plan.destination}: ${[change ?? "failed", ...placed, ...removed].join(", ")}`;
}

async function carryOut(cache: Cache, plan: CheckoutPlan, links: LinkCounts): Promise<CheckoutChange> {
  if (plan.missing.length > 0) throw cacheMissing(plan);
  if (plan.change === "unchanged") return plan.change;
  const held = new HeldFolders(cache.root, plan);
  try {
    removeUnwanted(plan, held);
    for (const wanted of plan.place) {
      const type = await placeFile(cache, wanted, held);
      links.set(type, (links.get(type) ?? 0) + 1);
    }
    // A folder without files is there too.
    if (isTreeHash(plan.hash.md5)) held.to(path.join(plan.destination, "x"), "make");
  } finally {
    held.close();
  }
  return plan.change;
}

function removeUnwanted(plan: CheckoutPlan, held: HeldFolders): void {
  const remove = (file: string, by: (at: string) => void) => {
    const at = held.to(file, "skip");
    if (at !== undefined) named(file, at, () => by(at));
  };
  if (plan.removeFirst) remove(plan.destination, removeTree);
  for (const file of plan.remove) remove(file, removeFile);
  if (isTreeHash(plan.hash.md5)) removeEmptyFolders(plan.destination, plan.remove, held);
}

async function placeFile(cache: Cache, wanted: WantedFile, folders: HeldFolders): Promise<string> {
  const object = await soundObject(cache, wanted.md5);
  const held = folders.to(wanted.file, "make") ?? wanted.file;
  return named(wanted.file, held, () => {
    const type = placeObject(cache, {
      object,
      destination: held,
      shown: wanted.file,
      isExecutable: wanted.isExecutable,
    });
    rememberPlaced(cache, wanted, { type, held });
    return type;
  });
}

function cacheMissing(plan: CheckoutPlan): SweeplineError {
  return new SweeplineError({
    code: "CACHE_MISSING",
    message: `Checkout failed for following targets:\n${plan.destination}\nIs your cache up to date?`,
    hint: `The cache lacks ${plan.missing.length} object(s), the first is ${plan.missing[0]}.`,
  });
}

/**
 * Makes a path hold what the hash says: an unchanged destination is left alone, other files of a folder are removed.
 * Throws CACHE_MISSING or CACHE_OBJECT_BROKEN. What was at the path and is not in the cache is lost: ask planCheckout first.
 */
export async function checkoutData(cache: Cache, hash: DataHash, destination: string): Promise<CheckoutChange> {
  return applyCheckout(cache, await planCheckout(cache, { hash, destination }));
}

function isLinkedAs(cache: Cache, wanted: WantedFile, stats: Stats): boolean {
  const object = findObject(cache, wanted.md5);
  if (object === undefined) return true;
  const first = wanted.isExecutable ? "copy" : cache.linkTypes[0];
  if (stats.isSymbolicLink()) return first === "symlink" && readlinkSync(wanted.file) === object;
  const isHardLink = statSync(object).ino === stats.ino;
  return first === "hardlink" ? isHardLink : first !== "symlink" && !isHardLink;
}

/** Gives each file at a path the kind of link that cache.type asks for. Contents stay the same. Throws OUTSIDE_PROJECT. */
export async function relinkPath(cache: Cache, { hash, destination, within }: CheckoutTarget): Promise<void> {
  checkPlace(cache.root, destination);
  const folders = new HeldFolders(cache.root, { destination, real: realPlace(destination) });
  const isMeant = withinAny(within);
  try {
    for (const wanted of wantedFiles(cache, hash, destination) ?? []) {
      if (!isMeant(wanted.file)) continue;
      const stats = lstatIfExists(wanted.file);
      if (stats === undefined || isLinkedAs(cache, wanted, stats) || !(await holds(cache, wanted))) continue;
      await placeFile(cache, wanted, folders);
    }
  } finally {
    folders.close();
  }
}

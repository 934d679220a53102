/**
 * What `git clean` and `git reset` do not see in a workspace copy: the rights of folders, pipes, sockets and devices, and
 * a repository that was made inside a folder with tracked files. A folder that is as we left it by inode, mode and ctime
 * (which no program can set) is not read again: nobody made or removed a name in it.
 */

import { type Dirent, lstatSync, readdirSync, removeEmptyFolder, type Stats, setMode } from "../../base/files.ts";
import { isNumber, isRecord, isText, isTexts } from "../../base/json.ts";
import { removeStubborn } from "../../base/remove-stubborn.ts";
import { type IndexEntries, trackedAs } from "../../git/index-scan.ts";

/** Mode, fingerprint ("" where it is not to be trusted), and the folders in it; names as latin1, since they are bytes. */
type FolderRecord = readonly [mode: number, fingerprint: string, folders: readonly string[]];

/** By path inside the copy, "" for the copy itself. */
export type FolderRecords = Readonly<Record<string, FolderRecord>>;

/** Whether what was kept on disk is what \`restoreFolders\` answered. */
export function isFolderRecords(value: unknown): value is FolderRecords {
  return isRecord(value) && Object.values(value).every((record) => isFolderRecord(record));
}

function isFolderRecord(value: unknown): value is FolderRecord {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [mode, fingerprint, folders]: readonly unknown[] = value;
  return isNumber(mode) && isText(fingerprint) && isTexts(folders);
}

interface KnownCopy {
  readonly work: Buffer;
  readonly before: ReadonlyMap<string, FolderRecord>;
}

interface CleanedCopy extends KnownCopy {
  readonly entries: IndexEntries;
}

interface Visit extends KnownCopy {
  readonly after: [string, FolderRecord][];
  /** Milliseconds; a change that is not older may be followed by another that has the same ctime. */
  readonly settledBefore: number;
}

/** The clock of the kernel's file times ticks every 1 to 10 ms. */
const tickMs = 20;

function fingerprintOf(stats: Stats): string {
  return `${stats.ino}.${stats.mode}.${stats.ctimeMs}`;
}

function pathOf(visit: KnownCopy, inside: string): Buffer {
  return inside === "" ? visit.work : Buffer.concat([visit.work, Buffer.from(`/${inside}`, "latin1")]);
}

function joined(inside: string, name: string): string {
  return inside === "" ? name : `${inside}/${name}`;
}

/** Removes what Git never writes. Answers the folders that are left, and whether anything was removed. */
function readFolder(visit: Visit, inside: string): { readonly folders: string[]; readonly removed: boolean } {
  const folder = pathOf(visit, inside);
  const entries: Dirent<Buffer>[] = readdirSync(folder, { withFileTypes: true, encoding: "buffer" });
  const folders: string[] = [];
  let removed = false;
  for (const entry of entries) {
    const name = entry.name.toString("latin1");
    const isGit = name === ".git";
    // The copy's own `.git` is made anew by whoever called us.
    if (isGit && inside === "") continue;
    if (!isGit && entry.isDirectory()) folders.push(name);
    else if (isGit || !(entry.isFile() || entry.isSymbolicLink())) {
      removeStubborn(pathOf(visit, joined(inside, name)));
      removed = true;
    }
  }
  return { folders, removed };
}

/**
 * What `git clean -ffdx` does, and as it does without reading a folder that is as we left it: removes what is not in the
 * index, and gives folders their rights back.
 * @param before what `restoreFolders` answered for this copy
 */
export function removeUntracked(work: string, before: FolderRecords, entries: IndexEntries): void {
  const copy = { work: Buffer.from(work), before: new Map(Object.entries(before)), entries };
  const pending = [""];
  for (let inside = pending.pop(); inside !== undefined; inside = pending.pop()) {
    const known = copy.before.get(inside);
    const isKnown = fingerprintOf(statsWithRights(copy, inside, known)) === known?.[1];
    const folders = isKnown ? (known?.[2] ?? []).map((name) => joined(inside, name)) : keepTracked(copy, inside);
    // A submodule is cleaned with its own index, by submodules.ts.
    pending.push(...folders.filter((folder) => trackedAs(entries, Buffer.from(folder, "latin1")) !== "submodule"));
  }
}

/** Removes all of a folder but files, folders and submodules where the index has them. Answers the folders that stay. */
function keepTracked(copy: CleanedCopy, inside: string): readonly string[] {
  const entries: Dirent<Buffer>[] = readdirSync(pathOf(copy, inside), { withFileTypes: true, encoding: "buffer" });
  return entries.flatMap((entry) => {
    const target = joined(inside, entry.name.toString("latin1"));
    if (target === ".git") return [];
    const tracked = trackedAs(copy.entries, Buffer.from(target, "latin1"));
    const isFolder = entry.isDirectory();
    const stays = isFolder ? tracked === "folder" || tracked === "submodule" : tracked === "file";
    if (!stays) removeStubborn(pathOf(copy, target));
    return stays && isFolder ? [target] : [];
  });
}

/** What the kernel says of a folder, its rights being those that it had. */
function statsWithRights(visit: KnownCopy, inside: string, known: FolderRecord | undefined): Stats {
  const folder = pathOf(visit, inside);
  const stats = lstatSync(folder);
  if (known === undefined || (stats.mode & 0o7777) === known[0]) return stats;
  setMode(folder, known[0]);
  return lstatSync(folder);
}

/** Answers whether something was removed, and with it, where nothing else was in it, the folder. */
function visitFolder(visit: Visit, inside: string): "kept" | "lighter" | "gone" {
  const { before, after } = visit;
  const known = before.get(inside);
  const at = after.length;
  const stats = statsWithRights(visit, inside, known);
  const isKnown = fingerprintOf(stats) === known?.[1];
  const found = isKnown ? { folders: known?.[2] ?? [], removed: false } : readFolder(visit, inside);
  const outcomes = found.folders.map((name) => visitFolder(visit, joined(inside, name)));
  const isLighter = found.removed || outcomes.some((outcome) => outcome !== "kept");
  if (isLighter && inside !== "" && removeEmptyFolder(pathOf(visit, inside))) {
    after.length = at;
    return "gone";
  }
  const now = isLighter ? lstatSync(pathOf(visit, inside)) : stats;
  const fingerprint = now.ctimeMs < visit.settledBefore ? fingerprintOf(now) : "";
  const folders = found.folders.filter((_, index) => outcomes[index] !== "gone");
  after.push([inside, [now.mode & 0o7777, fingerprint, folders]]);
  return isLighter ? "lighter" : "kept";
}

/**
 * Goes through the folders of a copy after Git has restored its files, and removes or restores what Git did not.
 * @param before what the last call answered for this copy; empty where nothing is known
 */
export function restoreFolders(work: string, before: FolderRecords): FolderRecords {
  const visit: Visit = {
    work: Buffer.from(work),
    before: new Map(Object.entries(before)),
    after: [],
    settledBefore: Date.now() - tickMs,
  };
  visitFolder(visit, "");
  return Object.fromEntries(visit.after);
}

/** The files below a folder, as DVC sees them: links to files are files, links to folders are passed over. */
import path from "node:path";
import { isAsideName } from "../base/asides.ts";
import { SweeplineError } from "../base/errors.ts";
import { type Dirent, lstatIfExists, readdirSync, readlinkSync, statSync } from "../base/files.ts";
import type { IgnoreRules } from "../project/ignore-rules.ts";

export interface FoundFile {
  /** Relative to the folder that was walked, "/" as separator. */
  readonly relpath: string;
  readonly file: string;
  readonly isLink: boolean;
}

interface Walk {
  readonly rules: IgnoreRules;
  readonly dangling: "refuse" | "list";
  /** Still to be looked at. */
  readonly folders: { readonly folder: string; readonly prefix: string }[];
}

/** Whether a link leads to nothing. */
export function isDangling(file: string): boolean {
  return lstatIfExists(file)?.isSymbolicLink() === true && statSync(file, { throwIfNoEntry: false }) === undefined;
}

/** Whether a link's target has the name of an object of a cache, be it there or not (the cache was moved). */
export function isLinkToObject(file: string): boolean {
  return /[/\\][0-9a-f]{2}[/\\][0-9a-f]{30}$/.test(readlinkSync(file));
}

function isLinkToFile(file: string, dangling: Walk["dangling"]): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined && dangling === "list") return true;
  if (stats === undefined)
    throw new SweeplineError({ code: "BROKEN_LINK", message: `'${file}' is a link to nothing`, hint: "Remove it." });
  return stats.isFile();
}

function isData(walk: Walk, entry: Dirent, file: string): boolean {
  return entry.isFile() || (entry.isSymbolicLink() && isLinkToFile(file, walk.dangling));
}

function refuseRules(folder: string): never {
  throw new SweeplineError({
    code: "IGNORE_FILE_IN_DATA",
    message: `.dvcignore file should not be in collected dir path: '${folder}'`,
  });
}

function* filesIn(walk: Walk, folder: string, prefix: string): Generator<FoundFile> {
  const above = path.join(folder, path.sep);
  const isIgnored = walk.rules.ignoredIn(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    // What a killed process left of ours is no data.
    if (isAsideName(entry.name)) continue;
    const file = above + entry.name;
    const relpath = prefix + entry.name;
    if (entry.isDirectory()) {
      if (!walk.rules.ignoresFolder(file)) walk.folders.push({ folder: file, prefix: `${relpath}/` });
    } else if (!isIgnored(entry.name) && isData(walk, entry, file)) {
      if (entry.name === ".dvcignore") refuseRules(folder);
      yield { relpath, file, isLink: entry.isSymbolicLink() };
    }
  }
}

/** One after the other, so that a million files need not be held at once. */
function* filesBelow(walk: Walk): Generator<FoundFile> {
  for (let next = walk.folders.pop(); next !== undefined; next = walk.folders.pop())
    yield* filesIn(walk, next.folder, next.prefix);
}

/** All files of a folder that .dvcignore does not exclude, in no order; without temporary files of ours. */
export function walkFiles(folder: string, rules: IgnoreRules): Generator<FoundFile> {
  return filesBelow({ rules, folders: [{ folder, prefix: "" }], dangling: "refuse" });
}

/** As walkFiles, at once. */
export function listFiles(folder: string, rules: IgnoreRules): FoundFile[] {
  return [...walkFiles(folder, rules)];
}

/** As listFiles, with links that lead to nothing, which listFiles refuses (BROKEN_LINK). */
export function listAllFiles(folder: string, rules: IgnoreRules): FoundFile[] {
  return [...filesBelow({ rules, folders: [{ folder, prefix: "" }], dangling: "list" })];
}

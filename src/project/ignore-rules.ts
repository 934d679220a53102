/** .dvcignore: which files of a folder are not data. Rules as in .gitignore, a file of them in any folder of the project. */
import path from "node:path";
import { existsSync, readIfExists } from "../base/files.ts";
import { IgnorePatterns } from "./ignore-patterns.ts";

export interface IgnoreRules {
  /** Whether a file (absolute path) is ignored, itself or through a folder above it. */
  ignoresFile(file: string): boolean;
  /** The same for the files of one folder, by their names: quicker for many. */
  ignoredIn(folder: string): (name: string) => boolean;
  ignoresFolder(folder: string): boolean;
  /** Whether a line of a .dvcignore is for the path or a folder above it: as `ignoresFile`, projects inside the project apart. */
  hasRuleFor(target: string, kind: "file" | "folder"): boolean;
}

/** What DVC never looks at, before any .dvcignore. */
export const defaultIgnoreLines = [".hg/", ".git/", ".git", ".dvc/"];

/** A file of rules as one of the folders below it sees it. */
interface Level {
  /** From the folder of the rules to that folder, with "/" at its end; empty where it is the same. */
  readonly prefix: string;
  /** Rules of that folder's own file, or the defaults at the root; null where there is no file. */
  readonly matcher: IgnorePatterns | null;
  /** Whether a .dvcignore says something. */
  readonly hasFile: boolean;
}

function readRules(folder: string, extra: readonly string[]): IgnorePatterns | null {
  const text = readIfExists(path.join(folder, ".dvcignore"))?.toString("utf8");
  if (text === undefined && extra.length === 0) return null;
  const lines = (text ?? "").split("\n").map((line) => line.trim());
  return new IgnorePatterns().add(extra).add(lines);
}

/** The innermost file of rules that says something about the path decides. */
function matches(levels: readonly Level[], name: string, kind: "file" | "folder"): boolean {
  const suffix = kind === "folder" ? "/" : "";
  for (let index = levels.length - 1; index >= 0; index--) {
    const level = levels[index];
    if (level === undefined || level.matcher === null) continue;
    const result = level.matcher.test(level.prefix + name + suffix);
    if (result.ignored) return true;
    if (result.unignored) return false;
  }
  return false;
}

/** The files of rules above a folder, the outermost first; read when a folder is first asked for, and kept. */
function levelReader(root: string): (folder: string) => readonly Level[] {
  const levels = new Map<string, readonly Level[]>();
  function levelsOf(folder: string): readonly Level[] {
    const known = levels.get(folder);
    if (known !== undefined) return known;
    const seenFromAbove = folder === root ? [] : levelsOf(path.dirname(folder));
    const above = seenFromAbove.map((level) => ({ ...level, prefix: `${level.prefix}${path.basename(folder)}/` }));
    const matcher = readRules(folder, folder === root ? defaultIgnoreLines : []);
    const hasFile = existsSync(path.join(folder, ".dvcignore"));
    const all = matcher === null ? above : [...above, { prefix: "", matcher, hasFile }];
    levels.set(folder, all);
    return all;
  }
  return levelsOf;
}

/** The rules of the project at `root`. Files of rules are read when a folder is first asked for, and kept. */
export function ignoreRules(root: string): IgnoreRules {
  const levelsOf = levelReader(root);
  const folders = new Map<string, boolean>();
  const ruledFolders = new Map<string, boolean>();

  function isIgnored(target: string, kind: "file" | "folder"): boolean {
    return matches(levelsOf(path.dirname(target)), path.basename(target), kind);
  }

  function isInside(target: string): boolean {
    return target.startsWith(root + path.sep);
  }

  function ignoresFolder(folder: string): boolean {
    if (!isInside(folder)) return false;
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const above = path.dirname(folder);
    // A project inside the project looks after its own files.
    const answer = ignoresFolder(above) || isIgnored(folder, "folder") || existsSync(path.join(folder, ".dvc"));
    folders.set(folder, answer);
    return answer;
  }

  function isRuledFolder(folder: string): boolean {
    if (!isInside(folder)) return false;
    const answer = ruledFolders.get(folder) ?? (isRuledFolder(path.dirname(folder)) || isIgnored(folder, "folder"));
    ruledFolders.set(folder, answer);
    return answer;
  }

  function hasRuleFor(target: string, kind: "file" | "folder"): boolean {
    const folder = path.dirname(target);
    if (!isInside(target) || !levelsOf(folder).some(({ hasFile }) => hasFile)) return false;
    return isRuledFolder(folder) || isIgnored(target, kind);
  }

  function ignoredIn(folder: string): (name: string) => boolean {
    if (folder !== root && !isInside(folder)) return () => false;
    if (ignoresFolder(folder)) return () => true;
    const rules = levelsOf(folder);
    return (name) => matches(rules, name, "file");
  }

  return {
    ignoresFolder,
    hasRuleFor,
    ignoredIn,
    ignoresFile: (file) => ignoredIn(path.dirname(file))(path.basename(file)),
  };
}

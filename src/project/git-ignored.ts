/**
 * What Git ignores, for the walk that finds pipeline files: .gitignore, nested ones included, and .git/info/exclude.
 * As in DVC it does not matter whether Git tracks a file below an ignored folder. (.dvcignore has rules of its own.)
 */
import { IgnorePatterns } from "./ignore-patterns.ts";

interface Level {
  /** How many characters of a path lead to the folder that the patterns are relative to. */
  readonly skip: number;
  readonly rules: IgnorePatterns;
}

export interface GitIgnoreTexts {
  /** .git/info/exclude */
  readonly exclude: string | undefined;
  /** The .gitignore of a folder. */
  of(folder: string): string | undefined;
}

export interface GitIgnoreRules {
  /** Of a path whose folder is not ignored itself. */
  isIgnored(path: string, kind: "file" | "folder"): boolean;
}

function levelsFrom(folder: string, text: string | undefined): readonly Level[] {
  if (text === undefined || text === "") return [];
  return [{ skip: folder === "" ? 0 : folder.length + 1, rules: new IgnorePatterns().add(text) }];
}

/** All paths are relative to the top of the work tree, "" for itself, with "/". Files of rules are read once. */
export function gitIgnoreRules(texts: GitIgnoreTexts): GitIgnoreRules {
  const known = new Map<string, readonly Level[]>();
  const levelsOf = (folder: string): readonly Level[] => {
    const levels = known.get(folder);
    if (levels !== undefined) return levels;
    const above = folder === "" ? levelsFrom("", texts.exclude) : levelsOf(parentOf(folder));
    const all = [...above, ...levelsFrom(folder, texts.of(folder))];
    known.set(folder, all);
    return all;
  };
  return {
    isIgnored(path, kind) {
      let ignored = false;
      for (const { skip, rules } of levelsOf(parentOf(path))) {
        const answer = rules.test(path.slice(skip) + (kind === "folder" ? "/" : ""));
        if (answer.ignored) ignored = true;
        else if (answer.unignored) ignored = false;
      }
      return ignored;
    },
  };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

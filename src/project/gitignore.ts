/** The .gitignore beside an output: data that DVC tracks must not get into Git. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import {
  appendText,
  existsSync,
  lstatIfExists,
  readIfExists,
  realpathSync,
  removeFile,
  writeAtomic,
} from "../base/files.ts";
import { insideFolder, relativePosix } from "../base/paths.ts";
import { IgnorePatterns } from "./ignore-patterns.ts";
import type { Project } from "./project.ts";

/** `/name`, with what a pattern would read as more than a character escaped. */
function entryOf(target: string): string {
  return `/${path.basename(target).replace(/[[\]!*#?]/g, "\\$&")}`;
}

function foldersDownTo(top: string, folder: string): string[] {
  const parts = path
    .relative(top, folder)
    .split(path.sep)
    .filter((part) => part !== "");
  return [top, ...parts.map((_, index) => path.join(top, ...parts.slice(0, index + 1)))];
}

/** Files of rules that were read before: one that has only grown since costs its new lines. */
export interface RuleFiles {
  /** The rules of a file as it is now; undefined where there is none. */
  rulesOf(file: string): IgnorePatterns | undefined;
}

interface KnownRules {
  readonly text: string;
  readonly rules: IgnorePatterns;
}

function readRules(text: string, before: KnownRules | undefined): KnownRules {
  const hasGrown = before?.text.endsWith("\n") === true && text.startsWith(before.text);
  if (hasGrown) return { text, rules: before.rules.add(text.slice(before.text.length)) };
  return { text, rules: new IgnorePatterns().add(text) };
}

export function ruleFiles(): RuleFiles {
  const known = new Map<string, KnownRules>();
  return {
    rulesOf(file) {
      const text = readIfExists(file)?.toString("utf8");
      if (text === undefined) return undefined;
      const before = known.get(file);
      if (before !== undefined && text === before.text) return before.rules;
      const now = readRules(text, before);
      known.set(file, now);
      return now.rules;
    },
  };
}

/** The file of rules that is not in the work tree: that of the repository which a linked work tree or a submodule names. */
export function excludeFile(gitRoot: string): string {
  const dotGit = path.join(gitRoot, ".git");
  if (lstatIfExists(dotGit)?.isFile() !== true) return path.join(dotGit, "info", "exclude");
  const named = /^gitdir: (.+?)\s*$/.exec(readIfExists(dotGit)?.toString() ?? "")?.[1] ?? "";
  const gitDir = path.resolve(gitRoot, named);
  const common = readIfExists(path.join(gitDir, "commondir"))?.toString().trim() ?? "";
  return path.join(path.resolve(gitDir, common), "info", "exclude");
}

/** Whether the .gitignore files of the work tree, or .git/info/exclude, ignore a path. Git is not started. */
export function isGitIgnored(gitRoot: string, target: string, files: RuleFiles = ruleFiles()): boolean {
  const kind = lstatIfExists(target)?.isDirectory() ? "/" : "";
  let ignored = false;
  const judge = (file: string, folder: string) => {
    const answer = files.rulesOf(file)?.test(relativePosix(folder, target) + kind);
    if (answer?.ignored) ignored = true;
    else if (answer?.unignored) ignored = false;
  };
  judge(excludeFile(gitRoot), gitRoot);
  for (const folder of foldersDownTo(gitRoot, path.dirname(target))) judge(path.join(folder, ".gitignore"), folder);
  return ignored;
}

/** The .gitignore of a target's folder; refused where a link leads it out of the work tree. */
function ignoreFileFor(gitRoot: string, target: string): string {
  const folder = realpathSync(path.dirname(target));
  if (insideFolder(gitRoot, folder) !== undefined) return path.join(folder, ".gitignore");
  throw new SweeplineError({
    code: "OUTSIDE_REPOSITORY",
    message: `'${target}' is outside of git repository '${gitRoot}'`,
  });
}

/**
 * Adds `/name` to the .gitignore beside the target, unless Git ignores it already. Answers the file when it was written.
 * Without Git nothing happens.
 */
export function ignoreInGit(project: Project, target: string, files: RuleFiles = ruleFiles()): string | undefined {
  const { gitRoot } = project;
  if (gitRoot === null || isGitIgnored(gitRoot, target, files)) return undefined;
  const file = ignoreFileFor(gitRoot, target);
  addLine(file, entryOf(target));
  return file;
}

/**
 * Takes the line of a target out of the .gitignore beside it; a file with nothing else in it goes. Answers the file where it
 * was changed and is still there.
 */
export function unignoreInGit({ gitRoot }: Project, target: string): string | undefined {
  if (gitRoot === null || !existsSync(path.dirname(target))) return undefined;
  const file = ignoreFileFor(gitRoot, target);
  const lines =
    readIfExists(file)
      ?.toString("utf8")
      .split(/(?<=\n)/) ?? [];
  const kept = lines.filter((line) => line.trim() !== entryOf(target));
  if (kept.length === lines.length) return undefined;
  const stats = lstatIfExists(file);
  if (kept.join("") === "") removeFile(file);
  else writeAtomic(file, kept.join(""), stats === undefined ? {} : { mode: stats.mode & 0o777 });
  return kept.join("") === "" ? undefined : file;
}

/**
 * Puts the lines of these targets, all of one folder, into this order, where they are the last ones of its .gitignore: they
 * came as stages ended. Anything else stays as it is.
 */
export function arrangeIgnored(file: string, targets: readonly string[]): void {
  const stats = lstatIfExists(file);
  const text = readIfExists(file)?.toString("utf8") ?? "";
  const wanted = targets.map((target) => `${entryOf(target)}\n`);
  const length = wanted.join("").length;
  const end = text.slice(-length);
  const isOurs = text.at(-length - 1) !== undefined ? text.at(-length - 1) === "\n" : text.length === length;
  const hasAll =
    end
      .split(/(?<=\n)/)
      .sort()
      .join("") === [...wanted].sort().join("");
  if (!isOurs || !hasAll || end === wanted.join("") || stats === undefined) return;
  writeAtomic(file, text.slice(0, -length) + wanted.join(""), { mode: stats.mode & 0o777 });
}

/** A link is replaced by a file and a hard link separated from its twin: neither is written through. */
function addLine(file: string, line: string): void {
  const stats = lstatIfExists(file);
  const before = readIfExists(file)?.toString("utf8") ?? "";
  const separator = before === "" || before.endsWith("\n") ? "" : "\n";
  if (stats?.isFile() && stats.nlink === 1) appendText(file, `${separator}${line}\n`);
  else writeAtomic(file, `${before}${separator}${line}\n`, stats === undefined ? {} : { mode: stats.mode & 0o777 });
}

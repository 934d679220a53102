/** The .gitignore beside an output: data that DVC tracks must not get into Git. */
import path from "node:path";
import ignore from "ignore";
import { SweeplineError } from "../base/errors.ts";
import { lstatIfExists, readIfExists, realpathSync, writeAtomic } from "../base/files.ts";
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

/** One file of rules on one path: whether it is ignored now, given what the files before it said. */
function judge(file: string, relative: string, before: boolean): boolean {
  const text = readIfExists(file)?.toString("utf8");
  if (text === undefined) return before;
  const answer = ignore().add(text).checkIgnore(relative);
  if (answer.ignored) return true;
  return answer.unignored ? false : before;
}

/** Whether the .gitignore files of the work tree, or .git/info/exclude, ignore a path. Git is not started. */
export function isGitIgnored(gitRoot: string, target: string): boolean {
  const kind = lstatIfExists(target)?.isDirectory() ? "/" : "";
  const relativeTo = (folder: string) => path.relative(folder, target).split(path.sep).join("/") + kind;
  let ignored = judge(path.join(gitRoot, ".git", "info", "exclude"), relativeTo(gitRoot), false);
  for (const folder of foldersDownTo(gitRoot, path.dirname(target)))
    ignored = judge(path.join(folder, ".gitignore"), relativeTo(folder), ignored);
  return ignored;
}

/** The .gitignore of a target's folder; refused where a link leads it out of the work tree. */
function ignoreFileFor(gitRoot: string, target: string): string {
  const folder = realpathSync(path.dirname(target));
  if (folder === gitRoot || folder.startsWith(gitRoot + path.sep)) return path.join(folder, ".gitignore");
  throw new SweeplineError({
    code: "OUTSIDE_REPOSITORY",
    message: `'${target}' is outside of git repository '${gitRoot}'`,
  });
}

/**
 * Adds `/name` to the .gitignore beside the target, unless Git ignores it already. Answers the file when it was written.
 * Without Git nothing happens.
 */
export function ignoreInGit(project: Project, target: string): string | undefined {
  const { gitRoot } = project;
  if (gitRoot === null || isGitIgnored(gitRoot, target)) return undefined;
  const file = ignoreFileFor(gitRoot, target);
  const before = readIfExists(file)?.toString("utf8") ?? "";
  const separator = before === "" || before.endsWith("\n") ? "" : "\n";
  writeAtomic(file, `${before}${separator}${entryOf(target)}\n`, modeOf(file));
  return file;
}

function modeOf(file: string): { readonly mode?: number } {
  const stats = lstatIfExists(file);
  return stats === undefined ? {} : { mode: stats.mode & 0o777 };
}

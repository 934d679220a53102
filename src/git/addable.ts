import { type GitOptions, git } from "./run.ts";

/** How many names one git process gets: far below what a command line holds. */
export const namesAtOnce = 500;

/** The git command that lists them, NUL-separated; a folder with a repository of its own ends with a slash. */
export function listAddable(names: readonly string[]): readonly string[] {
  return ["--literal-pathspecs", "ls-files", "--others", "--exclude-standard", "-z", "--", ...names];
}

/**
 * The untracked files that `git add` would take: not ignored, not behind a link, not in another repository.
 * Of folders, all such files below them.
 * @param names relative to `options.cwd`, the top of the work tree, "/" as separator; those that do not exist are left out
 */
export async function addableFiles(names: readonly string[], options: GitOptions): Promise<readonly string[]> {
  const files: string[] = [];
  for (let at = 0; at < names.length; at += namesAtOnce) {
    const listing = await git(listAddable(names.slice(at, at + namesAtOnce)), options);
    files.push(...listing.split("\0").filter((name) => name !== "" && !name.endsWith("/")));
  }
  return files;
}

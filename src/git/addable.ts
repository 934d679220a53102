import { type GitOptions, git } from "./run.ts";

/** How many names one git process gets: far below what a command line holds. */
const namesAtOnce = 500;

/**
 * The untracked files that `git add` would take: not ignored, not behind a link, not in another repository.
 * Of folders, all such files below them.
 * @param names relative to `options.cwd`, the top of the work tree, "/" as separator; those that do not exist are left out
 */
export async function addableFiles(names: readonly string[], options: GitOptions): Promise<readonly string[]> {
  const files: string[] = [];
  for (let at = 0; at < names.length; at += namesAtOnce) {
    const args = ["--literal-pathspecs", "ls-files", "--others", "--exclude-standard", "-z", "--"];
    const listing = await git([...args, ...names.slice(at, at + namesAtOnce)], options);
    // A folder with a repository of its own ends with a slash.
    files.push(...listing.split("\0").filter((name) => name !== "" && !name.endsWith("/")));
  }
  return files;
}

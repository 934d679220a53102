import path from "node:path";
import { namesAtOnce } from "./addable.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

/**
 * What Git tracks of these paths: files, and the folders that they lie in.
 * @param names relative to `workTree`, the top of the work tree, as are the answers
 */
export async function trackedPaths(workTree: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const tracked = new Set<string>();
  for (let start = 0; start < names.length; start += namesAtOnce) {
    const some = names.slice(start, start + namesAtOnce);
    const listing = await git(["--literal-pathspecs", "ls-files", "-z", "--", ...some], { cwd: workTree });
    for (const file of listing.split("\0").filter((name) => name !== ""))
      for (let at = file; at !== "." && !tracked.has(at); at = path.posix.dirname(at)) tracked.add(at);
  }
  return tracked;
}

/** Whether tracked files differ from HEAD, in the index or in the work tree. */
export async function hasChanges({ workTree }: Repository): Promise<boolean> {
  return (await git(["status", "--porcelain", "--untracked-files=no"], { cwd: workTree })) !== "";
}

/** All files of a commit or tree, for who needs them all: a tree of a stranger may name the same folder for ever. */
import { SweeplineError } from "../base/errors.ts";
import type { ObjectId } from "./ids.ts";
import type { Repository } from "./repository.ts";
import { gitFailed, tryGit } from "./run.ts";

/** A million files have less. */
const mostBytes = 128 * 1024 * 1024;

/** No system has longer paths. */
const longestPath = 4096;

/**
 * What `git ls-tree -r -z --full-tree` says: names are bytes.
 * Throws REVISION_TOO_LARGE for more files, or deeper folders, than any disk could take.
 */
export async function listTree({ workTree }: Repository, tree: ObjectId): Promise<Buffer> {
  const args = ["ls-tree", "-r", "-z", "--full-tree", tree];
  const { exitCode, stdout, stderr, isCut } = await tryGit(args, { cwd: workTree, most: mostBytes });
  if (isCut) throw tooLarge(tree, "more files than can be listed");
  // Git itself dies of folders that are nested too deeply, without a word.
  if (exitCode !== 0 && stderr === "") throw tooLarge(tree, "folders that are nested too deeply");
  if (exitCode !== 0) throw gitFailed(args, stderr);
  if (hasLongPath(stdout)) throw tooLarge(tree, "paths that are too long");
  return stdout;
}

function tooLarge(tree: ObjectId, what: string): SweeplineError {
  return new SweeplineError({ code: "REVISION_TOO_LARGE", message: `${tree.slice(0, 7)} has ${what}` });
}

function hasLongPath(listing: Buffer): boolean {
  for (let at = 0; at < listing.length; ) {
    const end = listing.indexOf(0, at);
    if (end < 0) return false;
    if (end - at > longestPath) return true;
    at = end + 1;
  }
  return false;
}

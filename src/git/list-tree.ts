/** All files of a commit or tree, for who needs them all: a tree of a stranger may name the same folder for ever. */
import { SweeplineError } from "../base/errors.ts";
import type { ObjectId } from "./ids.ts";
import type { Repository } from "./repository.ts";
import { type GitOptions, gitFailed, tryGit } from "./run.ts";

/** A million files have less. */
const mostBytes = 128 * 1024 * 1024;

/** No system has longer paths. */
const longestPath = 4096;

/**
 * What `git ls-tree -r -z --full-tree` says: names are bytes.
 * Throws REVISION_TOO_LARGE for more files, or deeper folders, than any disk could take.
 */
export function listTree({ workTree }: Pick<Repository, "workTree">, tree: ObjectId): Promise<Buffer> {
  return listPaths({ cwd: workTree }, tree, []);
}

/**
 * The same, of these paths alone where there are any: asked before Git writes files, which it would do until the disk is full.
 * @param options where Git finds the tree
 */
export async function listPaths(options: GitOptions, tree: ObjectId, names: readonly string[]): Promise<Buffer> {
  // Folders too: those without files may be nested as deeply.
  const args = ["ls-tree", "-r", "-t", "-z", "--full-tree", tree, "--", ...names];
  const { exitCode, stdout, stderr, isCut } = await tryGit(args, { ...options, most: mostBytes });
  if (isCut) throw tooLarge(tree, "more files than can be listed");
  // Git itself dies of folders that are nested too deeply, without a word.
  if (exitCode !== 0 && stderr === "") throw tooLarge(tree, "folders that are nested too deeply");
  if (exitCode !== 0) throw gitFailed(args, stderr);
  return withoutFolders(stdout, tree);
}

function tooLarge(tree: ObjectId, what: string): SweeplineError {
  return new SweeplineError({ code: "REVISION_TOO_LARGE", message: `${tree.slice(0, 7)} has ${what}` });
}

const folderMode = Buffer.from("040000 ");

/** The rows of files. Throws REVISION_TOO_LARGE for a path that no system could have. */
function withoutFolders(listing: Buffer, tree: ObjectId): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < listing.length; ) {
    const end = listing.indexOf(0, at);
    if (end < 0) break;
    if (end - at > longestPath) throw tooLarge(tree, "paths that are too long");
    if (listing.compare(folderMode, 0, folderMode.length, at, at + folderMode.length) === 0) {
      kept.push(listing.subarray(from, at));
      from = end + 1;
    }
    at = end + 1;
  }
  return kept.length === 0 ? listing : Buffer.concat([...kept, listing.subarray(from)]);
}

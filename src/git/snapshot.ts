/** Trees of a work tree as it is now, made through an index of our own: the user's index is only read. */

import path from "node:path";
import { asideName } from "../base/asides.ts";
import { SweeplineError } from "../base/errors.ts";
import { copyFileFresh, lstatSync, makeFolder, removeFile, setTimes, statSync } from "../base/files.ts";
import { someOf } from "../base/text/listing.ts";
import { listAddable, namesAtOnce } from "./addable.ts";
import type { ObjectId } from "./ids.ts";
import type { Repository } from "./repository.ts";
import { type GitOptions, git, gitFailed, tryGit, tryGitSequence } from "./run.ts";

export interface Snapshot {
  /** What the user's index holds. */
  readonly indexTree: ObjectId;
  /** The index with all changes of tracked files, and with `include`. */
  readonly workTree: ObjectId;
}

/** Copies an index together with its times: Git compares them with the files' to see which entries it must not trust. */
export function copyIndex(from: string, to: string): void {
  removeFile(to);
  const stats = statSync(from, { throwIfNoEntry: false });
  if (stats === undefined) return;
  copyFileFresh(from, to);
  setTimes(to, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

export interface SnapshotOptions {
  /** A folder for the temporary index. */
  readonly scratchFolder: string;
  /** Files to add although Git does not track them (or ignores them); missing ones are left out. Relative to the work tree. */
  readonly include: readonly string[];
  /** Files whose content is not the one on the disk, by path relative to the work tree. */
  readonly contents?: ReadonlyMap<string, string>;
}

/**
 * Writes the work tree's tracked state as a tree (`git add -u` and `include`), through Git's own filters.
 * Throws UNMERGED where the index has conflicts.
 */
export async function snapshotWorkTree(repository: Repository, options: SnapshotOptions): Promise<Snapshot> {
  makeFolder(options.scratchFolder);
  const index = asideName(path.join(options.scratchFolder, "index"));
  const settings = { cwd: repository.workTree, env: { GIT_INDEX_FILE: index } };
  try {
    copyIndex(path.join(repository.gitDir, "index"), index);
    const before = await tryGit(["write-tree"], settings);
    if (before.exitCode !== 0) throw (await unmerged(settings)) ?? gitFailed(["write-tree"], before.stderr);
    await git(["add", "-u", "--", ":/"], settings);
    await addFiles(repository, options.include, index);
    await addContents(repository, options.contents ?? new Map(), index);
    const after = await git(["write-tree"], settings);
    return { indexTree: before.stdout.toString().trim() as ObjectId, workTree: after.trim() as ObjectId };
  } finally {
    removeFile(index);
  }
}

/**
 * The tree of snapshotWorkTree() by one process, for who makes many; of `include` it takes what `git add` would. undefined where
 * it can't be had so: too many names, a repository within, conflicts. Then snapshotWorkTree() tells or does it.
 */
export async function quickWorkTree(
  repository: Repository,
  { scratchFolder, include }: Pick<SnapshotOptions, "scratchFolder" | "include">,
): Promise<ObjectId | undefined> {
  if (include.length > namesAtOnce) return undefined;
  makeFolder(scratchFolder);
  const index = asideName(path.join(scratchFolder, "index"));
  const names = asideName(path.join(scratchFolder, "names"));
  const changed = ["diff-files", "--name-only", "--no-renames", "--ignore-submodules=dirty", "-z"];
  const lists = include.length === 0 ? [changed] : [changed, listAddable(include)];
  const reader = ["update-index", "--add", "--remove", "-z", "--stdin"];
  try {
    copyIndex(path.join(repository.gitDir, "index"), index);
    const { exitCode, stdout } = await tryGitSequence([{ lists, file: names, reader }, ["write-tree"]], {
      cwd: repository.workTree,
      env: { GIT_INDEX_FILE: index },
    });
    return exitCode === 0 ? (stdout.toString().trim() as ObjectId) : undefined;
  } finally {
    removeFile(index);
    removeFile(names);
  }
}

/** Adds files to an index by name, ignored ones too; files that are not there are left out. */
async function addFiles(repository: Repository, files: readonly string[], index: string): Promise<void> {
  const present = files.filter((file) => isFile(path.join(repository.workTree, file)));
  if (present.length === 0) return;
  await git(["update-index", "--add", "-z", "--stdin"], {
    cwd: repository.workTree,
    env: { GIT_INDEX_FILE: index },
    input: present.map((file) => `${file}\0`).join(""),
  });
}

async function addContents(
  repository: Repository,
  contents: ReadonlyMap<string, string>,
  index: string,
): Promise<void> {
  const settings = { cwd: repository.workTree, env: { GIT_INDEX_FILE: index } };
  for (const [file, text] of contents) {
    const id = (await git(["hash-object", "-w", "--stdin", "--path", file], { ...settings, input: text })).trim();
    await git(["update-index", "--add", "--cacheinfo", `100644,${id},${file}`], settings);
  }
}

function isFile(file: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats !== undefined && (stats.isFile() || stats.isSymbolicLink());
}

/** The error for an index with conflicts, or undefined where there are none. */
async function unmerged(settings: GitOptions): Promise<SweeplineError | undefined> {
  const listing = await git(["ls-files", "--unmerged", "-z", "--full-name", "--", ":/"], settings);
  const files = [...new Set(listing.split("\0").flatMap((line) => line.split("\t", 2)[1] ?? []))];
  if (files.length === 0) return undefined;
  return new SweeplineError({
    code: "UNMERGED",
    message: `a merge is not finished, there are conflicts in ${someOf(files, 5)}`,
    hint: "Resolve the merge conflicts (git status lists them), `git add` the files, then try again.",
  });
}

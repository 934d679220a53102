/**
 * A Git directory of its own for a push of many refs. Git compares each ref of a push with all refs of the repository: a
 * thousand beside ten thousand take it seconds of computing. Here it finds the user's objects and settings, and no refs
 * but those that the push is made of.
 */
import path from "node:path";
import { asideName } from "../base/asides.ts";
import { lstatIfExists, makeFolder, readIfExists, removeTree, writePrivateFile } from "../base/files.ts";
import { quoteConfig } from "./config-text.ts";
import type { Ref } from "./refs.ts";
import type { Repository } from "./repository.ts";
import type { GitOptions } from "./run.ts";

/** What such a directory holds beside the user's objects and settings. */
export interface PushGitDir {
  readonly scratchFolder: string;
  readonly refs: readonly Ref[];
  /** Lines of a config file; they come before the user's. */
  readonly settings: readonly string[];
}

/** The user's settings for remotes and passwords; the work tree is told by the environment. */
function configOf({ gitDir, commonDir, objectFormat }: Repository, settings: readonly string[]): string {
  const isSha256 = objectFormat === "sha256";
  return [
    "[core]",
    `\trepositoryformatversion = ${isSha256 ? 1 : 0}`,
    ...(isSha256 ? ["[extensions]", "\tobjectFormat = sha256"] : []),
    ...settings,
    "[include]",
    `\tpath = ${quoteConfig(path.join(commonDir, "config"))}`,
    `\tpath = ${quoteConfig(path.join(gitDir, "config.worktree"))}`,
    "[core]",
    "\tbare = false",
    "\tpackedRefsTimeout = 0",
    "",
  ].join("\n");
}

/** Refs as git packs them: sorted by their bytes. */
function packedRefs(refs: readonly Ref[]): string {
  const lines = refs.map(({ id, name }) => ({ name: Buffer.from(name), line: `${id} ${name}\n` }));
  return `# pack-refs with: sorted \n${lines
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map(({ line }) => line)
    .join("")}`;
}

/** Calls `push` with options for git that name such a directory below `scratchFolder`; it is removed afterwards. */
export async function withPushGitDir<T>(
  repository: Repository,
  { scratchFolder, refs, settings }: PushGitDir,
  push: (options: GitOptions) => Promise<T>,
): Promise<T> {
  const folder = asideName(path.join(scratchFolder, "push"));
  try {
    makeFolder(path.join(folder, "refs"));
    writePrivateFile(path.join(folder, "HEAD"), "ref: refs/heads/none\n");
    writePrivateFile(path.join(folder, "config"), configOf(repository, settings));
    if (refs.length > 0) writePrivateFile(path.join(folder, "packed-refs"), packedRefs(refs));
    // After a push git forgets what it deleted there, one ref after the other, each with all packed refs written anew. All of it
    // goes in a moment: behind a lock git complains, to nobody, and goes on.
    writePrivateFile(path.join(folder, "packed-refs.lock"), "");
    const shallow = readIfExists(path.join(repository.commonDir, "shallow"));
    if (shallow !== undefined) writePrivateFile(path.join(folder, "shallow"), shallow);
    const env = {
      GIT_DIR: folder,
      GIT_WORK_TREE: repository.workTree,
      GIT_OBJECT_DIRECTORY: path.join(repository.commonDir, "objects"),
    };
    return await push({ cwd: repository.workTree, env });
  } finally {
    if (lstatIfExists(folder) !== undefined) removeTree(folder);
  }
}

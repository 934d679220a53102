/** Lock files that a killed git left behind: Git never removes them, and refuses whatever they lock until somebody does. */

import path from "node:path";
import { unlessSystemFails } from "../base/errors.ts";
import { lstatIfExists, readdirSync, readlinkSync, readPlainFile, removeFile } from "../base/files.ts";
import { pause } from "../base/pause.ts";
import { processIds } from "../base/processes.ts";
import type { Repository } from "./repository.ts";

/** A lock of a git that we can't see (in another container, on another machine) is hardly ever that old. */
const quietMs = 60_000;

const single = ["index.lock", "HEAD.lock", "ORIG_HEAD.lock", "packed-refs.lock", "config.lock", "shallow.lock"];

/** Locks that no git holds any more. Those of our own refs count at once, others after a minute. */
export function staleGitLocks(repository: Repository): readonly string[] {
  const { gitDir, commonDir } = repository;
  const files = [...new Set([gitDir, commonDir])].flatMap((folder) => single.map((name) => path.join(folder, name)));
  const locks = [...files, ...locksBelow(path.join(commonDir, "refs"))].filter((file) => isQuiet(repository, file));
  // The processes are looked at last: who made one of these locks and is not among them is gone.
  return locks.length === 0 || isGitAtWork(repository) ? [] : locks;
}

/** How long to wait for other git processes of the repository to end, which may hold the lock. */
const waitMs = 2_000;
const pollMs = 100;

/** Waits until a lock is gone, and removes it if nobody holds it. Answers whether it is away. */
export async function freeLock(repository: Repository, wanted: string): Promise<boolean> {
  for (const until = Date.now() + waitMs; Date.now() < until; await pause(pollMs)) {
    // Whoever held it is through.
    if (lstatIfExists(wanted) === undefined) return true;
    if (!staleGitLocks(repository).includes(wanted)) continue;
    removeFile(wanted);
    return true;
  }
  return false;
}

function isQuiet({ commonDir }: Repository, file: string): boolean {
  const stats = lstatIfExists(file);
  if (stats === undefined) return false;
  return file.startsWith(path.join(commonDir, "refs", "exps", path.sep)) || Date.now() - stats.mtimeMs > quietMs;
}

function locksBelow(folder: string): readonly string[] {
  const items = unlessSystemFails([], () => readdirSync(folder, { withFileTypes: true }));
  return items.flatMap((item) => {
    const file = path.join(folder, item.name);
    if (item.isDirectory()) return locksBelow(file);
    return item.name.endsWith(".lock") ? [file] : [];
  });
}

/** Whether a git runs in the work tree or the Git directory. One that we may not look at counts; without /proc, age decides. */
function isGitAtWork({ workTree, gitDir, commonDir }: Repository): boolean {
  return processIds().some((name) => {
    if (!isWritingGit(name)) return false;
    const at = workingFolder(name);
    if (at === undefined) return true;
    return [workTree, gitDir, commonDir].some((folder) => `${at}${path.sep}`.startsWith(`${folder}${path.sep}`));
  });
}

function isWritingGit(pid: string): boolean {
  return unlessSystemFails(false, () => {
    const [, name = "", state = ""] = /\((.*)\) (.)/s.exec(readPlainFile(`/proc/${pid}/stat`).toString()) ?? [];
    if (!/^git(-|$)/.test(name) || state === "Z" || state === "X") return false;
    // Only reads, for as long as one of us lives.
    return !readPlainFile(`/proc/${pid}/cmdline`).toString().includes("\0cat-file\0");
  });
}

function workingFolder(pid: string): string | undefined {
  return unlessSystemFails(undefined, () => readlinkSync(`/proc/${pid}/cwd`));
}

/**
 * Workspace copies: where queued and temporary experiments run. A copy is a slot with two folders:
 *
 *   copies/<slot>/work   the files, with a small `.git` of their own for stages that call git
 *   copies/<slot>/git    the Git directory that we trust: index and settings that no stage is told of
 *
 * A slot is reused. Git itself proves it clean at the start of each experiment: the trusted index knows what was
 * written, `clean -ffdx` (or, where the folders are known, folders.ts) removes what is not in it, `checkout -f` restores what
 * differs (as `read-tree --reset -u` would, but it looks at the files with several threads); folders.ts does what Git does not.
 * The `.git` inside is made anew, since a stage may have changed its excludes, hooks or flags. Objects are borrowed from the
 * user's repository. Submodules are laid out as the user has them (submodules.ts); a sparse checkout makes sparse copies.
 */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { isSystemError } from "../../base/errors.ts";
import { lstatIfExists, lstatSync, makeFolder, readdirSync, rename } from "../../base/files.ts";
import { removeAllThatGoes, removeStubborn } from "../../base/remove-stubborn.ts";
import type { ObjectId } from "../../git/ids.ts";
import { filesChangedSince } from "../../git/index-scan.ts";
import { git, gitFailed, tryGitSequence } from "../../git/run.ts";
import { type FolderRecords, removeUntracked, restoreFolders } from "./folders.ts";
import {
  type CopySlot,
  copyEnvironment,
  isTrustedGitUntouched,
  renewStageGit,
  renewTrustedGit,
  trustedEntries,
  trustedIndex,
  workFolder,
} from "./git-dirs.ts";
import { recall } from "./memory.ts";
import { laySubmodules } from "./submodules.ts";

export interface CopyContent {
  /** What HEAD says in the copy. */
  readonly head: ObjectId;
  /** The one whose files it gets. */
  readonly commit: ObjectId;
  /** A commit whose tree is laid over the files: what --copy-paths named. */
  readonly copiedPaths: ObjectId | undefined;
}

/** First what is not in the index goes: a `.gitattributes` left behind would have its say in what `checkout` writes. */
async function resetFiles(slot: CopySlot, commit: ObjectId): Promise<string | undefined> {
  const { folders } = recall(slot.folder);
  const entries = folders === undefined ? undefined : trustedEntries(slot);
  if (folders !== undefined && entries !== undefined) removeUntracked(workFolder(slot), folders, entries);
  const clean = entries === undefined ? [["clean", "-ffdxq"]] : [];
  const outcome = await tryGitSequence([...clean, ["checkout", "-f", "-q", "--detach", commit]], {
    cwd: workFolder(slot),
    env: copyEnvironment(slot),
  });
  return outcome.exitCode === 0 ? undefined : outcome.stderr;
}

/** What belongs into the folder of a slot. */
const slotNames: ReadonlySet<string> = new Set([
  "work",
  "git",
  "git.json",
  "copied-paths.index",
  "result.index",
  "result.names",
  "submodules",
]);

/** The folders are folders, not links to somewhere else, and nothing else is beside them. */
function makeSlotFolders(slot: CopySlot): void {
  const work = workFolder(slot);
  for (const folder of [slot.folder, work]) {
    if (lstatIfExists(folder)?.isDirectory() !== true) removeStubborn(folder);
    makeFolder(folder);
  }
  for (const name of readdirSync(slot.folder)) if (!slotNames.has(name)) removeStubborn(path.join(slot.folder, name));
}

/** Makes the slot hold exactly the files of the experiment; what an earlier one left behind is gone. */
export async function prepareCopy(slot: CopySlot, content: CopyContent): Promise<void> {
  const folders = (await tryToReset(slot, content)) ?? (await startAfresh(slot, content));
  if (content.copiedPaths !== undefined) await layCopiedPaths(slot, content.copiedPaths);
  renewStageGit(slot, content.head, folders);
}

/** Answers undefined where the copy can't be reset: nothing is known of it, rights taken away, a broken index. */
async function tryToReset(slot: CopySlot, content: CopyContent): Promise<FolderRecords | undefined> {
  try {
    if (!isTrustedGitUntouched(slot)) return undefined;
    makeSlotFolders(slot);
    renewTrustedGit(slot, content.head);
    const problem = await resetFiles(slot, content.commit);
    return problem === undefined ? await restoreRest(slot) : undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}

/** What Git has no eyes for, see folders.ts, and submodules. */
async function restoreRest(slot: CopySlot): Promise<FolderRecords> {
  const { folders: before, preparedAt } = recall(slot.folder);
  const folders = restoreFolders(workFolder(slot), before ?? {});
  if (preparedAt !== undefined) await restoreTouched(slot, preparedAt);
  await laySubmodules({
    from: slot.repository.workTree,
    to: workFolder(slot),
    settings: { cwd: workFolder(slot), env: copyEnvironment(slot) },
    index: trustedIndex(slot),
    indexes: path.join(slot.folder, "submodules"),
  });
  return folders;
}

/** The clock of the kernel's file times may be that much behind ours. */
const tickMs = 20;

/** Files that a stage touched in the second in which they were written: Git sees another content there, but no other rights. */
async function restoreTouched(slot: CopySlot, preparedAt: number): Promise<void> {
  const entries = trustedEntries(slot);
  if (entries === undefined) return;
  const young = filesChangedSince(entries, Math.floor((preparedAt - tickMs) / 1000));
  const touched = young.filter(({ name, changedAt: [seconds, nanoseconds] }) => {
    const { ctimeNs } = lstatSync(Buffer.concat([Buffer.from(`${workFolder(slot)}/`), name]), { bigint: true });
    return ctimeNs !== BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
  });
  if (touched.length === 0) return;
  const input = Buffer.concat(touched.flatMap(({ name }) => [name, Buffer.alloc(1)]));
  for (const { name } of touched) removeStubborn(Buffer.concat([Buffer.from(`${workFolder(slot)}/`), name]));
  await git(["checkout-index", "-u", "-z", "--stdin"], {
    cwd: workFolder(slot),
    env: copyEnvironment(slot),
    input,
  });
}

/** A copy that Git can't reset is thrown away whole; what can't even be removed of it (an immutable file) is set aside. */
async function startAfresh(slot: CopySlot, content: CopyContent): Promise<FolderRecords> {
  try {
    removeStubborn(slot.folder);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const aside = asideName(slot.folder);
    rename(slot.folder, aside);
    removeAllThatGoes(aside);
  }
  makeSlotFolders(slot);
  renewTrustedGit(slot, content.head);
  const problem = await resetFiles(slot, content.commit);
  if (problem !== undefined) throw gitFailed(["checkout"], problem);
  return restoreRest(slot);
}

/** Writes the files of --copy-paths through an index of their own, so that the experiment's index does not know them. */
async function layCopiedPaths(slot: CopySlot, commit: ObjectId): Promise<void> {
  const outcome = await tryGitSequence(
    [
      ["read-tree", commit],
      ["checkout-index", "-a", "-f", "-q"],
    ],
    {
      cwd: workFolder(slot),
      env: { ...copyEnvironment(slot), GIT_INDEX_FILE: path.join(slot.folder, "copied-paths.index") },
    },
  );
  if (outcome.exitCode !== 0) throw gitFailed(["checkout-index"], outcome.stderr);
}

/**
 * Workspace copies: where queued and temporary experiments run. A copy is a slot with two folders:
 *
 *   copies/<slot>/work   the files, with a small `.git` of their own for stages that call git
 *   copies/<slot>/git    the Git directory that we trust: index and settings that no stage is told of
 *
 * A slot is reused. Git itself proves it clean at the start of each experiment: the trusted index knows what was
 * written, `checkout -f` restores what differs (as `read-tree --reset -u` would, but it looks at the files with several
 * threads), `clean -ffdx` removes the rest. The `.git` inside is made
 * anew, since a stage may have changed its excludes, hooks or flags. Objects are borrowed from the user's repository.
 * Submodules are laid out as the user has them (copy-submodules.ts); a sparse checkout makes sparse copies.
 */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { lstatIfExists, makeFolder } from "../base/files.ts";
import { addableFiles, listAddable, namesAtOnce } from "../git/addable.ts";
import type { ObjectId } from "../git/ids.ts";
import { type GitStep, gitFailed, tryGitSequence } from "../git/run.ts";
import {
  type CopySlot,
  copyEnvironment,
  renewStageGit,
  renewTrustedGit,
  trustedIndex,
  workFolder,
} from "./copy-git-dir.ts";
import { laySubmodules } from "./copy-submodules.ts";
import { removeStubborn } from "./remove-stubborn.ts";

export interface CopyContent {
  /** What HEAD says in the copy. */
  readonly head: ObjectId;
  /** The one whose files it gets. */
  readonly commit: ObjectId;
  /** A commit whose tree is laid over the files: what --copy-paths named. */
  readonly copies: ObjectId | undefined;
}

async function resetFiles(slot: CopySlot, commit: ObjectId): Promise<string | undefined> {
  const outcome = await tryGitSequence(
    [
      ["checkout", "-f", "-q", "--detach", commit],
      ["clean", "-ffdxq"],
    ],
    { cwd: workFolder(slot), env: copyEnvironment(slot) },
  );
  return outcome.exitCode === 0 ? undefined : outcome.stderr;
}

/** Makes the slot hold exactly the files of the experiment; what an earlier one left behind is gone. */
export async function prepareCopy(slot: CopySlot, content: CopyContent): Promise<void> {
  const work = workFolder(slot);
  if (lstatIfExists(work)?.isDirectory() !== true) removeStubborn(work);
  makeFolder(work);
  renewTrustedGit(slot, content.head);
  const problem = await resetFiles(slot, content.commit);
  if (problem !== undefined) await startAfresh(slot, content);
  await laySubmodules({
    from: slot.repository.workTree,
    to: work,
    settings: { cwd: work, env: copyEnvironment(slot) },
    index: trustedIndex(slot),
    indexes: path.join(slot.folder, "submodules"),
  });
  if (content.copies !== undefined) await layCopies(slot, content.copies);
  renewStageGit(slot, content.head);
}

/** A copy that Git can't reset (rights taken away, a broken index) is thrown away whole. */
async function startAfresh(slot: CopySlot, content: CopyContent): Promise<void> {
  removeStubborn(slot.folder);
  makeFolder(workFolder(slot));
  renewTrustedGit(slot, content.head);
  const problem = await resetFiles(slot, content.commit);
  if (problem !== undefined) throw gitFailed(["checkout"], problem);
}

/** Writes the files of --copy-paths through an index of their own, so that the experiment's index does not know them. */
async function layCopies(slot: CopySlot, copies: ObjectId): Promise<void> {
  const outcome = await tryGitSequence(
    [
      ["read-tree", copies],
      ["checkout-index", "-a", "-f", "-q"],
    ],
    {
      cwd: workFolder(slot),
      env: { ...copyEnvironment(slot), GIT_INDEX_FILE: path.join(slot.folder, "copies.index") },
    },
  );
  if (outcome.exitCode !== 0) throw gitFailed(["checkout-index"], outcome.stderr);
}

/**
 * The tree of what a run left behind: all changes of tracked files, and `include` though Git does not track them.
 * Objects go straight into the user's repository.
 * @param include files and folders relative to the top of the copy; what Git ignores is left out
 */
export async function resultTree(slot: CopySlot, include: readonly string[]): Promise<ObjectId> {
  const settings = { cwd: workFolder(slot), env: copyEnvironment(slot) };
  const addAll = ["update-index", "--add", "-z", "--stdin"];
  // Without a name ls-files would list everything.
  const steps = (add: GitStep) => [["add", "-u", "--", ":/"], ...(include.length === 0 ? [] : [add]), ["write-tree"]];
  let outcome = await tryGitSequence(steps({ pipe: [listAddable(include.slice(0, namesAtOnce)), addAll] }), settings);
  // Too many names for one command line, or a folder with a repository of its own among them: name by name.
  if (outcome.exitCode !== 0 || include.length > namesAtOnce) {
    const files = await addableFiles(include, settings);
    outcome = await tryGitSequence(steps(addAll), { ...settings, input: files.map((file) => `${file}\0`).join("") });
  }
  if (outcome.exitCode === 0) return outcome.stdout.toString().trim() as ObjectId;
  throw new SweeplineError({
    code: "RESULT_UNREADABLE",
    message: `the results can't be committed: ${outcome.stderr.trim().split("\n")[0] ?? ""}`,
  });
}

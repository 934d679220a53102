/**
 * Workspace copies: where queued and temporary experiments run. A copy is a slot with two folders:
 *
 *   copies/<slot>/work   the files, with a small `.git` of their own for stages that call git
 *   copies/<slot>/git    the Git directory that we trust: index and settings that no stage is told of
 *
 * A slot is reused. Git itself proves it clean at the start of each experiment: the trusted index knows what was
 * written, `read-tree --reset -u` restores what differs, `clean -ffdx` removes the rest. The `.git` inside is made
 * anew, since a stage may have changed its excludes, hooks or flags. Objects are borrowed from the user's repository.
 */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import {
  existsSync,
  lstatIfExists,
  makeFolder,
  readdirSync,
  readFileSync,
  readIfExists,
  removeTree,
  setMode,
  writePrivateFile,
} from "../base/files.ts";
import type { ObjectId } from "../git/ids.ts";
import type { Repository } from "../git/repository.ts";
import { gitFailed, tryGit } from "../git/run.ts";
import { copyIndex } from "../git/snapshot.ts";

export interface CopySlot {
  /** copies/<slot> */
  readonly folder: string;
  /** The user's repository. */
  readonly repository: Repository;
  /** A file with branches and tags in packed-refs form, made once per run of the queue. */
  readonly packedRefs: string;
}

export interface CopyContent {
  /** What HEAD says in the copy. */
  readonly head: ObjectId;
  readonly tree: ObjectId;
  /** A commit whose tree is laid over the files: what --copy-paths named. */
  readonly copies: ObjectId | undefined;
}

export function workFolder(slot: CopySlot): string {
  return path.join(slot.folder, "work");
}

function trustedGitDir(slot: CopySlot): string {
  return path.join(slot.folder, "git");
}

/** The environment of our own git commands on a copy: trusted metadata, objects straight into the user's repository. */
export function copyEnvironment(slot: CopySlot): Record<string, string> {
  return {
    GIT_DIR: trustedGitDir(slot),
    GIT_WORK_TREE: workFolder(slot),
    GIT_OBJECT_DIRECTORY: path.join(slot.repository.commonDir, "objects"),
  };
}

function quoteConfig(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** The user's settings (filters, line ends, identity) without what points at the user's own work tree or hooks. */
function gitConfig(repository: Repository): string {
  const sha256 = repository.objectFormat === "sha256";
  return [
    "[core]",
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    ...(sha256 ? ["[extensions]", "\tobjectFormat = sha256"] : []),
    "[include]",
    `\tpath = ${quoteConfig(path.join(repository.commonDir, "config"))}`,
    "[core]",
    "\tbare = false",
    "\tfsmonitor = false",
    "\tuntrackedCache = false",
    "\tsplitIndex = false",
    "\thooksPath = /dev/null",
    "[gc]",
    "\tauto = 0",
    "[lfs]",
    `\tstorage = ${quoteConfig(path.join(repository.commonDir, "lfs"))}`,
    "",
  ].join("\n");
}

/** Writes a Git directory that borrows the user's objects; `withRefs` files come from the repository as they are now. */
function writeGitDir(slot: CopySlot, folder: string, head: ObjectId): void {
  const { repository } = slot;
  for (const sub of ["objects/info", "refs/heads", "info"]) makeFolder(path.join(folder, sub));
  writePrivateFile(path.join(folder, "objects/info/alternates"), `${path.join(repository.commonDir, "objects")}\n`);
  writePrivateFile(path.join(folder, "config"), gitConfig(repository));
  writePrivateFile(path.join(folder, "HEAD"), `${head}\n`);
  writePrivateFile(path.join(folder, "packed-refs"), readFileSync(slot.packedRefs));
  for (const file of ["shallow", "info/exclude", "info/attributes", "info/sparse-checkout"]) {
    const from = file.startsWith("info/") && file !== "info/sparse-checkout" ? repository.commonDir : repository.gitDir;
    const bytes = readIfExists(path.join(from, file));
    if (bytes !== undefined) writePrivateFile(path.join(folder, file), bytes);
  }
}

/** Removes a folder even where a stage took the rights to write away. */
function removeStubborn(target: string): void {
  try {
    removeTree(target);
  } catch {
    allowWriting(target);
    removeTree(target);
  }
}

function allowWriting(target: string): void {
  if (lstatIfExists(target)?.isDirectory() !== true) return;
  setMode(target, 0o700);
  for (const entry of readdirSync(target, { withFileTypes: true }))
    if (entry.isDirectory()) allowWriting(path.join(target, entry.name));
}

async function resetFiles(slot: CopySlot, tree: ObjectId): Promise<string | undefined> {
  const settings = { cwd: workFolder(slot), env: copyEnvironment(slot) };
  const reset = await tryGit(["read-tree", "--reset", "-u", tree], settings);
  if (reset.exitCode !== 0) return reset.stderr;
  const clean = await tryGit(["clean", "-ffdxq"], settings);
  return clean.exitCode === 0 ? undefined : clean.stderr;
}

/** Makes the slot hold exactly the files of the experiment; what an earlier one left behind is gone. */
export async function prepareCopy(slot: CopySlot, content: CopyContent): Promise<void> {
  const work = workFolder(slot);
  if (lstatIfExists(work)?.isDirectory() !== true) removeStubborn(work);
  makeFolder(work);
  if (!existsSync(path.join(trustedGitDir(slot), "HEAD"))) {
    removeStubborn(trustedGitDir(slot));
    writeGitDir(slot, trustedGitDir(slot), content.head);
  }
  removeStubborn(path.join(work, ".git"));
  const problem = await resetFiles(slot, content.tree);
  if (problem !== undefined) await startAfresh(slot, content);
  if (content.copies !== undefined) await layCopies(slot, content.copies);
  writeGitDir(slot, path.join(work, ".git"), content.head);
  copyIndex(path.join(trustedGitDir(slot), "index"), path.join(work, ".git", "index"));
}

/** A copy that Git can't reset (rights taken away, a broken index) is thrown away whole. */
async function startAfresh(slot: CopySlot, content: CopyContent): Promise<void> {
  removeStubborn(slot.folder);
  makeFolder(workFolder(slot));
  writeGitDir(slot, trustedGitDir(slot), content.head);
  const problem = await resetFiles(slot, content.tree);
  if (problem !== undefined) throw gitFailed(["read-tree"], problem);
}

/** Writes the files of --copy-paths through an index of their own, so that the experiment's index does not know them. */
async function layCopies(slot: CopySlot, copies: ObjectId): Promise<void> {
  const settings = {
    cwd: workFolder(slot),
    env: { ...copyEnvironment(slot), GIT_INDEX_FILE: path.join(slot.folder, "copies.index") },
  };
  for (const args of [
    ["read-tree", copies],
    ["checkout-index", "-a", "-f", "-q"],
  ]) {
    const outcome = await tryGit(args, settings);
    if (outcome.exitCode !== 0) throw gitFailed(args, outcome.stderr);
  }
}

/**
 * The tree of what a run left behind: all changes of tracked files, and `include` though Git does not track them.
 * Objects go straight into the user's repository.
 * @param include paths relative to the top of the copy; those that do not exist are left out
 */
export async function resultTree(slot: CopySlot, include: readonly string[]): Promise<ObjectId> {
  const settings = { cwd: workFolder(slot), env: copyEnvironment(slot) };
  await mustGit(["add", "-u", "--", ":/"], settings);
  const present = include.filter((file) => lstatIfExists(path.join(workFolder(slot), file))?.isFile() === true);
  if (present.length > 0)
    await mustGit(["update-index", "--add", "-z", "--stdin"], {
      ...settings,
      input: present.map((file) => `${file}\0`).join(""),
    });
  return (await mustGit(["write-tree"], settings)).toString().trim() as ObjectId;
}

async function mustGit(args: readonly string[], settings: Parameters<typeof tryGit>[1]): Promise<Buffer> {
  const outcome = await tryGit(args, settings);
  if (outcome.exitCode === 0) return outcome.stdout;
  throw new SweeplineError({
    code: "RESULT_UNREADABLE",
    message: `the results can't be committed: ${outcome.stderr.trim().split("\n")[0] ?? ""}`,
  });
}

/** The tree of what a run left behind in its copy. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists } from "../../base/files.ts";
import { removeStubborn } from "../../base/remove-stubborn.ts";
import { addableFiles, listAddable, namesAtOnce } from "../../git/addable.ts";
import type { ObjectId } from "../../git/ids.ts";
import { type GitOptions, type GitStep, git, tryGitSequence } from "../../git/run.ts";
import { copyIndex } from "../../git/snapshot.ts";
import {
  type CopySlot,
  copyEnvironment,
  isTrustedGitUntouched,
  replaceTrustedGit,
  trustedIndex,
  workFolder,
} from "./git-dirs.ts";
import type { CopyContent } from "./prepare.ts";
import type { QuickRequest, QuickResult, QuickResults } from "./quick-result.ts";

/**
 * An index for the results, so that the trusted one goes on saying what we wrote: whatever a stage touched, if only its
 * rights, is written anew for the next experiment. A stage may have put something else in the place of its copy, or have
 * found its way to the trusted index.
 */
async function resultIndex(slot: CopySlot, content: CopyContent): Promise<string> {
  const index = path.join(slot.folder, "result.index");
  if (isTrustedGitUntouched(slot)) copyIndex(trustedIndex(slot), index);
  else {
    replaceTrustedGit(slot, content.head);
    const env = { ...copyEnvironment(slot), GIT_INDEX_FILE: index };
    await git(["read-tree", content.commit], { cwd: workFolder(slot), env });
  }
  return index;
}

const addNamed = ["update-index", "--add", "--remove", "-z", "--stdin"];

/** What Git neither tracks nor ignores, before the id of the tree: NUL-separated. */
const listOthers = ["ls-files", "--others", "--exclude-standard", "-z"];

/** What `git add -u` would add and the new files, added together: each time the whole index is written. */
function stepsOfGit(slot: CopySlot, include: readonly string[]): readonly GitStep[] {
  const changed = ["diff-files", "--name-only", "--no-renames", "--ignore-submodules=dirty", "-z"];
  // Without a name ls-files would list everything.
  const added = include.length === 0 ? [] : [listAddable(include.slice(0, namesAtOnce))];
  const file = path.join(slot.folder, "result.names");
  // A stage may have put a link or a pipe there.
  removeStubborn(file);
  return [{ lists: [changed, ...added], file, reader: addNamed }, listOthers, ["write-tree"]];
}

/** What of a run's files belongs to its result. */
export interface ResultFiles extends Pick<QuickRequest, "include" | "untracked"> {
  /** What the thread knows of how Git stores files. */
  readonly quick: QuickResults;
}

/** The tree's files and folders that hold some, as Git names them. */
async function namesIn(tree: ObjectId, settings: GitOptions): Promise<ReadonlySet<string>> {
  const listing = await git(["ls-tree", "-r", "--name-only", "--full-tree", "-z", tree], settings);
  return new Set(listing.split("\0"));
}

/** Of what Git listed, what the stages made: files of --copy-paths are the user's. */
async function leftFiles(
  names: readonly string[],
  content: CopyContent,
  settings: GitOptions,
): Promise<readonly string[]> {
  if (names.length === 0 || content.copiedPaths === undefined) return names;
  const copied = await namesIn(content.copiedPaths, settings);
  return names.filter((name) => !copied.has(name));
}

function unreadable(stderr: string): SweeplineError {
  return new SweeplineError({
    code: "RESULT_UNREADABLE",
    message: `the results can't be committed: ${stderr.trim().split("\n")[0] ?? ""}`,
  });
}

/**
 * The tree of what a run left behind: all changes of tracked files, and `include` though Git does not track them.
 * Objects go straight into the user's repository. Errors: COPY_GONE, RESULT_UNREADABLE.
 */
export async function resultTree(slot: CopySlot, content: CopyContent, files: ResultFiles): Promise<QuickResult> {
  if (lstatIfExists(workFolder(slot))?.isDirectory() !== true)
    throw new SweeplineError({ code: "COPY_GONE", message: "the workspace copy was removed while the stages ran" });
  const settings = { cwd: workFolder(slot), env: copyEnvironment(slot) };
  const ofStages = (names: readonly string[]) => leftFiles(names, content, settings);
  const quick = isTrustedGitUntouched(slot) ? await files.quick.treeOf(slot, { ...files, ofStages }) : undefined;
  return quick ?? (await treeByGit(slot, content, { ...files, ofStages }));
}

async function treeByGit(slot: CopySlot, content: CopyContent, files: QuickRequest): Promise<QuickResult> {
  const { include } = files;
  const env = { ...copyEnvironment(slot), GIT_INDEX_FILE: await resultIndex(slot, content) };
  const settings = { cwd: workFolder(slot), env };
  let outcome = await tryGitSequence(stepsOfGit(slot, include), settings);
  // A link in the place of a folder with tracked files, more names than a command line holds, or a folder with a
  // repository of its own among them.
  if (outcome.exitCode !== 0 || include.length > namesAtOnce) {
    const input = nulEnded(await addableFiles(include, settings));
    outcome = await tryGitSequence([["add", "-u", "--", ":/"], addNamed, listOthers, ["write-tree"]], {
      ...settings,
      input,
    });
  }
  if (outcome.exitCode !== 0) throw unreadable(outcome.stderr);
  const answer = outcome.stdout.toString();
  const end = answer.lastIndexOf("\0") + 1;
  const tree = answer.slice(end).trim() as ObjectId;
  const left = await files.ofStages(answer.slice(0, end).split("\0").slice(0, -1));
  // A folder with a repository of its own is no file that could be kept.
  const kept = files.untracked === "keep" ? left.filter((name) => !name.endsWith("/")) : [];
  if (kept.length === 0) return { tree, left };
  const again = await tryGitSequence([addNamed, ["write-tree"]], { ...settings, input: nulEnded(kept) });
  if (again.exitCode !== 0) throw unreadable(again.stderr);
  return { tree: again.stdout.toString().trim() as ObjectId, left: left.filter((name) => name.endsWith("/")) };
}

function nulEnded(names: readonly string[]): string {
  return names.map((name) => `${name}\0`).join("");
}

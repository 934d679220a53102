/** What `apply` needs to put a workspace back as it was: taken before it changes anything, used where it fails. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { isExpected, SweeplineError } from "../../base/errors.ts";
import {
  largeFileBytes,
  lstatIfExists,
  readPlainFile,
  removeFile,
  setTimes,
  statSync,
  writeAtomic,
} from "../../base/files.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { changeRefs, listRefs, type RefChange } from "../../git/refs.ts";
import type { Repository } from "../../git/repository.ts";
import { git } from "../../git/run.ts";
import { copyIndex, quickWorkTree, snapshotWorkTree } from "../../git/snapshot.ts";
import { appliedRef, type ExperimentsContext } from "../repository.ts";
import { joined } from "./apply-kept.ts";

export interface Undo {
  /** Tracked files as they were, and untracked ones where the experiment has files. */
  readonly tree: ObjectId;
  /** A copy of the user's index; none where there was none. */
  readonly index: string;
  /** The experiment's. */
  readonly commit: ObjectId;
  readonly refs: ReadonlyMap<RefName, ObjectId>;
}

async function appliedRefs(repository: Repository): Promise<Map<RefName, ObjectId>> {
  const found = await listRefs(repository, ["refs/exps/apply", appliedRef]);
  return new Map(found.map(({ name, id }) => [name, id]));
}

/** Takes down how the workspace is. `inTheWay`: untracked files (names as latin1 says their bytes) that may be replaced. */
export async function rememberWorkspace(
  { repository, state }: ExperimentsContext,
  commit: ObjectId,
  inTheWay: readonly string[],
): Promise<Undo> {
  const options = { scratchFolder: state.scratch, include: [] };
  const [tracked, refs] = await Promise.all([
    quickWorkTree(repository, options).then(
      async (tree) => tree ?? (await snapshotWorkTree(repository, options)).workTree,
    ),
    appliedRefs(repository),
  ]);
  const tree = inTheWay.length === 0 ? tracked : await withFiles({ repository, state }, tracked, inTheWay);
  const index = asideName(path.join(state.scratch, "apply-before"));
  copyIndex(path.join(repository.gitDir, "index"), index);
  return { tree, index, commit, refs };
}

async function withFiles(
  { repository, state }: Pick<ExperimentsContext, "repository" | "state">,
  tree: ObjectId,
  files: readonly string[],
): Promise<ObjectId> {
  const own = asideName(path.join(state.scratch, "before-index"));
  const settings = { cwd: repository.workTree, env: { GIT_INDEX_FILE: own } };
  try {
    await git(["read-tree", tree], settings);
    await git(["update-index", "--add", "-z", "--stdin"], { ...settings, input: joined(files) });
    return (await git(["write-tree"], settings)).trim() as ObjectId;
  } finally {
    removeFile(own);
  }
}

export function forgetWorkspace({ index }: Undo): void {
  removeFile(index);
}

/** Files through an index of our own that says what `apply` laid down, then the user's index, then the refs. */
async function putBackAll({ repository }: ExperimentsContext, undo: Undo): Promise<void> {
  const own = asideName(undo.index);
  const settings = { cwd: repository.workTree, env: { GIT_INDEX_FILE: own } };
  try {
    copyIndex(undo.index, own);
    await git(["read-tree", "--reset", undo.commit], settings);
    await git(["read-tree", "--reset", "-u", undo.tree], settings);
  } finally {
    removeFile(own);
  }
  restoreIndex(repository, undo);
  const now = await appliedRefs(repository);
  const changes: RefChange[] = [...undo.refs]
    .filter(([ref, to]) => now.get(ref) !== to)
    .map(([ref, to]) => ({ kind: "set", ref, to }));
  for (const [ref, from] of now) if (!undo.refs.has(ref)) changes.push({ kind: "delete", ref, from });
  if (changes.length > 0) await changeRefs(repository, "sweepline: apply failed", changes);
}

function restoreIndex(repository: Repository, { index }: Undo): void {
  const target = path.join(repository.gitDir, "index");
  if (lstatIfExists(index) === undefined) {
    removeFile(target);
    return;
  }
  const { atimeMs, mtimeMs } = statSync(index);
  writeAtomic(target, readPlainFile(index, largeFileBytes));
  // Git compares it with the files' times to see which entries it must not trust.
  setTimes(target, atimeMs / 1000, mtimeMs / 1000);
}

/** Puts the workspace, the index and the refs back after `failure`, which is what it throws; told where that fails too. */
export async function putBack(context: ExperimentsContext, undo: Undo, failure: unknown): Promise<never> {
  try {
    await putBackAll(context, undo);
  } catch (error) {
    if (!isExpected(error)) throw error;
    throw new SweeplineError({
      code: "APPLY_HALF_DONE",
      message: `${failure instanceof Error ? failure.message : failure}; nor could the workspace be put back: ${error instanceof Error ? error.message : error}`,
      hint: `The files that you had are kept: git restore --source=${undo.tree} --worktree -- .`,
      cause: failure,
    });
  }
  throw failure;
}

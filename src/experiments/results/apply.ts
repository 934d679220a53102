import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, makeFolder, removeFile } from "../../base/files.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { resetIndex } from "../../git/porcelain.ts";
import { changeRefs, type RefChange } from "../../git/refs.ts";
import { headCommit } from "../../git/repository.ts";
import { git, tryGit } from "../../git/run.ts";
import { copyIndex } from "../../git/snapshot.ts";
import { listQueue } from "../queue/entries.ts";
import { appliedRef, type ExperimentsContext } from "../repository.ts";
import { applyRef, filesInTheWay, keepUntracked, setKept, stashChanges } from "./apply-kept.ts";
import { forgetWorkspace, putBack, rememberWorkspace, type Undo } from "./apply-undo.ts";
import { resolveExperiment } from "./finished.ts";
import { chooseNamed } from "./named.ts";

export interface AskedExperiment {
  /** Name, commit or full ref. */
  readonly rev: string;
  /** What it is called in what is said; default: as it was given. */
  readonly label?: string;
}

export interface Applied {
  readonly name: string;
  /** Where it derives from another commit than HEAD: that commit, and files that differ between the two. */
  readonly foreign: { readonly baseline: ObjectId; readonly files: readonly string[] } | undefined;
  /** Where the changes that were in the workspace are kept; undefined where there were none. */
  readonly stash: ObjectId | undefined;
  /** Untracked files that were replaced, relative to the work tree; kept at refs/exps/apply/untracked. */
  readonly untracked: readonly string[];
  /** Where the changes and files that earlier calls kept are now. */
  readonly older: readonly RefName[];
  /** For putBack(), where what follows fails; forgetWorkspace() when it is done. */
  readonly undo: Undo;
}

/** The commit of a finished experiment, or of a queued or failed one. Throws NAME_AMBIGUOUS for a name of several. */
async function experimentToApply(
  context: ExperimentsContext,
  name: string,
): Promise<{ readonly commit: ObjectId; readonly baseline: ObjectId }> {
  try {
    return await resolveExperiment(context, name);
  } catch (error) {
    if (!(error instanceof SweeplineError) || error.code !== "NOT_AN_EXPERIMENT") throw error;
    const { entries } = await listQueue(context);
    const head = await headCommit(context.repository);
    const entry = chooseNamed({ finished: [], entries }, [name], head)[0]?.entries.at(-1);
    if (entry !== undefined) return entry;
    throw error;
  }
}

/**
 * Lays an experiment over the workspace: tracked files become the experiment's, HEAD stays, other untracked files stay.
 * What was changed before goes to refs/exps/apply/stash, HEAD's commit to refs/exps/apply/ORIG_HEAD (as DVC does),
 * untracked files that are replaced to refs/exps/apply/untracked. What earlier calls kept there is kept on.
 * Outputs are checked out by the caller. Where it fails, all is put back as it was (APPLY_HALF_DONE: it could not be).
 */
export async function applyExperiment(
  context: ExperimentsContext,
  { rev, label: name = rev }: AskedExperiment,
): Promise<Applied> {
  const { repository } = context;
  const [{ commit, baseline }, head] = await Promise.all([experimentToApply(context, rev), headCommit(repository)]);
  const [stash, inTheWay] = await Promise.all([
    stashChanges(context, { name, head, commit }),
    filesInTheWay(repository, commit),
  ]);
  const untracked = await keepUntracked(context, { name, head, commit }, inTheWay);
  const undo = await rememberWorkspace(context, commit, inTheWay);
  const kept = [
    ...(stash === undefined ? [] : [await setKept(repository, "stash", stash)]),
    ...(untracked === undefined ? [] : [await setKept(repository, "untracked", untracked.commit)]),
  ];
  const changes: readonly RefChange[] = [
    { kind: "set", ref: applyRef("ORIG_HEAD"), to: head },
    { kind: "set", ref: appliedRef, to: commit },
    ...kept.flatMap((item) => item.changes),
  ];
  try {
    await changeRefs(repository, `sweepline: apply ${name}`, changes);
    await resetIndex(repository);
    await checkOutTree(context, commit);
  } catch (error) {
    await putBack(context, undo, error).finally(() => forgetWorkspace(undo));
  }
  const older = kept.flatMap((item) => item.older ?? []);
  const foreign = baseline === head ? undefined : { baseline, files: await changedBetween(context, baseline, head) };
  return { name, foreign, stash, untracked: untracked?.files ?? [], older, undo };
}

/** Files that HEAD has otherwise than the baseline: the experiment brings the older ones, unless it changed them itself. */
async function changedBetween(
  { repository }: ExperimentsContext,
  from: ObjectId,
  to: ObjectId,
): Promise<readonly string[]> {
  const outcome = await tryGit(["diff", "--name-only", "--no-renames", "-z", from, to, "--"], {
    cwd: repository.workTree,
  });
  // A baseline that is not in this clone: nothing can be compared with it.
  return outcome.exitCode === 0
    ? outcome.stdout
        .toString()
        .split("\0")
        .filter((name) => name !== "")
    : [];
}

/** Makes the tracked files those of a commit, through an index of our own: the user's keeps saying what HEAD says. */
async function checkOutTree(context: ExperimentsContext, commit: ObjectId): Promise<void> {
  const { repository, state } = context;
  makeFolder(state.scratch);
  const index = asideName(path.join(state.scratch, "apply-index"));
  const settings = { cwd: repository.workTree, env: { GIT_INDEX_FILE: index } };
  try {
    copyIndex(path.join(repository.gitDir, "index"), index);
    // Untracked files of the same name (an earlier run's dvc.lock) give way, as with DVC; they were kept before.
    await git(["read-tree", "--reset", "-u", commit], settings);
  } finally {
    removeFile(index);
  }
  if (lstatIfExists(path.join(repository.gitDir, "index")) !== undefined)
    // Files that differ, or another git with the index, are no failure: it only saves time.
    await tryGit(["update-index", "-q", "--refresh", "--really-refresh"], { cwd: repository.workTree });
}

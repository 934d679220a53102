/** Experiments and their data as one file, for places without a remote. */

import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { SweeplineError } from "../../base/errors.ts";
import {
  closeSync,
  existsSync,
  lstatIfExists,
  makeFolder,
  removeFile,
  rename,
  withAsideLater,
} from "../../base/files.ts";
import { type NamedFile, withNamedFile } from "../../base/named-file.ts";
import { openAppend } from "../../base/open-files.ts";
import type { RefName } from "../../git/ids.ts";
import { listRemoteRefs } from "../../git/remote.ts";
import { git } from "../../git/run.ts";
import type { StorageRemote, TransferProgressState } from "../../store/remotes/types.ts";
import { type ChainEnds, chainsOf } from "../checkpoints/older.ts";
import { noteRef, readNotes } from "../notes/store.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import { ArchiveReader, ArchiveWriter, gitPart } from "./archive.ts";
import { type ExperimentDataOutcome, noData, pushData } from "./data.ts";
import { checkBundle } from "./git-bundle.ts";
import { type PullResult, pullExperiments } from "./pull.ts";
import { type Selection, selectExperiments } from "./selection.ts";

export interface ExperimentBundleRequest {
  readonly experiments: readonly FinishedExperiment[];
  /** All commits that they derive from, or only what comes after their baselines. */
  readonly history: "whole" | "since baselines";
  /** "last": of a chain of checkpoints that of the last one alone, which is enough to go on from it. */
  readonly data: "with" | "last" | "without";
  /** Files at a time. */
  readonly jobs: number | undefined;
  progress(state: TransferProgressState): void;
}

/** Refs of experiments, and of what was noted of them. */
async function refsOf(
  context: ExperimentsContext,
  experiments: readonly FinishedExperiment[],
): Promise<readonly RefName[]> {
  const notes = await readNotes(context.repository);
  const noted = experiments.filter(({ commit }) => notes.has(commit)).map(({ commit }) => noteRef(commit));
  return [...new Set([...experiments.map(({ ref }) => ref), ...noted])];
}

async function writeGitPart(
  context: ExperimentsContext,
  file: string,
  request: ExperimentBundleRequest,
): Promise<void> {
  const { experiments, history } = request;
  const baselines = history === "whole" ? [] : [...new Set(experiments.map(({ baseline }) => `^${baseline}`))];
  const lines = [...(await refsOf(context, experiments)), ...baselines];
  await git(["bundle", "create", "--quiet", file, "--stdin"], {
    cwd: context.repository.workTree,
    input: lines.map((line) => `${line}\n`).join(""),
  });
}

/**
 * Writes the file, whole or not at all. Data that this machine has not is left out, and is part of the answer. Errors: BUNDLE_REFUSED.
 */
export async function bundleExperiments(
  context: ExperimentsContext,
  file: NamedFile,
  request: ExperimentBundleRequest,
): Promise<ExperimentDataOutcome> {
  if (request.experiments.length === 0)
    throw new SweeplineError({
      code: "NOTHING_CHOSEN",
      message: "there are no experiments to bundle",
      hint: "`sweepline exp list -A` lists them; -A bundles those of all commits.",
    });
  const target = path.normalize(file.path);
  if (lstatIfExists(target)?.isFile() === false)
    throw new SweeplineError({
      code: "BUNDLE_REFUSED",
      message: `no bundle can be written to '${file.shown}': it is no file`,
    });
  makeFolder(context.state.scratch);
  const part = asideName(path.join(context.state.scratch, "bundle"));
  try {
    await writeGitPart(context, part, request);
    return await withAsideLater(target, async (aside) => {
      const handle = withNamedFile(file, () => {
        makeFolder(path.dirname(target));
        return openAppend(aside);
      });
      const data = await writeArchive(context, handle, { part, request });
      withNamedFile(file, () => rename(aside, target));
      return data;
    });
  } finally {
    removeFile(part);
  }
}

/** The last checkpoints, as the Git part has them: an experiment that runs may have come further since it was listed. */
async function lastOnes(
  { repository }: ExperimentsContext,
  part: string,
  experiments: readonly FinishedExperiment[],
): Promise<readonly ChainEnds[]> {
  const written = new Map((await listRemoteRefs(repository, part, ["refs/exps/*"])).map(({ name, id }) => [name, id]));
  const ends = experiments.map(({ ref, baseline, commit }) => ({ commit: written.get(ref) ?? commit, baseline }));
  const older = await chainsOf(repository, ends);
  return ends.map((end) => ({ commit: end.commit, baseline: older.get(end)?.[0] ?? end.baseline }));
}

async function writeArchive(
  context: ExperimentsContext,
  handle: number,
  { part, request }: { readonly part: string; readonly request: ExperimentBundleRequest },
): Promise<ExperimentDataOutcome> {
  try {
    const writer = new ArchiveWriter(handle);
    await writer.add(gitPart, part);
    const { jobs, progress, experiments } = request;
    const how = { remote: undefined, storage: writer.remote(), runCache: false, jobs, progress };
    const ends = request.data === "last" ? await lastOnes(context, part, experiments) : experiments;
    const data = request.data === "without" ? noData : await pushData(context, ends, how);
    const [failed] = data.failed;
    if (failed !== undefined)
      throw new SweeplineError({ code: "TRANSFER_FAILED", message: `a file could not be bundled: ${failed.message}` });
    writer.end();
    return data;
  } finally {
    closeSync(handle);
  }
}

export interface OpenBundle {
  /** Its commits, as a Git remote. */
  readonly remote: string;
  /** Its data. */
  readonly storage: StorageRemote;
}

/** Errors: FILE_MISSING, BUNDLE_INVALID. */
export async function withBundle<T>(
  context: ExperimentsContext,
  file: NamedFile,
  work: (bundle: OpenBundle) => Promise<T>,
): Promise<T> {
  if (!existsSync(file.path))
    throw new SweeplineError({ code: "FILE_MISSING", message: `'${file.shown}' does not exist` });
  const archive = withNamedFile(file, (name) => ArchiveReader.open(name));
  makeFolder(context.state.scratch);
  const remote = asideName(path.join(context.state.scratch, "unbundle"));
  try {
    archive.extract(gitPart, remote);
    checkBundle(remote);
    return await work({ remote, storage: archive.remote() });
  } finally {
    archive.close();
    removeFile(remote);
  }
}

export interface UnbundleRequest {
  readonly selection: Selection;
  /** A ref of that name with another commit here. */
  readonly diverged: "refuse" | "replace";
  readonly data: "with" | "without";
  readonly jobs: number | undefined;
  progress(state: TransferProgressState): void;
}

export interface UnbundleResult extends PullResult {
  /** Names that no experiment may have. */
  readonly refused: readonly string[];
}

/**
 * Takes experiments and their data out of a file, which is a stranger's as much as a remote is: a pull from there. Nothing of it is
 * run. Errors: FILE_MISSING, BUNDLE_INVALID, NOT_AN_EXPERIMENT, GIT_REMOTE_FAILED where the baselines are neither here nor there.
 */
export async function unbundleExperiments(
  context: ExperimentsContext,
  file: NamedFile,
  { selection, diverged, data, jobs, progress }: UnbundleRequest,
): Promise<UnbundleResult> {
  return withBundle(context, file, async ({ remote, storage }) => {
    const { experiments, refused } = await selectExperiments(context, remote, selection);
    const how = { remote: undefined, storage, runCache: false, jobs, progress };
    const request = { remote, experiments, diverged, data: data === "with" ? how : undefined };
    return { ...(await pullExperiments(context, request)), refused };
  });
}

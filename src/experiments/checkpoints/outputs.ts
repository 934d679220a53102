/** The outputs of checkpoints: in the lock files of a work tree, or of a checkpoint's commit. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { writeAtomic } from "../../base/files.ts";
import type { ObjectId } from "../../git/ids.ts";
import { tryGit } from "../../git/run.ts";
import { lockedEntry, parseLock } from "../../pipeline/lock/file.ts";
import { lockFileOf } from "../../pipeline/paths.ts";
import { loadProjectStages, type ProjectStages } from "../../pipeline/reading/project-stages.ts";
import { openLockBook } from "../../pipeline/reproduce/lock-book.ts";
import { checkoutStageOutputs, hasCheckpoints } from "../../pipeline/reproduce/outputs.ts";
import type { LockItem, Stage } from "../../pipeline/types.ts";
import { folderInGit } from "../../project/in-git.ts";
import { type Cache, openCache } from "../../store/cache.ts";
import { hashData, hasSoundData } from "../../store/data.ts";
import type { ExperimentsContext } from "../repository.ts";

/** The first output with `checkpoint: true` that the cache lacks. */
async function lostOutput(cache: Cache, stage: Stage, outs: readonly LockItem[]): Promise<string | undefined> {
  const paths = new Set(stage.outs.filter((output) => output.checkpoint).map((output) => output.path));
  for (const item of outs) if (paths.has(item.path) && !(await hasSoundData(cache, item.md5))) return item.path;
  return undefined;
}

/** A training that went on without its model would be another one. Throws CHECKPOINT_LOST. */
async function refuseLost(cache: Cache, stage: Stage, outs: readonly LockItem[]): Promise<void> {
  const lost = await lostOutput(cache, stage, outs);
  if (lost === undefined) return;
  throw new SweeplineError({
    code: "CHECKPOINT_LOST",
    message: `the cache does not hold '${lost}' of the checkpoint to go on from`,
    hint: "`sweepline pull` may fetch it; `--reset` starts over.",
  });
}

/** By the lock files that lie in a work tree. Throws CHECKPOINT_LOST. */
export async function refuseLostOutputs({ project, stages }: ProjectStages): Promise<void> {
  const chosen = stages.filter(hasCheckpoints);
  const locks = await openLockBook(project.root, chosen, []);
  const cache = openCache(project);
  for (const stage of chosen) await refuseLost(cache, stage, locks.entry(stage)?.outs ?? []);
}

interface StageCheckpoint {
  readonly stage: Stage;
  readonly outs: readonly LockItem[];
  /** Absolute, and as the checkpoint has it. */
  readonly lockFile: string;
  readonly lockBytes: Buffer;
}

/** What a commit says of those of the stages that make checkpoints; stages that it does not know are left out. */
async function checkpointsAt(
  context: ExperimentsContext,
  commit: ObjectId,
  stages: readonly Stage[],
): Promise<readonly StageCheckpoint[]> {
  const { project, repository } = context;
  const found: StageCheckpoint[] = [];
  for (const stage of stages.filter(hasCheckpoints)) {
    const file = lockFileOf(stage.file);
    const name = path.posix.join(folderInGit(project), file);
    const { exitCode, stdout } = await tryGit(["cat-file", "blob", `${commit}:${name}`], { cwd: repository.workTree });
    const read = exitCode === 0 ? await parseLock(stdout, file) : undefined;
    const entry = read?.kind === "ok" ? lockedEntry(read.lock, stage.name) : undefined;
    if (entry === undefined) continue;
    found.push({ stage, outs: entry.outs, lockFile: path.join(project.root, file), lockBytes: stdout });
  }
  return found;
}

/** What keeps a commit from being gone on from: an output that the cache lacks, or that it has no checkpoint of these stages. */
export async function lostAt(
  context: ExperimentsContext,
  commit: ObjectId,
  stages: readonly Stage[],
): Promise<string | undefined> {
  const cache = openCache(context.project);
  const checkpoints = await checkpointsAt(context, commit, stages);
  for (const { stage, outs } of checkpoints) {
    const lost = await lostOutput(cache, stage, outs);
    if (lost !== undefined) return `the cache does not hold its '${lost}'`;
  }
  return checkpoints.length === 0 ? "its lock file has no stage that makes checkpoints" : undefined;
}

/** Whether what lies there would be lost: it is neither the checkpoint's nor anywhere in the cache. */
async function isElsewhere(cache: Cache, target: string, item: LockItem): Promise<boolean> {
  const hash = await hashData(cache, target);
  return hash === undefined || hash.md5 === item.md5 || (await hasSoundData(cache, hash.md5));
}

async function refuseEdited(cache: Cache, { stage, outs }: StageCheckpoint): Promise<void> {
  for (const item of outs) {
    if (await isElsewhere(cache, path.resolve(stage.workingFolder, item.path), item)) continue;
    throw new SweeplineError({
      code: "CHECKPOINT_EDITED",
      message: `'${item.path}' is not as the checkpoint left it, and nowhere else`,
      hint: "Move it away to go on from the checkpoint, or start over with `--reset`.",
    });
  }
}

/**
 * Makes the outputs of a checkpoint what the workspace holds. "keep": what lies there and is nowhere else is refused
 * (CHECKPOINT_EDITED); "replace": a run that was killed wrote it, and the lock files become the checkpoint's too.
 * Answers what there is now, by the addresses of stages.
 */
export async function restoreCheckpoint(
  context: ExperimentsContext,
  commit: ObjectId,
  mode: "keep" | "replace",
): Promise<ReadonlyMap<string, readonly LockItem[]>> {
  const { project } = context;
  const cache = openCache(project);
  const { stages } = await loadProjectStages(project);
  const checkpoints = await checkpointsAt(context, commit, stages);
  for (const { stage, outs } of checkpoints) await refuseLost(cache, stage, outs);
  if (mode === "keep") for (const checkpoint of checkpoints) await refuseEdited(cache, checkpoint);
  const brought = new Map<string, readonly LockItem[]>();
  for (const { stage, outs, lockFile, lockBytes } of checkpoints) {
    const present: LockItem[] = [];
    // Metrics that Git keeps are in the cache only where a checkpoint put them there.
    for (const item of outs) if (await hasSoundData(cache, item.md5)) present.push(item);
    await checkoutStageOutputs({ project, cache }, stage, present);
    if (mode === "replace") writeAtomic(lockFile, lockBytes);
    brought.set(stage.address, present);
  }
  return brought;
}

/** A stage's outputs in the workspace: deleted before it runs, hashed and moved to the cache after. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { removeTree, statSync } from "../../base/files.ts";
import { type Cache, hasData } from "../../store/cache.ts";
import { checkoutData } from "../../store/checkout.ts";
import { commitData } from "../../store/commit.ts";
import { addToCache, hashData } from "../../store/data.ts";
import { unprotectData } from "../../store/unprotect.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import { hashLike, recordedItem } from "../check/changes.ts";
import { shownItem, type Work } from "../check/work.ts";
import type { LockItem, OutputSpec, Stage } from "../types.ts";
import { lockItem } from "./entry.ts";

function pathOf(stage: Stage, output: OutputSpec): string {
  return path.resolve(stage.workingFolder, output.path);
}

/** Whether a stage has outputs that it goes on from, and registers while it runs. */
export function hasCheckpoints(stage: Stage): boolean {
  return stage.outs.some((output) => output.checkpoint);
}

/**
 * Deletes the outputs, so that what is there afterwards was written by the stage; those with persist become writable, and so do
 * all of a stage with checkpoints that is to go on from them: its metrics are of the checkpoint too.
 */
export function clearOutputs(work: Work, stage: Stage, start: "afresh" | "continue"): void {
  // A stage that ran before this one may have put a link on the way.
  checkBoundaries(work.project.root, [stage]);
  const goesOn = start === "continue" && hasCheckpoints(stage);
  for (const output of stage.outs) {
    if (output.persist || goesOn) unprotectData(work.cache, pathOf(stage, output));
    else removeTree(pathOf(stage, output));
  }
}

function missingOutput(work: Work, stage: Stage, output: OutputSpec): SweeplineError {
  return new SweeplineError({
    code: "OUTPUT_MISSING",
    message: `output '${shownItem(work, stage, output.path)}' does not exist`,
  });
}

/** As DVC: the entry of DVC 2 stays one as long as the data is the same, and the cache has it where it should. */
async function sameAsBefore(work: Work, stage: Stage, output: OutputSpec): Promise<LockItem | undefined> {
  const recorded = recordedItem(work.recorded(stage)?.outs, output.path);
  if (recorded === undefined || recorded.hash !== undefined) return undefined;
  if (output.cache && !hasData(work.cache, recorded.md5)) return undefined;
  const target = pathOf(stage, output);
  return (await hashLike(work.cache, target, recorded))?.md5 === recorded.md5 ? recorded : undefined;
}

async function saveOutput(work: Work, stage: Stage, save: { output: OutputSpec; toCache: boolean }): Promise<LockItem> {
  const { output, toCache } = save;
  const target = pathOf(stage, output);
  if (statSync(target, { throwIfNoEntry: false }) === undefined) throw missingOutput(work, stage, output);
  const old = await sameAsBefore(work, stage, output);
  if (old !== undefined) return old;
  const hash = toCache && output.cache ? await commitData(work.cache, target) : await hashData(work.cache, target);
  if (hash === undefined) throw missingOutput(work, stage, output);
  return lockItem(output.path, hash);
}

export interface SavedOutputs {
  /** In the order of the stage. */
  readonly items: readonly LockItem[];
  /** Outputs without any content, as messages name them. */
  readonly empty: readonly string[];
}

/** Hashes all outputs; with "commit" those of the cache go into it. Errors: OUTPUT_MISSING. */
export async function saveOutputs(work: Work, stage: Stage, mode: "commit" | "hash-only"): Promise<SavedOutputs> {
  checkBoundaries(work.project.root, [stage]);
  const items: LockItem[] = [];
  for (const output of stage.outs) items.push(await saveOutput(work, stage, { output, toCache: mode === "commit" }));
  const isEmpty = (item: LockItem) => item.size === 0 && (item.nfiles ?? 0) === 0;
  return { items, empty: items.filter(isEmpty).map((item) => shownItem(work, stage, item.path)) };
}

/**
 * Puts what is there of the outputs into the cache, and leaves it as it is, for a stage that goes on with it. What the stage has not
 * written yet is left out, as DVC 2 does at a checkpoint.
 */
export async function addOutputs(work: Work, stage: Stage): Promise<readonly LockItem[]> {
  checkBoundaries(work.project.root, [stage]);
  const items: LockItem[] = [];
  for (const output of stage.outs) {
    const target = pathOf(stage, output);
    if (statSync(target, { throwIfNoEntry: false }) === undefined) continue;
    items.push(lockItem(output.path, await addToCache(work.cache, target)));
  }
  return items;
}

/** Metrics that Git keeps are copied to the cache too, so that the run-cache can bring them back. */
export async function copyUncachedOutputs(work: Work, stage: Stage): Promise<void> {
  for (const output of stage.outs) if (!output.cache) await addToCache(work.cache, pathOf(stage, output));
}

/** Brings outputs back from the cache; those that Git keeps as copies, whatever cache.type says. */
export async function checkoutStageOutputs(
  work: Pick<Work, "project" | "cache">,
  stage: Stage,
  items: readonly LockItem[],
): Promise<void> {
  checkBoundaries(work.project.root, [stage]);
  const copying: Cache = { ...work.cache, linkTypes: ["copy"], probedLinks: new Map() };
  const specs = new Map(stage.outs.map((output) => [output.path, output]));
  for (const item of items) {
    const output = specs.get(item.path);
    if (output !== undefined) await checkoutData(output.cache ? work.cache : copying, item, pathOf(stage, output));
  }
}

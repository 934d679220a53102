/** `checkout`: makes the workspace's data what dvc.lock and the .dvc files say. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { trackedPaths } from "../../git/tracked-paths.ts";
import type { Project } from "../../project/project.ts";
import { type Cache, objectPath } from "../../store/cache.ts";
import {
  applyCheckout,
  type CheckoutPlan,
  type CheckoutTarget,
  checkObjects,
  planCheckout,
  relinkPath,
} from "../../store/checkout.ts";
import { addToCache } from "../../store/data.ts";
import { type LeftData, leftData, removeLeft } from "../../store/placed.ts";
import { isDangling } from "../../store/walk.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import type { WorkspaceLock } from "../locks/workspace-lock.ts";
import { loadProjectStages, type ProjectStages } from "../reading/project-stages.ts";
import { type ChosenStage, chooseOutputsOrStages, chosenPart, withDependencies } from "../reading/targets.ts";
import { openLockBook } from "../reproduce/lock-book.ts";
import type { LockEntry } from "../types.ts";

export interface CheckoutRequest {
  readonly project: Project;
  readonly cache: Cache;
  /** Absolute: what the targets are relative to. */
  readonly folder: string;
  /** Empty: everything. */
  readonly targets: readonly string[];
  readonly recursive: boolean;
  /** Default: the targets only. */
  readonly extent?: "targets-only" | "with-dependencies";
  /**
   * What becomes of files that would be replaced and that the cache does not hold. keep: they are put into the cache first,
   * and no object that is needed may be broken.
   */
  readonly unsaved: "refuse" | "overwrite" | "keep";
  /** relink: unchanged files get the kind of link of cache.type too. */
  readonly links: "keep" | "relink";
  readonly missing: "refuse" | "skip";
  /** Held by the caller. */
  readonly lock: WorkspaceLock;
}

export interface CheckoutOutcome {
  /** Absolute paths of outputs by what happened to them; folders first, then by name. */
  readonly changes: Readonly<Record<"modified" | "added" | "deleted", readonly CheckedOut[]>>;
  /** Files; of outputs that nothing names any more each counts as one, as in DVC. */
  readonly counts: CheckoutPlan["counts"];
  /** Outputs whose objects the cache lacks. */
  readonly failed: readonly string[];
  /** Outputs of the cache without a hash (of stages that never ran, say): they are left as they are. */
  readonly unrecorded: readonly string[];
  /** Files that were replaced and that the cache holds now. */
  readonly kept: readonly KeptFile[];
}

export interface KeptFile {
  /** Absolute. */
  readonly file: string;
  /** Its object in the cache. */
  readonly object: string;
}

export interface CheckedOut {
  readonly path: string;
  readonly kind: "file" | "folder";
}

interface Wanted {
  readonly targets: readonly CheckoutTarget[];
  /** Absolute: outputs of the cache whose hash nobody wrote down. */
  readonly unrecorded: readonly string[];
}

/** What is wanted of a stage's chosen outputs, as recorded. */
function wantedOf(choice: ChosenStage, recorded: LockEntry | undefined): Wanted {
  const { stage } = choice;
  const byPath = new Map(recorded?.outs.map((item) => [item.path, item]));
  const targets: CheckoutTarget[] = [];
  const unrecorded: string[] = [];
  for (const output of stage.outs) {
    const destination = path.resolve(stage.workingFolder, output.path);
    const part = output.cache ? chosenPart(choice, destination) : undefined;
    const hash = byPath.get(output.path);
    if (part === undefined) continue;
    if (hash === undefined || hash.md5 === "") unrecorded.push(destination);
    else targets.push({ destination, hash, ...(part === "whole" ? {} : { within: part }) });
  }
  return { targets, unrecorded };
}

function chosenStages(request: CheckoutRequest, stages: ProjectStages): readonly ChosenStage[] {
  if (request.targets.length === 0) return stages.stages.map((stage) => ({ stage }));
  const { targets, folder, recursive } = request;
  try {
    const chosen = chooseOutputsOrStages(stages, { targets, folder, recursive, names: "exact" });
    return request.extent === "with-dependencies" ? withDependencies(stages, chosen) : chosen;
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    throw new SweeplineError({ ...error.toFacts(), hint: "Did you mean `git checkout`?" });
  }
}

async function collectWanted(request: CheckoutRequest, stages: ProjectStages): Promise<Wanted> {
  const chosen = chosenStages(request, stages);
  const locks = await openLockBook(
    request.project.root,
    chosen.map(({ stage }) => stage),
    [],
  );
  const wanted = chosen.map((choice) => {
    const data = stages.dataStages.get(choice.stage.address);
    return { stage: choice.stage, ...wantedOf(choice, data === undefined ? locks.entry(choice.stage) : data.recorded) };
  });
  checkBoundaries(
    request.project.root,
    wanted.filter(({ targets }) => targets.length > 0).map(({ stage }) => stage),
  );
  return {
    targets: wanted.flatMap(({ targets }) => targets),
    unrecorded: wanted.flatMap(({ unrecorded }) => unrecorded),
  };
}

function unsavedError(files: readonly string[]): SweeplineError {
  return new SweeplineError({
    code: "UNSAVED_FILES",
    message: `Can't remove the following unsaved files without confirmation. Use \`--force\` to force.\n${files.join("\n")}`,
  });
}

/** A link to nothing has no content that could be kept. */
async function keepFile(cache: Cache, file: string): Promise<KeptFile> {
  if (isDangling(file))
    throw new SweeplineError({ code: "BROKEN_LINK", message: `'${file}' is a link to nothing`, hint: "Remove it." });
  const { md5 } = await addToCache(cache, file);
  return { file, object: objectPath(cache, md5) };
}

function foldersFirst(a: CheckedOut, b: CheckedOut): number {
  if (a.kind !== b.kind) return a.kind === "folder" ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}

function sumCounts(plans: readonly CheckoutPlan[], left: number): CheckoutPlan["counts"] {
  const sum = { added: 0, modified: 0, deleted: left };
  for (const { counts } of plans) {
    sum.added += counts.added;
    sum.modified += counts.modified;
    sum.deleted += counts.deleted;
  }
  return sum;
}

/** What earlier commits tracked and nothing names now, without what Git tracks. */
async function leftBehind(request: CheckoutRequest, used: readonly string[]): Promise<readonly LeftData[]> {
  const { gitRoot } = request.project;
  const left = request.targets.length > 0 ? [] : await leftData(request.cache, used);
  if (left.length === 0 || gitRoot === null) return left;
  const nameOf = (data: LeftData) => path.relative(gitRoot, data.path);
  const tracked = await trackedPaths(gitRoot, left.map(nameOf));
  return left.filter((data) => !tracked.has(nameOf(data)));
}

function changesOf(plans: readonly CheckoutPlan[], left: readonly LeftData[]): CheckoutOutcome["changes"] {
  const of = (change: CheckoutPlan["change"]) =>
    plans
      .filter((plan) => plan.change === change)
      .map((plan): CheckedOut => ({ path: plan.destination, kind: plan.hash.md5.endsWith(".dir") ? "folder" : "file" }))
      .sort(foldersFirst);
  return { modified: of("modified"), added: of("added"), deleted: [...left].sort(foldersFirst) };
}

/**
 * Checks everything out that is recorded, or what the targets name. Nothing is changed when files would be lost
 * (UNSAVED_FILES) or a path leads out of the project (OUTSIDE_PROJECT). Outputs whose objects are missing are left as they are and listed in `failed`.
 */
export async function checkoutOutputs(request: CheckoutRequest): Promise<CheckoutOutcome> {
  const { cache } = request;
  const plans: CheckoutPlan[] = [];
  const stages = await loadProjectStages(request.project);
  const { targets: wanted, unrecorded } = await collectWanted(request, stages);
  const used = stages.stages.flatMap((stage) => stage.outs.map((out) => path.resolve(stage.workingFolder, out.path)));
  const left = await leftBehind(request, used);
  request.lock.refuseBusy({
    reads: [],
    writes: [...wanted.map(({ destination }) => destination), ...left.map((data) => data.path)],
  });
  for (const target of wanted) plans.push(await planCheckout(cache, target));
  const whole = plans.filter((plan) => plan.missing.length === 0);
  const unsaved = whole.flatMap((plan) => plan.unsaved);
  if (request.unsaved === "refuse" && unsaved.length > 0) throw unsavedError(unsaved);
  const kept: KeptFile[] = [];
  if (request.unsaved === "keep") {
    for (const plan of whole) await checkObjects(cache, plan);
    for (const file of unsaved) kept.push(await keepFile(cache, file));
  }
  for (const plan of whole) await applyCheckout(cache, plan);
  removeLeft(cache, left, used);
  const failed = plans.filter((plan) => plan.missing.length > 0).map((plan) => plan.destination);
  if (request.links === "relink")
    for (const target of wanted) if (!failed.includes(target.destination)) await relinkPath(cache, target);
  return {
    changes: changesOf(whole, left),
    counts: sumCounts(whole, left.length),
    failed: request.missing === "skip" ? [] : failed,
    unrecorded,
    kept,
  };
}

/** The error for outputs that could not be checked out; `names` as the user would write them. */
export function checkoutFailed(names: readonly string[]): SweeplineError {
  return new SweeplineError({
    code: "CACHE_MISSING",
    message: `Checkout failed for following targets:\n${names.join("\n")}\nIs your cache up to date?`,
    hint: "`sweepline repro` makes what is missing, `sweepline pull` fetches it.",
  });
}

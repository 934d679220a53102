/** Runs that were made before, or that somebody else makes now: what lets a stage be restored instead of run. */

import { note } from "../../base/trace.ts";
import { hasSoundData } from "../../store/data.ts";
import { changedDependencies, commandChanged } from "../check/changes.ts";
import { shownStage, type Work } from "../check/work.ts";
import { runCacheKey } from "../lock/hash.ts";
import { findCachedRun, hasRuns, isRunCacheable } from "../lock/run-cache.ts";
import { makeLeaseFolder } from "../locks/leases.ts";
import { type Turn, takeTurn } from "../locks/single-flight.ts";
import type { LockEntry, LockItem, Stage } from "../types.ts";
import type { StageInputs } from "./entry.ts";
import type { ReproduceOptions } from "./options.ts";
import type { StageRun } from "./stage-run.ts";

export interface FinishedStage {
  readonly work: Work;
  readonly stage: Stage;
  readonly options: Pick<ReproduceOptions, "commit">;
}

/** A stage with an output that is neither in the cache nor a metric or plot is not kept: nobody could restore that output. */
export function isKept({ work, stage, options }: FinishedStage, entry: LockEntry): boolean {
  const hasLooseOutput = stage.outs.some((output) => output.kind === "out" && !output.cache);
  return options.commit && !hasLooseOutput && isRunCacheable(work.project.root, stage, entry);
}

/** Whatever their order: the lock file has its own. */
function sameItems(a: readonly LockItem[], b: readonly LockItem[]): boolean {
  const hashes = new Map(b.map((item) => [item.path, item.md5]));
  return a.length === b.length && a.every((item) => hashes.get(item.path) === item.md5);
}

/** What a run of the stage would be recorded as, without what comes out. */
function wantedEntry(stage: Stage, inputs: StageInputs): LockEntry {
  const outs = stage.outs.map((output) => ({ path: output.path, md5: "", size: 0 }));
  return { cmd: stage.cmd ?? [], ...inputs, outs };
}

/** A finished run that fits: the lock entry itself where only outputs are amiss, else the newest of the run-cache. */
export async function finishedRun(run: StageRun, inputs: StageInputs): Promise<LockEntry | undefined> {
  const { work, stage, options } = run;
  const wanted = wantedEntry(stage, inputs);
  const tell = (words: string) => note("run-cache", () => `${shownStage(work, stage)}: ${words}`);
  if (!isRunCacheable(work.project.root, stage, wanted)) {
    tell("runs of it are not kept");
    return undefined;
  }
  const recorded = work.recorded(stage);
  const paths = new Set(stage.outs.map((output) => output.path));
  const hasOutputs = (entry: LockEntry) =>
    entry.outs.length === paths.size && entry.outs.every((out) => paths.has(out.path));
  const isCurrent =
    recorded !== undefined &&
    !commandChanged(stage, recorded) &&
    hasOutputs(recorded) &&
    sameItems(recorded.deps, inputs.deps) &&
    (await changedDependencies(work, stage)).length === 0;
  const entry = isCurrent
    ? recorded
    : options.useRunCache
      ? await findCachedRun(work.project.cacheDir, wanted)
      : undefined;
  if (entry === undefined || !hasOutputs(entry)) {
    tell(
      options.useRunCache ? "no run with this command, these dependencies and parameters is kept" : "not looked into",
    );
    return undefined;
  }
  if (!options.dry) await run.puller?.fetch(stage, entry.outs);
  for (const out of entry.outs) {
    if (await hasSoundData(work.cache, out.md5)) continue;
    note("run-cache", () => `${shownStage(work, stage)}: a run is kept, but the cache lacks ${out.path} (${out.md5})`);
    return undefined;
  }
  tell(
    isCurrent
      ? "its entry in the lock file fits, outputs come from the cache"
      : "a kept run fits, outputs come from the cache",
  );
  return entry;
}

/** Our turn to run the stage, or what somebody else made of it while we waited. A forced run waits for nobody. */
export async function turnOf(run: StageRun, inputs: StageInputs | undefined): Promise<Turn<LockEntry>> {
  const { work, stage, options, events, force, signal } = run;
  const { runner } = options;
  const wanted = inputs === undefined ? undefined : wantedEntry(stage, inputs);
  const isShared = runner !== undefined && !force && !options.dry && options.useRunCache;
  if (!isShared || inputs === undefined || wanted === undefined || !isKept(run, wanted))
    return { kind: "run", release: () => undefined };
  const { cacheDir } = work.project;
  const key = runCacheKey(wanted);
  makeLeaseFolder(cacheDir, work.cache.sharing);
  return takeTurn({
    cacheDir,
    key,
    runner,
    signal,
    find: async () => (hasRuns(cacheDir, key) ? finishedRun(run, inputs) : undefined),
    waiting(owner) {
      events.stage({ address: stage.address, action: "waiting", commands: [], owner: owner.label });
      const name = shownStage(work, stage);
      events.message(`Stage '${name}' is being run by ${owner.label} (pid ${owner.pid}): waiting for its result`);
    },
  });
}

/** `commit`: what lies in the workspace becomes what the lock files say, without running anything. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import type { Project } from "../../project/project.ts";
import { openCache } from "../../store/cache.ts";
import type { FileState } from "../../store/state.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import { changedDependencies, changedInWorkspace, commandChanged } from "../check/changes.ts";
import { stageSubject, type Work } from "../check/work.ts";
import { reachable } from "../graph/plan.ts";
import { filesOf } from "../locks/rwlock.ts";
import type { WorkspaceLock } from "../locks/workspace-lock.ts";
import { saveDataStage } from "../reading/data-stage.ts";
import { loadProjectStages, type ProjectStages } from "../reading/project-stages.ts";
import { chooseOutputsOrStages } from "../reading/targets.ts";
import type { LockEntry, Stage, StageAddress } from "../types.ts";
import type { ReproduceEvents } from "./events.ts";
import { outputIgnorer } from "./ignore-outputs.ts";
import { openLockBook } from "./lock-book.ts";
import { saveStage } from "./stage.ts";

export interface CommitRequest {
  /** Absolute. */
  readonly folder: string;
  /** Empty: all stages. */
  readonly targets: readonly string[];
  readonly recursive: boolean;
  /** Default: the targets only. */
  readonly extent?: "targets-only" | "with-dependencies";
  /** What happens at a stage that changed. */
  readonly changed: "ask" | "accept";
  readonly events: Pick<ReproduceEvents, "warning" | "confirm"> & Partial<Pick<ReproduceEvents, "message">>;
  readonly state?: FileState;
  /** Held by the caller. */
  readonly lock?: WorkspaceLock;
}

function listed(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(", ")}]`;
}

/**
 * The question to ask before a changed stage is committed; undefined where nothing changed, or where something is missing:
 * that can't be committed whatever the answer.
 */
async function question(work: Work, stage: Stage): Promise<string | undefined> {
  const changedDeps = await changedDependencies(work, stage);
  const changedOuts = await changedInWorkspace(work, stage);
  if ([...changedDeps, ...changedOuts].some((change) => change.status === "deleted")) return undefined;
  const deps = changedDeps.map((change) => change.shown);
  const outs = changedOuts.map((change) => change.shown);
  const subject = stageSubject(work, stage);
  const parts = [
    ...(deps.length > 0 ? [`dependencies ${listed(deps)}`] : []),
    ...(outs.length > 0 ? [`outputs ${listed(outs)}`] : []),
  ];
  const changed =
    parts.length > 0 ? `${parts.join(" and ")} of ${subject} changed.` : `'cmd' of ${subject} has changed.`;
  if (parts.length === 0 && !commandChanged(stage, work.recorded(stage))) return undefined;
  return `${changed} Are you sure you want to commit it?`;
}

async function approve(work: Work, stage: Stage, request: CommitRequest): Promise<void> {
  if (request.changed === "accept") return;
  const text = await question(work, stage);
  if (text === undefined || (await request.events.confirm?.(text))) return;
  throw new SweeplineError({
    code: "NOT_CONFIRMED",
    message: `unable to commit changed ${stageSubject(work, stage)}. Use \`-f|--force\` to force.`,
  });
}

function withDependencies({ graph, stages }: ProjectStages, chosen: readonly Stage[]): readonly Stage[] {
  const addresses = reachable(
    graph.needs,
    chosen.map((stage) => stage.address),
  );
  return stages.filter((stage) => addresses.has(stage.address));
}

/**
 * Puts the outputs of stages into the cache and writes their lock entries. Errors: NOT_CONFIRMED, missing dependencies, parameters
 * or outputs.
 * @returns the lock entries of the pipeline stages
 */
export async function commitStages(
  project: Project,
  request: CommitRequest,
): Promise<ReadonlyMap<StageAddress, LockEntry>> {
  const { folder, targets, recursive, events, extent } = request;
  const stages = await loadProjectStages(project);
  const named = chooseOutputsOrStages(stages, { targets, folder, recursive, names: "exact" }).map(({ stage }) => stage);
  const chosen =
    targets.length === 0 ? stages.stages : extent === "with-dependencies" ? withDependencies(stages, named) : named;
  checkBoundaries(project.root, chosen);
  for (const stage of chosen) request.lock?.refuseBusy(filesOf(stage));
  const locks = await openLockBook(project.root, chosen, chosen);
  const work: Work = {
    project,
    folder,
    cache: openCache(project, request.state === undefined ? {} : { state: request.state }),
    readParams: stages.params.read,
    recorded: (stage) => (stage.cmd === null ? stages.dataStages.get(stage.address)?.recorded : locks.entry(stage)),
  };
  const ignorer = outputIgnorer(project);
  const entries = new Map<StageAddress, LockEntry>();
  for (const stage of chosen) {
    await approve(work, stage, request);
    const inputs = stage.cmd === null ? { deps: [], params: new Map() } : undefined;
    const run = { work, stage, ignorer, wrote: () => undefined, options: { commit: true }, events };
    const { entry } = await saveStage(run, inputs);
    if (stage.cmd === null) saveDataStage(project.root, stage, entry);
    else {
      const { file, change } = await locks.write(stage, entry, "at-once");
      const shown = path.relative(folder, path.join(project.root, file));
      if (change === "created") events.message?.(`Generating lock file '${shown}'`);
      if (change !== "unchanged") events.message?.(`Updating lock file '${shown}'`);
      entries.set(stage.address, entry);
    }
  }
  return entries;
}

/** The data of experiments, between the cache and storage remotes: all experiments of a call in one pass. */
import type { ObjectId } from "../../git/ids.ts";
import { cachePlace, whilePinned } from "../../pipeline/locks/pins.ts";
import type { Project } from "../../project/project.ts";
import { type Cache, openCache } from "../../store/cache.ts";
import { projectState } from "../../store/project-state.ts";
import { byRemote } from "../../store/remotes/by-remote.ts";
import { byLayout } from "../../store/remotes/legacy-layout.ts";
import { defaultRemoteName, openRemote } from "../../store/remotes/open.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import { pushObjects } from "../../store/remotes/push-objects.ts";
import { pullRuns, pushRuns } from "../../store/remotes/run-cache.ts";
import type {
  StorageRemote,
  TransferOptions,
  TransferOutcome,
  TransferProgressState,
} from "../../store/remotes/types.ts";
import { type ChainEnds, chainsOf } from "../checkpoints/older.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import { objectsOfCommits } from "./objects.ts";

export interface ExperimentDataRequest extends TransferOptions {
  /** -r; undefined: the remote that an output names, or the default one. */
  readonly remote: string | undefined;
  /** A place that stands for all remotes: the file of a bundle. */
  readonly storage?: StorageRemote;
  readonly runCache: boolean;
}

/** Experiments that go to a Git remote or come from it. */
export interface ShareRequest {
  readonly remote: string;
  /** For a pull: as the remote listed them. */
  readonly experiments: readonly FinishedExperiment[];
  /** A ref of that name with another commit where they go. */
  readonly diverged: "refuse" | "replace";
  /** undefined: without data. */
  readonly data: ExperimentDataRequest | undefined;
}

export interface ExperimentDataOutcome extends TransferOutcome {
  /** Pipeline files of experiments that can't be read: why. */
  readonly unreadable: readonly string[];
}

/** What a transfer tells while it works. */
export interface TransferEvents {
  warn(message: string): void;
  /** Files are about to go to a remote, or to come from it. */
  started(way: "Uploading" | "Downloading"): void;
  progress(state: TransferProgressState): void;
  ended(): void;
}

export interface DataFlags {
  /** -r */
  readonly remote?: string;
  /** Files at a time. */
  readonly jobs?: number;
  readonly runCache?: boolean;
  /** false for --no-cache: without the data. */
  readonly cache: boolean;
}

/** undefined: no data is moved, as was asked for. Throws REMOTE_UNKNOWN before anything is moved. */
export function dataRequest(
  project: Project,
  flags: DataFlags,
  events: Pick<TransferEvents, "warn" | "progress">,
): ExperimentDataRequest | undefined {
  if (!flags.cache) return undefined;
  const name = flags.remote ?? defaultRemoteName(project);
  if (name === undefined)
    events.warn("No remote provided and no default remote set: the data of the experiments stays where it is.");
  else openRemote(project, name);
  return {
    remote: flags.remote,
    jobs: flags.jobs,
    runCache: flags.runCache === true && name !== undefined,
    progress: (state) => events.progress(state),
  };
}

/** What a call without a storage remote did. */
export const noData: ExperimentDataOutcome = { transferred: 0, missing: [], failed: [], unreadable: [] };

type Transfer = typeof pushObjects;
type TransferRuns = typeof pushRuns;

interface Ways {
  /** A download looks in both. */
  readonly layouts: "apart" | "together";
  readonly objects: Transfer;
  readonly runs: TransferRuns;
}

/** An experiment's older checkpoints can be applied and continued as well. */
async function withCheckpoints(
  { repository }: ExperimentsContext,
  experiments: readonly ChainEnds[],
): Promise<readonly ObjectId[]> {
  const older = await chainsOf(repository, experiments);
  return [...new Set([...experiments.map(({ commit }) => commit), ...[...older.values()].flat()])];
}

async function transfer(
  context: ExperimentsContext,
  experiments: readonly ChainEnds[],
  { request, ways }: { readonly request: ExperimentDataRequest; readonly ways: Ways },
): Promise<ExperimentDataOutcome> {
  const { project } = context;
  const { remote, storage: only, runCache, ...options } = request;
  const needed = await objectsOfCommits(context, await withCheckpoints(context, experiments));
  const state = projectState(project);
  const sum = { transferred: 0, missing: [] as string[], failed: [] as TransferOutcome["failed"][number][] };
  try {
    const cache: Cache = openCache(project, { state });
    for (const [name, objects] of byRemote({ project, remote }, needed.objects)) {
      // Without a default remote, the data of outputs that name none stays where it is.
      if (name === undefined && only === undefined) continue;
      const storage = only ?? openRemote(project, name);
      const places = ways.layouts === "apart" ? byLayout(storage, objects) : ([[storage, objects]] as const);
      for (const [place, placed] of places) {
        const hashes = placed.map(({ md5 }) => md5);
        const outcome = await ways.objects(cache, place, { ...options, hashes });
        sum.transferred += outcome.transferred;
        sum.missing.push(...outcome.missing);
        sum.failed.push(...outcome.failed);
      }
    }
    if (runCache) sum.transferred += await ways.runs(cache, openRemote(project, remote), options);
    const unreadable = needed.unreadable.map(({ commit, message }) => `${commit.slice(0, 7)}: ${message}`);
    return { ...sum, unreadable };
  } finally {
    state.close();
  }
}

export function pushData(
  context: ExperimentsContext,
  experiments: readonly ChainEnds[],
  request: ExperimentDataRequest,
) {
  // `gc -c` must not take from the remote what is counted as there.
  const pin = { ...cachePlace(context.project), runner: { id: "push", label: "a push of experiments' data" } };
  return whilePinned(pin, () =>
    transfer(context, experiments, { request, ways: { layouts: "apart", objects: pushObjects, runs: pushRuns } }),
  );
}

export function pullData(
  context: ExperimentsContext,
  experiments: readonly ChainEnds[],
  request: ExperimentDataRequest,
) {
  return transfer(context, experiments, {
    request,
    ways: { layouts: "together", objects: pullObjects, runs: pullRuns },
  });
}

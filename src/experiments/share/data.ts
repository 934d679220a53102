/** The data of experiments, between the cache and storage remotes: all experiments of a call in one pass. */
import type { ObjectId } from "../../git/ids.ts";
import { type Cache, openCache } from "../../store/cache.ts";
import { projectState } from "../../store/project-state.ts";
import { byRemote } from "../../store/remotes/by-remote.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import { pushObjects } from "../../store/remotes/push-objects.ts";
import { pullRuns, pushRuns } from "../../store/remotes/run-cache.ts";
import type { TransferOptions, TransferOutcome } from "../../store/remotes/types.ts";
import type { ExperimentsContext } from "../repository.ts";
import { objectsOfCommits } from "./objects.ts";

export interface DataRequest extends TransferOptions {
  /** -r; undefined: the remote that an output names, or the default one. */
  readonly remote: string | undefined;
  readonly runCache: boolean;
}

export interface DataOutcome extends TransferOutcome {
  /** Pipeline files of experiments that can't be read: why. */
  readonly unreadable: readonly string[];
}

/** What a call without a storage remote did. */
export const noData: DataOutcome = { transferred: 0, missing: [], failed: [], unreadable: [] };

type Transfer = typeof pushObjects;
type TransferRuns = typeof pushRuns;

async function transfer(
  context: ExperimentsContext,
  commits: readonly ObjectId[],
  request: DataRequest,
  ways: { readonly objects: Transfer; readonly runs: TransferRuns },
): Promise<DataOutcome> {
  const { project } = context;
  const { remote, runCache, ...options } = request;
  const needed = await objectsOfCommits(context, commits);
  const state = projectState(project);
  const sum = { transferred: 0, missing: [] as string[], failed: [] as TransferOutcome["failed"][number][] };
  try {
    const cache: Cache = openCache(project, { state });
    for (const [name, objects] of byRemote({ project, remote }, needed.objects)) {
      // Without a default remote, the data of outputs that name none stays where it is.
      if (name === undefined) continue;
      const hashes = objects.map(({ md5 }) => md5);
      const outcome = await ways.objects(cache, openRemote(project, name), { ...options, hashes });
      sum.transferred += outcome.transferred;
      sum.missing.push(...outcome.missing);
      sum.failed.push(...outcome.failed);
    }
    if (runCache) sum.transferred += await ways.runs(cache, openRemote(project, remote), options);
    const unreadable = needed.unreadable.map(({ commit, message }) => `${commit.slice(0, 7)}: ${message}`);
    return { ...sum, unreadable };
  } finally {
    state.close();
  }
}

export function pushData(context: ExperimentsContext, commits: readonly ObjectId[], request: DataRequest) {
  return transfer(context, commits, request, { objects: pushObjects, runs: pushRuns });
}

export function pullData(context: ExperimentsContext, commits: readonly ObjectId[], request: DataRequest) {
  return transfer(context, commits, request, { objects: pullObjects, runs: pullRuns });
}

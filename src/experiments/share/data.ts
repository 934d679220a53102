/** The data of experiments, between the cache and a storage remote: all experiments of a call in one pass. */
import type { ObjectId } from "../../git/ids.ts";
import { type Cache, openCache } from "../../store/cache.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import { pushObjects } from "../../store/remotes/push-objects.ts";
import { pullRuns, pushRuns } from "../../store/remotes/run-cache.ts";
import type { StorageRemote, TransferOptions, TransferOutcome } from "../../store/remotes/types.ts";
import { projectState } from "../../store/state-database.ts";
import type { ExperimentsContext } from "../repository.ts";
import { objectsOfCommits } from "./objects.ts";

export interface DataRequest extends TransferOptions {
  readonly remote: StorageRemote;
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
  const { remote, runCache, ...options } = request;
  const needed = await objectsOfCommits(context, commits);
  const state = projectState(context.project);
  try {
    const cache: Cache = openCache(context.project, { state });
    const outcome = await ways.objects(cache, remote, { ...options, hashes: needed.hashes });
    const runs = runCache ? await ways.runs(cache, remote, options) : 0;
    const unreadable = needed.unreadable.map(({ commit, message }) => `${commit.slice(0, 7)}: ${message}`);
    return { ...outcome, transferred: outcome.transferred + runs, unreadable };
  } finally {
    await state.close();
  }
}

export function pushData(context: ExperimentsContext, commits: readonly ObjectId[], request: DataRequest) {
  return transfer(context, commits, request, { objects: pushObjects, runs: pushRuns });
}

export function pullData(context: ExperimentsContext, commits: readonly ObjectId[], request: DataRequest) {
  return transfer(context, commits, request, { objects: pullObjects, runs: pullRuns });
}

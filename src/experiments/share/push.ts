/**
 * Experiments to a Git remote, their data to a storage remote. The data goes first: whoever finds an experiment's ref
 * finds its data too. A ref is changed only if it still is what we saw there.
 */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import type { PushRefusal } from "../../git/prose.ts";
import { pushRefs, type RemoteChange } from "../../git/remote.ts";
import { type StudioAnswer, tellStudioOfRefs } from "../live/studio-hook.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import type { SharedRef } from "../shared-refs.ts";
import { listRemote } from "../show/listing.ts";
import { type ExperimentDataOutcome, noData, pushData, type ShareRequest } from "./data.ts";
import { divergedOf } from "./diverged.ts";
import { type MovedNotes, pushNotes } from "./notes.ts";
import { settleShared } from "./settle-shared.ts";

export interface PushResult {
  readonly pushed: readonly FinishedExperiment[];
  readonly upToDate: readonly FinishedExperiment[];
  readonly diverged: readonly FinishedExperiment[];
  /** What the remote has of the names of those that diverged. */
  readonly there: ReadonlyMap<RefName, ObjectId>;
  readonly refused: readonly {
    readonly experiment: FinishedExperiment;
    readonly why: PushRefusal;
    readonly reason: string;
  }[];
  readonly data: ExperimentDataOutcome;
  readonly notes: MovedNotes;
  /** What Studio says of it, where somebody is logged in. */
  readonly studio: StudioAnswer;
}

interface Standing {
  readonly experiment: FinishedExperiment;
  /** What the remote has of that name. */
  readonly there: ObjectId | undefined;
  readonly kind: "up to date" | "diverged" | "push";
}

async function standingsOf(
  { repository }: ExperimentsContext,
  { remote, experiments }: ShareRequest,
): Promise<{ readonly standings: readonly Standing[]; readonly queue: readonly SharedRef[] }> {
  const { experiments: listed, queue } = await listRemote(repository, remote);
  const remoteCommits = new Map(listed.map((item) => [`${item.baseline}/${item.name}`, item.commit]));
  const thereOf = ({ baseline, name }: FinishedExperiment) => remoteCommits.get(`${baseline}/${name}`);
  const diverged = await divergedOf(repository, experiments, thereOf);
  const standings = experiments.map((experiment): Standing => {
    const there = thereOf(experiment);
    if (there === experiment.commit) return { experiment, there, kind: "up to date" };
    return { experiment, there, kind: diverged.has(experiment) ? "diverged" : "push" };
  });
  return { standings, queue };
}

/** What others pushed meanwhile in the places of these. */
async function lookAgain(context: ExperimentsContext, request: ShareRequest): Promise<readonly Standing[]> {
  return request.experiments.length === 0 ? [] : (await standingsOf(context, request)).standings;
}

/** Errors: INVALID_REMOTE, GIT_REMOTE_FAILED; TRANSFER_FAILED where data could not be stored: then no ref is pushed. */
export async function pushExperiments(context: ExperimentsContext, request: ShareRequest): Promise<PushResult> {
  const upToDate: FinishedExperiment[] = [];
  const diverged: FinishedExperiment[] = [];
  const pushing: (RemoteChange & { readonly experiment: FinishedExperiment })[] = [];
  const { standings, queue } = await standingsOf(context, request);
  const known = new Map<RefName, ObjectId>();
  for (const { experiment, there, kind } of standings) {
    if (there !== undefined) known.set(experiment.ref, there);
    if (kind === "up to date") upToDate.push(experiment);
    else if (kind === "diverged" && request.diverged === "refuse") diverged.push(experiment);
    else pushing.push({ ref: experiment.ref, to: experiment.commit, experiment, expected: there });
  }
  const experiments = [...upToDate, ...pushing.map(({ experiment }) => experiment)];
  const data = request.data === undefined ? noData : await pushData(context, experiments, request.data);
  if (data.failed.length > 0) throw dataNotPushed(data);
  const outcomes = await pushRefs(context.repository, {
    remote: request.remote,
    changes: pushing,
    scratchFolder: context.state.scratch,
  });
  const result = {
    pushed: [] as FinishedExperiment[],
    refused: [] as PushResult["refused"][number][],
  };
  const stale: FinishedExperiment[] = [];
  for (const { ref, experiment } of pushing) {
    const outcome = outcomes.get(ref);
    if (outcome?.kind === "pushed") result.pushed.push(experiment);
    else if (outcome?.kind === "stale") stale.push(experiment);
    else if (outcome !== undefined) result.refused.push({ experiment, why: outcome.why, reason: outcome.reason });
    else result.refused.push({ experiment, why: "other", reason: "git said nothing of it" });
  }
  for (const { experiment, there } of await lookAgain(context, { ...request, experiments: stale })) {
    if (there === experiment.commit) upToDate.push(experiment);
    else diverged.push(experiment);
    if (there !== undefined) known.set(experiment.ref, there);
  }
  const arrived = [...upToDate, ...result.pushed];
  await settleShared(context, request.remote, { experiments: arrived, queue });
  const there = arrived.map(({ commit }) => commit);
  const notes = await pushNotes(context, { remote: request.remote, experiments: there });
  const { remote } = request;
  const studio = await tellStudioOfRefs(context, { remote, pushed: result.pushed.map(({ ref }) => ref) });
  return { ...result, upToDate, diverged, there: known, data, notes, studio };
}

/** Why nothing was pushed to the Git remote. */
export function dataNotPushed({ failed }: ExperimentDataOutcome): SweeplineError {
  const [first] = failed;
  return new SweeplineError({
    code: "TRANSFER_FAILED",
    message: `${failed.length} file${failed.length === 1 ? "" : "s"} failed to upload: ${first?.message ?? ""}`,
    hint: "Nothing was pushed to the Git remote; the same command goes on with what is missing.",
  });
}

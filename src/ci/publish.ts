/** Hands the results of a job on: to the Git remote and the storage remote, or into a bundle. */
import { SweeplineError } from "../base/errors.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { ExperimentDataRequest } from "../experiments/share/data.ts";
import { pushExperiments } from "../experiments/share/push.ts";
import type { ObjectId, RefName } from "../git/ids.ts";
import { changeRefs } from "../git/refs.ts";
import { type PushOutcome, pushRefs, type RemoteChange, shownRemote } from "../git/remote.ts";
import { type PointFailure, writeFailure } from "./failures.ts";
import type { SweepPlan } from "./plan.ts";
import { checkpointRef, failureRef, type PointRef } from "./plan-refs.ts";

/** Keeps why points failed, as refs of this repository. */
export async function keepFailures(
  { repository }: ExperimentsContext,
  plan: SweepPlan,
  failures: readonly PointFailure[],
): Promise<readonly PointRef[]> {
  const kept: PointRef[] = [];
  for (const failure of failures) {
    const { point } = failure;
    kept.push({ point, ref: failureRef(plan, point), commit: await writeFailure(repository, plan, failure) });
  }
  await changeRefs(
    repository,
    "sweepline: point failed",
    kept.map(({ ref, commit }) => ({ kind: "set", ref, to: commit })),
  );
  return kept;
}

type Refusal = Pick<Extract<PushOutcome, { kind: "refused" }>, "why" | "reason">;

export interface PublishRequest {
  readonly plan: SweepPlan;
  readonly remote: string;
  readonly results: readonly PointRef[];
  readonly failures: readonly PointRef[];
  /** The plan's refs that the remote had when we looked. */
  readonly there: ReadonlyMap<RefName, ObjectId>;
  readonly data: ExperimentDataRequest | undefined;
  /** Names of points that ran again because the data of their result is lost: theirs replaces it. */
  readonly redone: ReadonlySet<string>;
}

export interface Published {
  /** Points that this call brought to the remote. */
  readonly pushed: number;
  /** Points of which another job had brought another result before: that one counts. */
  readonly elsewhere: readonly string[];
  readonly files: number;
}

/**
 * Pushes data, then results, then failures; a failure or a checkpoint that the remote remembers of a point that succeeded now goes. Safe
 * to repeat. Errors: GIT_REMOTE_FAILED, INVALID_REMOTE, PUSH_REFUSED, TRANSFER_FAILED.
 */
export async function publishResults(context: ExperimentsContext, request: PublishRequest): Promise<Published> {
  const { plan, remote, results, failures, there } = request;
  const experiments = results.map(({ point, ref, commit }) => {
    return { ref, commit, name: point.name, baseline: plan.baseline };
  });
  const push = (diverged: "refuse" | "replace") => {
    const isOurs = ({ name }: { name: string }) => request.redone.has(name) === (diverged === "replace");
    return pushExperiments(context, { remote, experiments: experiments.filter(isOurs), diverged, data: request.data });
  };
  const parts = [await push("refuse"), ...(request.redone.size === 0 ? [] : [await push("replace")])];
  const failed = new Set(failures.map(({ ref }) => ref));
  const overcome = results
    .flatMap(({ point }) => [failureRef(plan, point), checkpointRef(plan, point)])
    .filter((ref) => there.has(ref) && !failed.has(ref));
  const changes: RemoteChange[] = [
    ...failures.map(({ ref, commit }) => ({ ref, to: commit, expected: there.get(ref) })),
    ...overcome.map((ref) => ({ ref, to: undefined, expected: there.get(ref) })),
  ].filter(({ ref, to }) => there.get(ref) !== to);
  const outcomes = await pushRefs(context.repository, {
    remote,
    changes,
    scratchFolder: context.state.scratch,
  });
  // A stale one was told by another job of the same point: as good as ours.
  const refusals = [...outcomes.values()].flatMap((outcome) => (outcome.kind === "refused" ? [outcome] : []));
  checkAccepted(remote, [...parts.flatMap(({ refused }) => refused), ...refusals]);
  return {
    pushed: parts.flatMap(({ pushed }) => pushed).length,
    elsewhere: parts.flatMap(({ diverged }) => diverged).map(({ name }) => name),
    files: parts.reduce((sum, { data }) => sum + data.transferred, 0),
  };
}

/** Throws for the first refusal; of refs that other jobs pushed at the same moment only where there is no other. */
function checkAccepted(remote: string, refusals: readonly Refusal[]): void {
  const first = refusals.find(({ why }) => why !== "raced") ?? refusals[0];
  if (first === undefined) return;
  // Another job of the same points: the next try finds them there.
  if (first.why === "raced")
    throw new SweeplineError({
      code: "PUSH_REFUSED",
      message: `another job pushes the same points to '${shownRemote(remote)}' at this moment`,
    });
  throw new SweeplineError({
    code: first.why === "denied" ? "PUSH_DENIED" : "PUSH_REFUSED",
    message: `Git remote '${shownRemote(remote)}' refused ${refusals.length} refs: ${first.reason}`,
    hint: "Where this job may not push, --bundle FILE writes its results into a file.",
  });
}

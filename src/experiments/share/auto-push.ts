/** exp.auto_push: what a command made is shared when it ends, as in DVC (repo/experiments/executor/base.py). */
import { SweeplineError } from "../../base/errors.ts";
import { wordList } from "../../base/text/listing.ts";
import { hasGitRemote } from "../../git/remote.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type FinishedExperiment, listFinished } from "../results/finished.ts";
import { dataRequest, type ExperimentDataOutcome, type TransferEvents } from "./data.ts";
import { pushExperiments } from "./push.ts";

const yes = /^(?:1|y|yes|on|true)$/i;

export interface AutoPushEvents extends TransferEvents {
  /** Experiments are about to be pushed to that Git remote. */
  pushing(remote: string): void;
  moved(data: ExperimentDataOutcome): void;
}

export interface AutoPush {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly events: AutoPushEvents;
}

interface NewExperiments {
  readonly remote: string;
  readonly experiments: readonly FinishedExperiment[];
}

async function pushNew(
  context: ExperimentsContext,
  { remote, experiments }: NewExperiments,
  events: AutoPushEvents,
): Promise<void> {
  events.pushing(remote);
  events.started("Uploading");
  try {
    const data = dataRequest(context.project, { cache: true, runCache: true }, events);
    const result = await pushExperiments(context, { remote, experiments, diverged: "refuse", data });
    events.moved(result.data);
    const left = [...result.diverged, ...result.refused.map(({ experiment }) => experiment)];
    if (left.length === 0) return;
    events.warn(`'${remote}' has something else of that name, or refused: ${wordList(left.map(({ name }) => name))}`);
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    events.warn(`Something went wrong while auto pushing experiment to the remote '${remote}': ${error.message}`);
  } finally {
    events.ended();
  }
}

/**
 * Does the work; then, with exp.auto_push (DVC_EXP_AUTO_PUSH), pushes the experiments that were made meanwhile to
 * exp.git_remote (DVC_EXP_GIT_REMOTE; default: origin), with their data. A push that fails is a warning: the experiments
 * are here.
 */
export async function withAutoPush<T>(
  context: ExperimentsContext,
  { environment, events }: AutoPush,
  work: () => Promise<T>,
): Promise<T> {
  const { config } = context.project;
  if (!yes.test(environment.DVC_EXP_AUTO_PUSH ?? config.get("exp.auto_push") ?? "")) return work();
  const remote = environment.DVC_EXP_GIT_REMOTE ?? config.get("exp.git_remote") ?? "origin";
  if (!(await hasGitRemote(context.repository, remote))) {
    events.warn(`Failed to validate remotes. Disabling auto push: there is no Git remote '${remote}'`);
    return work();
  }
  const before = new Map((await listFinished(context)).map(({ ref, commit }) => [ref, commit]));
  const result = await work();
  const experiments = (await listFinished(context)).filter(({ ref, commit }) => before.get(ref) !== commit);
  if (experiments.length > 0) await pushNew(context, { remote, experiments }, events);
  return result;
}

/** Pushes what a command made. */
import { SweeplineError } from "../../base/errors.ts";
import { wordList } from "../../base/text/listing.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import { dataRequest, type ExperimentDataOutcome, type TransferEvents } from "./data.ts";
import { pushExperiments } from "./push.ts";

export interface AutoPushEvents extends TransferEvents {
  /** Experiments are about to be pushed to that Git remote. */
  pushing(remote: string): void;
  moved(data: ExperimentDataOutcome): void;
}

interface NewExperiments {
  readonly remote: string;
  readonly experiments: readonly FinishedExperiment[];
}

/** A push that fails is a warning: the experiments are here. */
export async function pushNew(
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
    if (result.studio.warning !== undefined) events.warn(result.studio.warning);
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

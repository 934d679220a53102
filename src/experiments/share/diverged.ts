/** Which experiments can't simply take the place of what has their name where they go. */
import { comeAfter } from "../../git/ancestry.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Repository } from "../../git/repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";

/**
 * The experiments whose name stands for another commit there that is no earlier state of theirs.
 * @param thereOf what has an experiment's name where it goes; undefined: nothing
 */
export async function divergedOf(
  repository: Repository,
  experiments: readonly FinishedExperiment[],
  thereOf: (experiment: FinishedExperiment) => ObjectId | undefined,
): Promise<ReadonlySet<FinishedExperiment>> {
  const changed = experiments.flatMap((experiment) => {
    const before = thereOf(experiment);
    const { baseline, commit: after } = experiment;
    return before === undefined ? [] : [{ experiment, before, after, baseline }];
  });
  const isLater = await comeAfter(repository, changed);
  return new Set(changed.filter((_, at) => !isLater[at]).map(({ experiment }) => experiment));
}

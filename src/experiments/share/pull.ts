/**
 * Experiments from a Git remote, their data from a storage remote. What comes is a stranger's: a ref's name is checked
 * before it is used (selection.ts), a commit is only read, its stages are never run.
 */
import { SweeplineError } from "../../base/errors.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { changeRefs, type RefChange } from "../../git/refs.ts";
import { fetchObjects } from "../../git/remote.ts";
import { cachePlace, whilePinned } from "../../pipeline/locks/pins.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type FinishedExperiment, listFinished } from "../results/finished.ts";
import { type ExperimentDataOutcome, noData, pullData, type ShareRequest } from "./data.ts";
import { divergedOf } from "./diverged.ts";
import { type MovedNotes, pullNotes } from "./notes.ts";

export interface PullResult {
  readonly pulled: readonly FinishedExperiment[];
  readonly upToDate: readonly FinishedExperiment[];
  /** As the remote has them. */
  readonly diverged: readonly FinishedExperiment[];
  /** What is here of the names of those that diverged. */
  readonly here: ReadonlyMap<RefName, ObjectId>;
  /** Refs that name no commit. */
  readonly strange: readonly FinishedExperiment[];
  readonly data: ExperimentDataOutcome;
  readonly notes: MovedNotes;
}

/**
 * Which refs name a commit, and which a blob, a tree or a tag. Refuses the pull where the remote changed between listing
 * and fetching: half of it would be of another time.
 */
async function sortArrived(
  context: ExperimentsContext,
  experiments: readonly FinishedExperiment[],
): Promise<{ readonly commits: readonly FinishedExperiment[]; readonly strange: readonly FinishedExperiment[] }> {
  const objects = new CatFile(context.repository);
  try {
    const found = await objects.readAll(experiments.map(({ commit }) => commit));
    const absent = experiments.find((_, at) => found[at] === undefined);
    if (absent !== undefined)
      throw new SweeplineError({
        code: "REMOTE_CHANGED",
        message: `the remote changed while it was read: '${absent.name}' is not what it was`,
        hint: "Try again.",
      });
    const isCommit = (_: FinishedExperiment, at: number) => found[at]?.type === "commit";
    return {
      commits: experiments.filter(isCommit),
      strange: experiments.filter((item, at) => !isCommit(item, at)),
    };
  } finally {
    objects.close();
  }
}

/** Errors: GIT_REMOTE_FAILED, REMOTE_CHANGED, REFS_REFUSED. Failures of data are part of the result. */
export async function pullExperiments(context: ExperimentsContext, request: ShareRequest): Promise<PullResult> {
  const here = new Map((await listFinished(context)).map((item) => [item.ref, item.commit]));
  const upToDate = request.experiments.filter(({ ref, commit }) => here.get(ref) === commit);
  const listed = request.experiments.filter(({ ref, commit }) => here.get(ref) !== commit);
  await fetchObjects(
    context.repository,
    request.remote,
    listed.map(({ ref, commit }) => ({ name: ref, id: commit })),
  );
  const { commits: fresh, strange } = await sortArrived(context, listed);
  const pulled: FinishedExperiment[] = [];
  const diverged: FinishedExperiment[] = [];
  const changes: RefChange[] = [];
  const refused =
    request.diverged === "replace"
      ? new Set()
      : await divergedOf(context.repository, fresh, ({ ref }) => here.get(ref));
  for (const experiment of fresh) {
    const { ref, commit } = experiment;
    const from = here.get(ref);
    if (refused.has(experiment)) diverged.push(experiment);
    else {
      pulled.push(experiment);
      changes.push(
        from === undefined ? { kind: "create", ref, to: commit } : { kind: "update", ref, from, to: commit },
      );
    }
  }
  const experiments = [...upToDate, ...pulled];
  // The data first: who is killed on the way leaves no experiment without it.
  const { data: dataRequest } = request;
  const pin = { ...cachePlace(context.project), runner: { id: "pull", label: "a pull of experiments" } };
  const data = await whilePinned(pin, async () => {
    const moved = dataRequest === undefined ? noData : await pullData(context, experiments, dataRequest);
    await changeRefs(context.repository, "sweepline: pulled", changes);
    return moved;
  });
  const notes = await pullNotes(context, {
    remote: request.remote,
    experiments: experiments.map(({ commit }) => commit),
  });
  return { pulled, upToDate, diverged, here, strange, data, notes };
}

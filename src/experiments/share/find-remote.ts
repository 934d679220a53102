/** Experiments of a Git remote that a condition holds for: their commits are fetched and read, no ref of ours changes. */
import type { ObjectId } from "../../git/ids.ts";
import { fetchObjects } from "../../git/remote.ts";
import { chooseRows } from "../find/find.ts";
import { isEmptyNote } from "../notes/note.ts";
import type { KeptNotes } from "../notes/store.ts";
import { type LoadedRevision, loadRevisions, openReading } from "../reading/load-revisions.ts";
import type { Baseline, Experiment } from "../reading/types.ts";
import { type ExperimentsContext, experimentRef } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import { byBaseline } from "../show/listing.ts";
import { commitNamer, readNames } from "../show/revisions.ts";
import { remoteNotes } from "./notes.ts";
import { type Selection, selectExperiments } from "./selection.ts";

function rowOf({ name, commit }: FinishedExperiment, revision: LoadedRevision, notes: KeptNotes): Experiment {
  const { timestamp, data, error, sweep } = revision;
  const note = notes.get(commit)?.note;
  return {
    name,
    executor: null,
    revs: [{ rev: commit, name, timestamp, data, error }],
    sweep,
    ...(note === undefined || isEmptyNote(note) ? {} : { note }),
  };
}

async function rowsOf(
  context: ExperimentsContext,
  experiments: readonly FinishedExperiment[],
  notes: KeptNotes,
): Promise<readonly Baseline[]> {
  const reading = await openReading(context, { kind: "tracked", params: "all" });
  try {
    const revisions = await loadRevisions(
      experiments.map(({ commit }) => commit),
      reading,
    );
    const head = (await reading.objects.read("HEAD^{commit}"))?.id;
    const nameOf = commitNamer(await readNames(context.repository, head));
    return [...byBaseline(experiments)].map(([rev, group]) => ({
      rev,
      name: nameOf(rev),
      timestamp: null,
      data: null,
      error: null,
      experiments: group.flatMap((experiment) => {
        const revision = revisions.get(experiment.commit);
        return revision === undefined ? [] : [rowOf(experiment, revision, notes)];
      }),
    }));
  } finally {
    reading.close();
  }
}

export interface FoundInRemote {
  /** Sorted by ref. */
  readonly found: readonly FinishedExperiment[];
  /** Those of the remote that were not looked at. */
  readonly others: readonly FinishedExperiment[];
  /** Of the condition: see Chosen. */
  readonly doubts: readonly string[];
}

export interface RemoteQuestion {
  readonly where: readonly string[];
  /** Where the condition looks. */
  readonly selection: Selection;
}

/** Conditions on notes, tags and stars are about those of the remote. Errors: INVALID_REMOTE, GIT_REMOTE_FAILED, UNKNOWN_REVISION; those of chooseRows. */
export async function findInRemote(
  context: ExperimentsContext,
  remote: string,
  { where, selection }: RemoteQuestion,
): Promise<FoundInRemote> {
  const { experiments } = await selectExperiments(context, remote, selection);
  const all =
    selection.kind === "all" ? experiments : (await selectExperiments(context, remote, { kind: "all" })).experiments;
  const looked = new Set(experiments.map(({ ref }) => ref));
  const others = all.filter(({ ref }) => !looked.has(ref));
  if (experiments.length === 0) return { found: [], others, doubts: [] };
  await fetchObjects(
    context.repository,
    remote,
    experiments.map(({ ref, commit }) => ({ name: ref, id: commit })),
  );
  const commits = experiments.map(({ commit }): ObjectId => commit);
  const notes = await remoteNotes(context, { remote, experiments: commits });
  const baselines = await rowsOf(context, experiments, notes);
  const { rows, doubts } = chooseRows(baselines, { where, best: undefined, top: undefined });
  const refs = new Set(
    rows.flatMap(({ baselineId, facts: { name } }) => (name === null ? [] : [experimentRef(baselineId, name)])),
  );
  return { found: experiments.filter(({ ref }) => refs.has(ref)), others, doubts };
}

/** What experiments say, in short: those that came, those that a remote has, and how two of one name differ. */

import type { Value } from "../../base/value.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { fetchObjects } from "../../git/remote.ts";
import { loadRevisions, openReading } from "../reading/load-revisions.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import { diffFiles, type FilesDiff } from "../show/diff.ts";
import { flattenMetrics } from "../show/flatten.ts";

const request = { kind: "tracked", params: "all" } as const;

/** Brings commits that are not here, without their data and without a ref of ours. Errors: GIT_REMOTE_FAILED. */
async function bring({ repository }: ExperimentsContext, remote: string, refs: readonly Distant[]): Promise<void> {
  const objects = new CatFile(repository);
  let absent: readonly Distant[];
  try {
    const found = await objects.readAll(refs.map(({ commit }) => commit));
    absent = refs.filter((_, at) => found[at] === undefined);
  } finally {
    objects.close();
  }
  await fetchObjects(
    repository,
    remote,
    absent.map(({ ref, commit }) => ({ name: ref, id: commit })),
  );
}

/** A ref of a remote, as it was listed. */
export type Distant = Pick<FinishedExperiment, "ref" | "commit">;

/** What a commit says in one line. */
export interface CommitSummary {
  /** Flat; of a commit that can't be read there are none. */
  readonly metrics: ReadonlyMap<string, Value>;
  /** Of a trial of a search: its number, from 1. */
  readonly trial: number | undefined;
}

/** `remote`: where the commits are, if not here. */
export async function summariesOf(
  context: ExperimentsContext,
  remote: string | undefined,
  refs: readonly Distant[],
): Promise<ReadonlyMap<ObjectId, CommitSummary>> {
  if (refs.length === 0) return new Map();
  if (remote !== undefined) await bring(context, remote, refs);
  const reading = await openReading(context, request);
  try {
    const commits = refs.map(({ commit }) => commit);
    const loaded = await loadRevisions(commits, reading);
    return new Map(
      [...loaded].map(([id, { data, trial }]) => [id, { metrics: flattenMetrics(data?.metrics ?? new Map()), trial }]),
    );
  } finally {
    reading.close();
  }
}

export interface Difference {
  readonly experiment: FinishedExperiment;
  /** From what is there to what is here. */
  readonly params: FilesDiff;
  readonly metrics: FilesDiff;
}

/** How experiments differ from what has their names in a remote. Nothing of either is run. Errors: GIT_REMOTE_FAILED. */
export async function differences(
  context: ExperimentsContext,
  remote: string,
  pairs: readonly { readonly experiment: FinishedExperiment; readonly there: ObjectId }[],
): Promise<readonly Difference[]> {
  if (pairs.length === 0) return [];
  await bring(
    context,
    remote,
    pairs.map(({ experiment: { ref }, there }) => ({ ref: ref as RefName, commit: there })),
  );
  const reading = await openReading(context, request);
  try {
    const commits = pairs.flatMap(({ experiment, there }) => [experiment.commit, there]);
    const loaded = await loadRevisions(commits, reading);
    const files = (id: ObjectId, kind: "params" | "metrics") => loaded.get(id)?.data?.[kind] ?? new Map();
    const diff = (pair: (typeof pairs)[number], kind: "params" | "metrics") =>
      diffFiles(files(pair.there, kind), files(pair.experiment.commit, kind), "changed");
    return pairs.map((pair) => ({
      experiment: pair.experiment,
      params: diff(pair, "params"),
      metrics: diff(pair, "metrics"),
    }));
  } finally {
    reading.close();
  }
}

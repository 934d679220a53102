/** The trials that a search has already, told by what is queued and finished: nothing else is kept of it. */
import type { Value } from "../../base/value.ts";
import { pointsOfSweep } from "../../experiments/find/sweeps.ts";
import { listQueue } from "../../experiments/queue/entries.ts";
import type { OverrideText, StoppedEarly } from "../../experiments/record.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { collectExperiments } from "../../experiments/show/collect.ts";
import { flattenMetrics } from "../../experiments/show/flatten.ts";
import type { ObjectId } from "../../git/ids.ts";

export interface KnownTrial {
  /** Its place in the search, from 0. */
  readonly number: number;
  readonly name: string;
  readonly overrides: readonly OverrideText[];
  /** "open": it is queued, or runs. */
  readonly state: "finished" | "failed" | "open";
  /** Of an open one. */
  readonly sequence?: number;
  readonly metrics: ReadonlyMap<string, Value>;
  readonly stopped?: StoppedEarly;
}

/** The metrics of the finished experiments of a commit, by name. */
export async function metricsByName(
  context: ExperimentsContext,
  baseline: ObjectId,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Value>>> {
  const collected = await collectExperiments(context, {
    revisions: { revs: [baseline], count: 1, allBranches: false, allTags: false, allCommits: false },
    hide: new Set(["workspace", "queued", "failed"]),
    params: "all",
    naming: "names",
  });
  const found = new Map<string, ReadonlyMap<string, Value>>();
  for (const { experiments } of collected)
    for (const { name, revs } of experiments) {
      const metrics = revs[0].data?.metrics;
      if (name !== null && metrics !== undefined) found.set(name, flattenMetrics(metrics));
    }
  return found;
}

/** In their order. A place that has two trials (others ran the same line) counts once. */
export async function knownTrials(
  context: ExperimentsContext,
  sweep: string,
  baseline: ObjectId,
): Promise<readonly KnownTrial[]> {
  const points = await pointsOfSweep(context, sweep);
  if (points.length === 0) return [];
  const [metrics, { entries }] = await Promise.all([metricsByName(context, baseline), listQueue(context)]);
  const sequences = new Map(entries.map(({ name, sequence }) => [name, sequence]));
  const known = new Map<number, KnownTrial>();
  for (const { place, name, state, facts } of points) {
    const sequence = sequences.get(name);
    const shared = { number: place, name, overrides: facts.overrides, metrics: metrics.get(name) ?? new Map() };
    const stopped = facts.stopped === undefined ? {} : { stopped: facts.stopped };
    if (state === "success") known.set(place, { ...shared, ...stopped, state: "finished" });
    else if (!known.has(place))
      known.set(place, {
        ...shared,
        state: state === "failed" ? "failed" : "open",
        ...(sequence === undefined ? {} : { sequence }),
      });
  }
  return [...known.values()].sort((a, b) => a.number - b.number);
}

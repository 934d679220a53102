/** One experiment as a condition sees it. */
import type { Value } from "../../base/value.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Baseline, Experiment, RunState } from "../reading/types.ts";
import { type Leaves, rememberLeaves, type ValueColumn } from "../show/value-columns.ts";

/** What is known of an experiment beside its parameters and metrics. */
export interface ExperimentFactsRow {
  readonly state: RunState;
  readonly name: string | null;
  readonly sweep: string | null;
  /** Its number, from 1, where it is a trial of a search. */
  readonly trial: number | null;
  /** Seconds since the epoch. */
  readonly created: number | null;
  /** The commit that it derives from: its branch or tag, else its id. */
  readonly baseline: string;
  readonly commit: string;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly starred: boolean;
  /** Ended before its time, since it was hopeless. */
  readonly stopped: boolean;
}

export interface FilterRow {
  readonly experiment: Experiment;
  /** The commit that it derives from. */
  readonly baselineId: ObjectId;
  readonly facts: ExperimentFactsRow;
  readonly valueIn: (column: ValueColumn) => Value | undefined;
}

/** Names that conditions know beside columns. */
export const factNames = [
  "state",
  "name",
  "sweep",
  "trial",
  "created",
  "baseline",
  "commit",
  "note",
  "tags",
  "starred",
  "stopped",
] as const;
export type FactName = (typeof factNames)[number];

/** Of what is finished DVC's readers see no executor where it is not known where it ran. */
function stateOfExperiment({ executor }: Experiment): RunState {
  return executor?.state ?? "success";
}

function filterRow(baseline: Baseline, experiment: Experiment, leaves: Leaves): FilterRow {
  const tip = experiment.revs[0];
  const valueIn = ({ column, file, name }: ValueColumn) => {
    const result = (column.kind === "metric" ? tip.data?.metrics : tip.data?.params)?.get(file);
    return result === undefined ? undefined : leaves(file, result).get(name);
  };
  const facts: ExperimentFactsRow = {
    state: stateOfExperiment(experiment),
    name: tip.name,
    sweep: experiment.sweep ?? null,
    trial: experiment.trial ?? null,
    created: tip.timestamp,
    baseline: baseline.name ?? baseline.rev,
    commit: tip.rev,
    note: experiment.note?.text || null,
    tags: experiment.note?.tags ?? [],
    starred: experiment.note?.starred ?? false,
    stopped: experiment.stoppedAt !== undefined,
  };
  return { experiment, baselineId: baseline.rev as ObjectId, facts, valueIn };
}

/** The rows of all experiments, from top to bottom. */
export function filterRows(baselines: readonly Baseline[], leaves = rememberLeaves()): readonly FilterRow[] {
  return baselines.flatMap((baseline) =>
    baseline.experiments.map((experiment) => filterRow(baseline, experiment, leaves)),
  );
}

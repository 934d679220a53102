/** Which experiments a command line asks for: those that a condition holds for, and of them the best by a metric. */
import { SweeplineError } from "../../base/errors.ts";
import { finiteNumber } from "../../base/value.ts";
import { readCondition } from "../../sweep/conditions/compile.ts";
import { listQueue } from "../queue/entries.ts";
import type { Baseline, Experiment } from "../reading/types.ts";
import { type ExperimentsContext, experimentRef } from "../repository.ts";
import { type CollectOptions, collectExperiments } from "../show/collect.ts";
import {
  type ColumnOption,
  collectColumns,
  type ExperimentColumns,
  type Leaves,
  rememberLeaves,
  sortColumn,
  type ValueColumn,
} from "../show/value-columns.ts";
import { type CompiledFilter, compileFilter, whereOption } from "./compile-filter.ts";
import { knownDirection, type MetricDirection, olderFirst } from "./direction.ts";
import { type FilterRow, filterRows } from "./filter-row.ts";

export interface BestBy {
  readonly metric: string;
  /** What named it; default: --best. */
  readonly option?: ColumnOption;
  /** undefined: what the metric's name tells. */
  readonly direction: MetricDirection | undefined;
}

export interface FindRequest {
  /** Conditions that all have to hold; undefined: none. */
  readonly where: readonly string[] | undefined;
  readonly best: BestBy | undefined;
  /** How many of the best; undefined: all. */
  readonly top: number | undefined;
}

export interface Chosen {
  /** Where there is a metric, the best first; experiments without it are none of the best. */
  readonly rows: readonly FilterRow[];
  readonly columns: ExperimentColumns;
  /** What of the conditions can't hold for values such as there are, as sentences. */
  readonly doubts: readonly string[];
}

/** Whether less or more of it is better. Throws BAD_OPTIONS where nobody says it. */
function directionOf(name: string, asked: MetricDirection | undefined): MetricDirection {
  const direction = asked ?? knownDirection(name);
  if (direction !== undefined) return direction;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `whether more or less of '${name}' is better is not to be told by its name`,
    hint: "Add --max or --min.",
  });
}

/** The rows that have a number there, the best first; of equals the oldest. */
function bestFirst(rows: readonly FilterRow[], column: ValueColumn, direction: MetricDirection): readonly FilterRow[] {
  const sign = direction === "max" ? -1 : 1;
  return rows
    .flatMap((row) => {
      const value = finiteNumber(row.valueIn(column));
      return value === undefined || row.facts.state !== "success" ? [] : [{ row, value }];
    })
    .sort((a, b) => sign * (a.value - b.value) || olderFirst(a.row.facts, b.row.facts))
    .map(({ row }) => row);
}

function whereFilter(where: readonly string[], columns: ExperimentColumns): CompiledFilter {
  const now = Date.now() / 1000;
  const conditions = where.map((text) =>
    compileFilter(readCondition({ text, option: whereOption }), { text, columns, now }),
  );
  return {
    holds: (row) => conditions.every(({ holds }) => holds(row)),
    doubts: () => conditions.flatMap(({ doubts }) => doubts()),
  };
}

/** Errors: FILTER_INVALID, FILTER_NAME_UNKNOWN, UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN, BAD_OPTIONS. */
export function chooseRows(
  baselines: readonly Baseline[],
  { where, best, top }: FindRequest,
  leaves: Leaves = rememberLeaves(),
): Chosen {
  const columns = collectColumns(baselines, leaves);
  const all = filterRows(baselines, leaves);
  const filter = where === undefined ? undefined : whereFilter(where, columns);
  const rows = filter === undefined ? all : all.filter(filter.holds);
  const doubts = filter?.doubts() ?? [];
  if (best === undefined) return { rows, columns, doubts };
  const column = sortColumn(best.metric, columns, best.option ?? "--best");
  const sorted = bestFirst(rows, column, directionOf(column.name, best.direction));
  return { rows: sorted.slice(0, top), columns, doubts };
}

/** The baselines with no other experiments. */
export function onlyRows(baselines: readonly Baseline[], rows: readonly FilterRow[]): readonly Baseline[] {
  const chosen = new Set<Experiment>(rows.map(({ experiment }) => experiment));
  return baselines.map((baseline) => ({
    ...baseline,
    experiments: baseline.experiments.filter((experiment) => chosen.has(experiment)),
  }));
}

/** All experiments of the repository, whatever they derive from. @param kept of one who asks again and again: see CollectOptions */
export function collectAll(context: ExperimentsContext, kept?: CollectOptions["kept"]): Promise<readonly Baseline[]> {
  return collectExperiments(context, {
    ...(kept === undefined ? {} : { kept }),
    revisions: { revs: [], count: 1, allBranches: false, allTags: false, allCommits: true },
    hide: new Set(["workspace"]),
    params: "all",
    naming: "names",
  });
}

export interface MeantRefs {
  readonly finished: readonly string[];
  /** Entries of our queue. */
  readonly entries: readonly string[];
}

/** Their full refs, by which no other experiment is meant. What only DVC's own queue has is left out. */
export async function refsOfRows(context: ExperimentsContext, rows: readonly FilterRow[]): Promise<MeantRefs> {
  const isFinished = ({ facts }: FilterRow) => facts.state === "success";
  const commits = new Set(rows.filter((row) => !isFinished(row)).map(({ facts }) => facts.commit));
  const { entries } = commits.size === 0 ? { entries: [] } : await listQueue(context);
  return {
    finished: rows
      .filter(isFinished)
      .flatMap(({ experiment: { name }, baselineId }) => (name === null ? [] : [experimentRef(baselineId, name)])),
    entries: entries.filter(({ commit }) => commits.has(commit)).map(({ ref }) => ref),
  };
}

/** Which experiments a command line asks for: those that a condition holds for, and of them the best by a metric. */
import { SweeplineError } from "../../base/errors.ts";
import type { Value } from "../../base/value.ts";
import { readCondition } from "../../sweep/conditions/compile.ts";
import { listQueue } from "../queue/entries.ts";
import type { Baseline, Experiment } from "../reading/types.ts";
import { type ExperimentsContext, experimentRef } from "../repository.ts";
import { type CollectOptions, collectExperiments } from "../show/collect.ts";
import {
  collectColumns,
  type ExperimentColumns,
  type Leaves,
  rememberLeaves,
  sortColumn,
  type ValueColumn,
} from "../show/value-columns.ts";
import { compileFilter, whereOption } from "./compile-filter.ts";
import { knownDirection, type MetricDirection } from "./direction.ts";
import { type FilterRow, filterRows } from "./filter-row.ts";

export interface BestBy {
  readonly metric: string;
  /** undefined: what the metric's name tells. */
  readonly direction: MetricDirection | undefined;
}

export interface FindRequest {
  readonly where: string | undefined;
  readonly best: BestBy | undefined;
  /** How many of the best; undefined: all. */
  readonly top: number | undefined;
}

export interface Chosen {
  /** Where there is a metric, the best first; experiments without it are none of the best. */
  readonly rows: readonly FilterRow[];
  readonly columns: ExperimentColumns;
}

function numberOf(value: Value | undefined): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && !Number.isNaN(number) ? number : undefined;
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

/** The rows that have a number there, the best first; of equals as they were. */
function bestFirst(rows: readonly FilterRow[], column: ValueColumn, direction: MetricDirection): readonly FilterRow[] {
  const sign = direction === "max" ? -1 : 1;
  return rows
    .flatMap((row) => {
      const value = numberOf(row.valueIn(column));
      return value === undefined || row.facts.state !== "success" ? [] : [{ row, value }];
    })
    .sort((a, b) => (a.value === b.value ? 0 : sign * (a.value < b.value ? -1 : 1)))
    .map(({ row }) => row);
}

function wherePredicate(where: string, columns: ExperimentColumns): (row: FilterRow) => boolean {
  const filter = readCondition({ text: where, option: whereOption });
  return compileFilter(filter, { text: where, columns, now: Date.now() / 1000 });
}

/** Errors: FILTER_INVALID, UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN, BAD_OPTIONS. */
export function chooseRows(
  baselines: readonly Baseline[],
  { where, best, top }: FindRequest,
  leaves: Leaves = rememberLeaves(),
): Chosen {
  const columns = collectColumns(baselines, leaves);
  const all = filterRows(baselines, leaves);
  const rows = where === undefined ? all : all.filter(wherePredicate(where, columns));
  if (best === undefined) return { rows, columns };
  const column = sortColumn(best.metric, columns);
  const sorted = bestFirst(rows, column, directionOf(column.name, best.direction));
  return { rows: sorted.slice(0, top), columns };
}

/** Their baselines with no other experiments; those where none is left are gone, but for what stands for itself. */
export function onlyChosen(baselines: readonly Baseline[], request: FindRequest): readonly Baseline[] {
  if (request.where === undefined && request.best === undefined) return baselines;
  const chosen = new Set<Experiment>(chooseRows(baselines, request).rows.map(({ experiment }) => experiment));
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

export async function findExperiments(
  context: ExperimentsContext,
  request: FindRequest,
): Promise<readonly FilterRow[]> {
  return chooseRows(await collectAll(context), request).rows;
}

/** The commit of the best one. Errors: NOT_AN_EXPERIMENT where none has the metric, those of chooseRows. */
export async function commitOfBest(
  context: ExperimentsContext,
  { where, best }: { readonly where: string | undefined; readonly best: BestBy },
): Promise<string> {
  const [row] = await findExperiments(context, { where, best, top: 1 });
  if (row !== undefined) return row.facts.commit;
  throw new SweeplineError({
    code: "NOT_AN_EXPERIMENT",
    message: `no finished experiment has the metric '${best.metric}'`,
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

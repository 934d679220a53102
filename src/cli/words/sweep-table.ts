import { SweeplineError } from "../../base/errors.ts";
import { knownDirection, type MetricDirection } from "../../experiments/find/direction.ts";
import type { Baseline, Experiment } from "../../experiments/reading/types.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { collectExperiments } from "../../experiments/show/collect.ts";
import { collectColumns, isUnknownSort, rememberLeaves, sortColumn } from "../../experiments/show/value-columns.ts";
import { showTable } from "../../report/exp-show.ts";
import type { Point } from "../../sweep/types.ts";
import { type Io, warn } from "../terminal/io.ts";
import { terminalOf } from "../terminal/terminal.ts";

export interface SweepTableOptions {
  /** The experiments of the sweep, also those that an earlier run of it made. */
  readonly names: ReadonlySet<string>;
  readonly baseline: string;
  readonly sortBy?: string;
  readonly sortOrder?: "asc" | "desc";
  /** Numbers of trials by name: those that count in the search and were made by another sweep do not know theirs. */
  readonly trials?: ReadonlyMap<string, number>;
  /** Parameters in which replicas differ: these are one row. */
  readonly fold?: readonly string[] | undefined;
}

function numbered(experiment: Experiment, trial: number | undefined): Experiment {
  return trial === undefined ? experiment : { ...experiment, trial };
}

/** The experiments of the sweep, below what they derive from. */
export async function collectNamed(
  context: ExperimentsContext,
  { names, baseline, trials }: Pick<SweepTableOptions, "names" | "baseline" | "trials">,
) {
  const collected = await collectExperiments(context, {
    revisions: { revs: [baseline], count: 1, allBranches: false, allTags: false, allCommits: false },
    hide: new Set(["workspace"]),
    params: "all",
    naming: "names",
  });
  return collected.map((item) => ({
    ...item,
    experiments: item.experiments
      .filter(({ name }) => names.has(name ?? ""))
      .map((experiment) => numbered(experiment, trials?.get(experiment.name ?? ""))),
  }));
}

type Sort = { readonly sortBy?: string; readonly order?: "asc" | "desc" };

function sortOf({ sortBy, sortOrder }: SweepTableOptions): Sort {
  return sortBy === undefined ? {} : { sortBy, order: sortOrder ?? "asc" };
}

/**
 * Before anything runs: whether the table can be sorted so, as far as that can be known. A metric may be one that the stages
 * begin to write. Errors: AMBIGUOUS_SORT_COLUMN; UNKNOWN_SORT_COLUMN where a column of nearly that name is there.
 */
export async function checkSortColumn(
  io: Io,
  context: ExperimentsContext,
  { sortBy, points }: { readonly sortBy: string | undefined; readonly points: readonly Point[] },
): Promise<void> {
  if (sortBy === undefined) return;
  const baselines = await collectExperiments(context, {
    revisions: { revs: [], count: 1, allBranches: false, allTags: false, allCommits: false },
    hide: new Set(["queued", "failed"]),
    params: "all",
    naming: "names",
  });
  const columns = collectColumns(baselines, rememberLeaves());
  const swept = new Set(points.flatMap(({ overrides }) => overrides.map(({ edit }) => edit.path.join("."))));
  if (swept.has(sortBy.slice(sortBy.lastIndexOf(":") + 1))) return;
  try {
    sortColumn(sortBy, columns);
  } catch (error) {
    if (!(error instanceof SweeplineError) || error.code !== "UNKNOWN_SORT_COLUMN" || error.hint !== undefined)
      throw error;
    // Before the first run nothing is known of metrics: a name is then no reason to warn.
    if (columns.metrics.length === 0) return;
    warn(io, `--sort-by ${sortBy}: no parameter has that name, and no metric that is known has it`);
  }
}

/** A wrong column is found out after hours of running: the table is shown all the same, with a warning. */
function sortedOrNot(io: Io, options: SweepTableOptions, show: (sort: Sort) => string): string {
  try {
    return show(sortOf(options));
  } catch (error) {
    if (!isUnknownSort(error)) throw error;
    warn(io, `${error.message}: the table is not sorted${error.hint === undefined ? "" : `. ${error.hint}`}`);
    return show({});
  }
}

function inOrder(names: ReadonlySet<string>) {
  const places = new Map([...names].map((name, at) => [name, at]));
  const placeOf = (name: string | null) => places.get(name ?? "") ?? places.size;
  return (a: { readonly name: string | null }, b: { readonly name: string | null }) =>
    placeOf(a.name) - placeOf(b.name);
}

type Drawer = (baselines: readonly Baseline[], sort: Sort) => string;

/** Replicas are one row each. */
async function foldedDrawer(
  io: Io,
  { fold, format }: { readonly fold: readonly string[]; readonly format: "table" | "markdown" },
): Promise<Drawer> {
  const { drawGroups } = await import("./groups-text.ts");
  const table = { by: { over: fold }, format, precision: undefined } as const;
  return (baselines, { sortBy: by, order }) => {
    const first = order === "desc" ? "greatest" : "least";
    const sort = by === undefined ? undefined : ({ by, first, top: undefined } as const);
    return drawGroups(io, baselines, { ...table, order: sort });
  };
}

/** On a terminal what was swept stands beside the metrics, however narrow it is. */
async function tableDrawer(io: Io, fold: SweepTableOptions["fold"]): Promise<Drawer> {
  if (fold !== undefined) return foldedDrawer(io, { fold, format: "table" });
  const terminal = terminalOf(io);
  const { width } = terminal;
  if (width === "full") return (baselines, sort) => showTable(baselines, { terminal, ...sort });
  const { experimentView } = await import("../../report/view/exp-view.ts");
  return (baselines, { sortBy, order = "asc" }) =>
    experimentView(baselines, {
      columns: { onlyChanged: true, drop: [/^Created$/, /^Executor$/], keep: [] },
      sort: sortBy === undefined ? undefined : { by: sortBy, order, missing: "last" },
      precision: undefined,
      terminal: { ...terminal, width },
      now: new Date(),
    });
}

/** As tableDrawer, for a report. */
async function markdownDrawer(io: Io, fold: SweepTableOptions["fold"]): Promise<Drawer> {
  if (fold !== undefined) return foldedDrawer(io, { fold, format: "markdown" });
  const plain = { width: "full" as const, colours: false };
  return (baselines, sort) => showTable(baselines, { format: "markdown", terminal: plain, ...sort });
}

/** The table of one sweep, the best first. */
export async function drawTableOf(
  io: Io,
  baselines: readonly Baseline[],
  best: {
    readonly metric: string | undefined;
    readonly direction: MetricDirection | undefined;
    readonly fold?: readonly string[] | undefined;
  },
): Promise<string> {
  const { metric, direction = knownDirection(metric ?? "") } = best;
  const draw = await tableDrawer(io, best.fold);
  return draw(baselines, metric === undefined ? {} : { sortBy: metric, order: direction === "min" ? "asc" : "desc" });
}

/** Prints the table at the end of a sweep. */
export async function printSweepTable(io: Io, context: ExperimentsContext, options: SweepTableOptions): Promise<void> {
  const baselines = await collectNamed(context, options);
  const draw = await tableDrawer(io, options.fold);
  io.stdout.write(`\n${sortedOrNot(io, options, (sort) => draw(baselines, sort))}`);
}

/** Prints the table with its rows in the order of `names`, where no column is named; the answer gives it as Markdown. */
export async function printPlanTable(
  io: Io,
  context: ExperimentsContext,
  options: SweepTableOptions,
): Promise<() => string> {
  const collected = await collectNamed(context, options);
  const order = inOrder(options.names);
  const baselines = collected.map((item) => ({ ...item, experiments: item.experiments.toSorted(order) }));
  const draw = await tableDrawer(io, options.fold);
  const markdown = await markdownDrawer(io, options.fold);
  let used: Sort = {};
  const text = sortedOrNot(io, options, (sort) => {
    used = sort;
    return draw(baselines, sort);
  });
  io.stdout.write(`\n${text}`);
  return () => markdown(baselines, used);
}

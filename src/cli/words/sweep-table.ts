import { SweeplineError } from "../../base/errors.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { collectExperiments } from "../../experiments/show/collect.ts";
import { showTable } from "../../report/exp-show.ts";
import { type Io, warn } from "../terminal/io.ts";
import { terminalOf } from "../terminal/terminal.ts";

const sortErrors: ReadonlySet<string> = new Set(["UNKNOWN_SORT_COLUMN", "AMBIGUOUS_SORT_COLUMN"]);

export interface SweepTableOptions {
  /** The experiments of the sweep, also those that an earlier run of it made. */
  readonly names: ReadonlySet<string>;
  readonly baseline: string;
  readonly sortBy?: string;
  readonly sortOrder?: "asc" | "desc";
}

async function collectNamed(context: ExperimentsContext, { names, baseline }: SweepTableOptions) {
  const collected = await collectExperiments(context, {
    revisions: { revs: [baseline], count: 1, allBranches: false, allTags: false, allCommits: false },
    hide: new Set(["workspace"]),
    params: "all",
    naming: "names",
  });
  return collected.map((item) => ({
    ...item,
    experiments: (item.experiments ?? []).filter((experiment) => names.has(experiment.name ?? "")),
  }));
}

function sortOf({ sortBy, sortOrder }: SweepTableOptions) {
  return sortBy === undefined ? {} : { sortBy, order: sortOrder ?? "asc" };
}

/** A wrong column is found out after hours of running: the table is shown all the same, with a warning. */
function sortedOrNot(io: Io, options: SweepTableOptions, show: (sort: ReturnType<typeof sortOf>) => string): string {
  try {
    return show(sortOf(options));
  } catch (error) {
    if (!(error instanceof SweeplineError && sortErrors.has(error.code))) throw error;
    warn(io, `${error.message}: the table is not sorted`);
    return show({});
  }
}

function inOrder(names: ReadonlySet<string>) {
  const places = new Map([...names].map((name, at) => [name, at]));
  const placeOf = (name: string | null) => places.get(name ?? "") ?? places.size;
  return (a: { readonly name: string | null }, b: { readonly name: string | null }) =>
    placeOf(a.name) - placeOf(b.name);
}

/** Prints the table at the end of a sweep. */
export async function printSweepTable(io: Io, context: ExperimentsContext, options: SweepTableOptions): Promise<void> {
  const baselines = await collectNamed(context, options);
  const terminal = terminalOf(io);
  io.stdout.write(`\n${sortedOrNot(io, options, (sort) => showTable(baselines, { terminal, ...sort }))}`);
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
  const terminal = terminalOf(io);
  let used: ReturnType<typeof sortOf> = {};
  const text = sortedOrNot(io, options, (sort) => {
    used = sort;
    return showTable(baselines, { terminal, ...sort });
  });
  io.stdout.write(`\n${text}`);
  const plain = { width: "full" as const, colours: false };
  return () => showTable(baselines, { format: "markdown", terminal: plain, ...used });
}

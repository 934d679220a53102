import type { ExperimentsContext } from "../experiments/repository.ts";
import { collectExperiments } from "../experiments/show/collect.ts";
import { showTable } from "../report/exp-show.ts";
import type { Io } from "./io.ts";
import { terminalOf } from "./terminal.ts";

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

/** Prints the table at the end of a sweep. */
export async function printSweepTable(io: Io, context: ExperimentsContext, options: SweepTableOptions): Promise<void> {
  const baselines = await collectNamed(context, options);
  io.stdout.write(`\n${showTable(baselines, { terminal: terminalOf(io), ...sortOf(options) })}`);
}

/** The same table as Markdown. */
export async function sweepMarkdown(context: ExperimentsContext, options: SweepTableOptions): Promise<string> {
  const baselines = await collectNamed(context, options);
  return showTable(baselines, {
    format: "markdown",
    terminal: { width: "full", colours: false },
    ...sortOf(options),
  });
}

/** Two rows side by side: what `exp diff` says of them, and their files. */
import { SweeplineError } from "../base/errors.ts";
import type { FilterRow } from "../experiments/find/filter-row.ts";
import { plotsOfCommits } from "../experiments/plots/collect.ts";
import { readUserTemplate } from "../experiments/plots/user-templates.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { diffExperiments } from "../experiments/show/compare.ts";
import type { FilesDiff } from "../experiments/show/diff.ts";
import { fileChanges } from "../experiments/show/file-changes.ts";
import type { ObjectId } from "../git/ids.ts";
import type { ChangedValue, PageComparison } from "../report/page/live-contract.ts";
import { cellValue } from "../report/page/page-data.ts";
import { matchPlots } from "../report/plots/match.ts";
import { plotsPage } from "../report/plots/page.ts";
import { pagePlots, templateFinder } from "../report/plots/page-plots.ts";

function changedValues(diff: FilesDiff): readonly ChangedValue[] {
  return [...diff].flatMap(([file, changes]) =>
    [...changes].map(([name, change]) => ({ file, name, old: cellValue(change.old), new: cellValue(change.new) })),
  );
}

/** The commit of a row; what runs in the workspace has none. Errors: NOT_AN_EXPERIMENT. */
function commitOf({ facts }: FilterRow): ObjectId {
  if (/^[0-9a-f]{40,64}$/.test(facts.commit)) return facts.commit as ObjectId;
  throw new SweeplineError({ code: "NOT_AN_EXPERIMENT", message: `'${facts.name}' has no commit yet` });
}

/** Errors: those of `exp diff`, NOT_AN_EXPERIMENT. */
export async function compareRows(context: ExperimentsContext, a: FilterRow, b: FilterRow): Promise<PageComparison> {
  const [from, to] = [commitOf(a), commitOf(b)];
  const [diff, files] = await Promise.all([
    diffExperiments(context, { old: from, new: to, which: "changed", params: "all" }),
    fileChanges(context, from, to),
  ]);
  // Metrics in the tree of one that has not run are its baseline's.
  const haveRun = a.facts.state === "success" && b.facts.state === "success";
  return {
    params: changedValues(diff?.params ?? new Map()),
    metrics: haveRun ? changedValues(diff?.metrics ?? new Map()) : [],
    ...files,
  };
}

/** Plots of rows over each other, as a page of its own. Errors: those of `plots diff`. */
export async function plotsOfRows(
  context: ExperimentsContext,
  rows: readonly FilterRow[],
  script: string,
): Promise<string> {
  const { project } = context;
  const read = await plotsOfCommits(context, rows.map(commitOf));
  const named = read.map((revision, at) => ({ ...revision, rev: rows[at]?.facts.name ?? revision.rev.slice(0, 9) }));
  const find = templateFinder((name) => readUserTemplate(project, { name, saidBy: "file", cwd: project.root }));
  return plotsPage(await pagePlots(matchPlots(named), find), { script, template: undefined });
}

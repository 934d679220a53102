/** Which experiments a push or a pull is about. */
import { SweeplineError } from "../../base/errors.ts";
import { resolveCommit } from "../../git/repository.ts";
import { isName } from "../names.ts";
import { type ExperimentsContext, experimentRef } from "../repository.ts";
import { ambiguousName, type FinishedExperiment, matchNames } from "../results/finished.ts";
import { listExperiments } from "../show/list.ts";

/** Experiments by name or full ref, those of some baselines, or all. */
export type Selection =
  | { readonly kind: "all" }
  | { readonly kind: "named"; readonly names: readonly string[] }
  | { readonly kind: "of"; readonly revs: readonly string[]; readonly count: number };

export interface Selected {
  /** Sorted by ref. */
  readonly experiments: readonly FinishedExperiment[];
  /** Names that no experiment may have: those of a hostile or broken remote. They are never used. */
  readonly refused: readonly string[];
}

function unknownNames(names: readonly string[], remote: string | undefined): SweeplineError {
  if (remote !== undefined)
    return new SweeplineError({
      code: "NOT_AN_EXPERIMENT",
      message: `Experiment '${names.join("; ")}' does not exist in '${remote}'`,
      hint: `\`sweepline exp list -A ${remote}\` lists those that do.`,
    });
  const verb = names.length === 1 ? "is not a valid experiment name" : "are not valid experiment names";
  return new SweeplineError({ code: "NOT_AN_EXPERIMENT", message: `'${names.join("; ")}' ${verb}` });
}

/**
 * The experiments that are chosen, of this repository (`remote` undefined) or of a Git remote. Errors: NOT_AN_EXPERIMENT,
 * NAME_AMBIGUOUS, UNKNOWN_REVISION, INVALID_REMOTE.
 */
export async function selectExperiments(
  context: ExperimentsContext,
  remote: string | undefined,
  selection: Selection,
): Promise<Selected> {
  const baselines = selection.kind === "of" ? { revs: selection.revs, count: selection.count } : "all";
  const groups = await listExperiments(context, { remote, baselines });
  const all = groups.flatMap(({ baseline, experiments }) =>
    experiments.map(({ name, commit }) => ({ ref: experimentRef(baseline, name), baseline, name, commit })),
  );
  const sound = all.filter(({ name }) => isName(name)).sort((a, b) => (a.ref < b.ref ? -1 : 1));
  const refused = all.filter(({ name }) => !isName(name)).map(({ name }) => name);
  if (selection.kind !== "named") return { experiments: sound, refused };
  return { experiments: await chooseNamed(context, { experiments: sound, remote }, selection.names), refused: [] };
}

async function chooseNamed(
  context: ExperimentsContext,
  { experiments, remote }: { experiments: readonly FinishedExperiment[]; remote: string | undefined },
  names: readonly string[],
): Promise<readonly FinishedExperiment[]> {
  const matches = matchNames(experiments, names, await resolveCommit(context.repository, "HEAD"));
  const unknown = names.filter((_, at) => matches[at] === undefined);
  if (unknown.length > 0) throw unknownNames(unknown, remote);
  const chosen = new Map<string, FinishedExperiment>();
  for (const [at, match] of matches.entries()) {
    if (Array.isArray(match)) throw ambiguousName(names[at] ?? "", match);
    const experiment = match as FinishedExperiment;
    chosen.set(experiment.ref, experiment);
  }
  return [...chosen.values()];
}

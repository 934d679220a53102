/** Where a condition looks: at the experiments of HEAD, as all that lists them, unless other commits are named. */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Baseline } from "../reading/types.ts";
import { type ExperimentsContext, experimentRef } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import { collectExperiments } from "../show/collect.ts";
import { headOnly } from "../show/revisions.ts";
import type { FilterRow } from "./filter-row.ts";
import { type BestBy, type Chosen, chooseRows, collectAll, type FindRequest } from "./find.ts";
import { type Elsewhere, type InVain, inVainOf, inVainText } from "./in-vain.ts";

export interface FindScope {
  readonly allCommits: boolean;
  /** None: HEAD. */
  readonly revs: readonly string[];
  /** And of commits before each, so many in all. */
  readonly count: number;
  /** Of that sweep only, whatever commit it hangs on where none is named. */
  readonly sweep?: string | undefined;
}

export interface FoundInScope extends Chosen {
  /** What was looked at. */
  readonly looked: readonly Baseline[];
  /** Where nothing is found: why. */
  readonly inVain: InVain | undefined;
}

/** All that a scope has, finished or not. Errors: UNKNOWN_REVISION, SWEEP_UNKNOWN. */
function collectScope(context: ExperimentsContext, scope: FindScope): Promise<readonly Baseline[]> {
  const { allCommits, revs, count, sweep } = scope;
  return collectExperiments(context, {
    revisions: { ...headOnly, allCommits, revs, count },
    hide: new Set(["workspace"]),
    params: "all",
    naming: "names",
    ...(sweep === undefined ? {} : { sweep }),
  });
}

const missingHere: ReadonlySet<string> = new Set(["FILTER_NAME_UNKNOWN", "UNKNOWN_SORT_COLUMN"]);

/** A name may be one that only experiments of other commits have. */
function unlessMissing<T>(choose: () => T): T | SweeplineError {
  try {
    return choose();
  } catch (error) {
    if (error instanceof SweeplineError && missingHere.has(error.code)) return error;
    throw error;
  }
}

const shortId = (name: string) => (/^[0-9a-f]{40,64}$/.test(name) ? name.slice(0, 7) : name);

export interface LookedAt {
  readonly request: FindRequest;
  /** What was looked at in vain. */
  readonly baselines: readonly Baseline[];
  /** What of the others counts. */
  readonly isMeant: (row: FilterRow) => boolean;
}

/** Those of other commits; undefined where there are none, or they have no such name either. */
async function lookElsewhere(
  context: ExperimentsContext,
  { request, baselines, isMeant }: LookedAt,
): Promise<Elsewhere | undefined> {
  const known = new Set(baselines.map(({ rev }) => rev));
  const others = (await collectAll(context)).filter(({ rev }) => !known.has(rev));
  const chosen = unlessMissing(() => chooseRows(others, { ...request, top: undefined }));
  if (chosen instanceof SweeplineError) return undefined;
  const rows = chosen.rows.filter(isMeant);
  if (rows.length === 0) return undefined;
  return { count: rows.length, commits: [...new Set(rows.map(({ facts }) => shortId(facts.baseline)))] };
}

/** The refusal, with what there is elsewhere in its hint. */
function withElsewhere(error: SweeplineError, elsewhere: Elsewhere | undefined): SweeplineError {
  if (elsewhere === undefined) return error;
  return new SweeplineError({ ...error.toFacts(), hint: inVainText({ doubts: [], elsewhere }) });
}

/** The rows of what is collected; where there are none, what other commits have. Errors: those of chooseRows. */
export async function chooseOrLook(
  context: ExperimentsContext,
  looked: LookedAt,
  scope: Pick<FindScope, "allCommits" | "sweep" | "revs">,
): Promise<FoundInScope> {
  const chosen = unlessMissing(() => chooseRows(looked.baselines, looked.request));
  const isAll = scope.allCommits || scope.sweep !== undefined;
  if (chosen instanceof SweeplineError)
    throw isAll ? chosen : withElsewhere(chosen, await lookElsewhere(context, looked));
  const found = { ...chosen, looked: looked.baselines };
  if (chosen.rows.some(looked.isMeant)) return { ...found, inVain: undefined };
  const elsewhere = isAll ? undefined : await lookElsewhere(context, looked);
  return { ...found, inVain: inVainOf({ doubts: chosen.doubts, elsewhere }) };
}

/** The experiments of a scope that are asked for, finished or not. Errors: those of chooseRows, UNKNOWN_REVISION, SWEEP_UNKNOWN. */
export async function findInScope(
  context: ExperimentsContext,
  request: FindRequest,
  { scope, isMeant = () => true }: { readonly scope: FindScope; readonly isMeant?: LookedAt["isMeant"] },
): Promise<FoundInScope> {
  const baselines = await collectScope(context, scope);
  const found = await chooseOrLook(context, { request, baselines, isMeant }, scope);
  return { ...found, rows: found.rows.filter(isMeant) };
}

/** Refs of all finished experiments that were not looked at. */
export async function refsOutside(
  context: ExperimentsContext,
  looked: readonly Baseline[],
): Promise<readonly string[]> {
  const known = new Set<string>(
    looked.flatMap(({ rev, experiments }) =>
      experiments.flatMap(({ name }) => (name === null ? [] : [experimentRef(rev as ObjectId, name)])),
    ),
  );
  return (await listFinished(context)).flatMap(({ ref }) => (known.has(ref) ? [] : [ref]));
}

export const isFinished = ({ facts }: FilterRow): boolean => facts.state === "success";

/** The best one of a scope. Errors: NOT_AN_EXPERIMENT where none has the metric, or the condition leaves none; those of findInScope. */
export async function bestInScope(
  context: ExperimentsContext,
  { where, best }: { readonly where: FindRequest["where"]; readonly best: BestBy },
  scope: FindScope,
): Promise<FilterRow> {
  const found = await findInScope(context, { where, best, top: 1 }, { scope, isMeant: isFinished });
  const [row] = found.rows;
  if (row !== undefined) return row;
  const condition = where === undefined ? "" : ", of those for which the condition holds";
  throw new SweeplineError({
    code: "NOT_AN_EXPERIMENT",
    message: `no finished experiment has the metric '${best.metric}'${condition}`,
    ...(found.inVain === undefined ? {} : { hint: inVainText(found.inVain) }),
  });
}

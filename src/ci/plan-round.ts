/**
 * One round of a search in jobs: so many points now, `collect`, and the same line again for the next ones. The sampler is told
 * what has ended; a round that was planned and has open points keeps them, where its plan file is there.
 */
import { SweeplineError } from "../base/errors.ts";
import type { ProjectConfigs } from "../config/project-config.ts";
import { expandOptions } from "../experiments/point/composition.ts";
import type { ObjectId } from "../git/ids.ts";
import { headCommit } from "../git/repository.ts";
import { metricsByName } from "../run/search/known-trials.ts";
import type { Proposer } from "../run/search/proposer.ts";
import { type RatedTrial, type TrialRules, Trials } from "../run/search/trials.ts";
import type { Point } from "../sweep/types.ts";
import { resultsRemote } from "./clone.ts";
import { type EndedTrials, endedTrials } from "./ended-trials.ts";
import { matrixExitCodes } from "./exit-codes.ts";
import { type PlanFacts, planId, planPoint, type RoundFacts, type SweepPlan } from "./plan.ts";
import { readPlanPoint } from "./plan-points.ts";
import { checkPlanned, checkPointNames, type PlannedRun, type Planning, runOf } from "./planning.ts";
import { withRetries } from "./retry.ts";

/** What the search is: the same in each round, but for `trials`. */
export interface SearchRules extends Omit<TrialRules, "proposer"> {
  /** What stands for the search in its id. */
  readonly words: readonly string[];
  readonly configs: ProjectConfigs | undefined;
  /** Errors: OPTUNA_MISSING. */
  openProposer(): Promise<Proposer>;
}

export interface RoundRequest extends PlannedRun {
  readonly search: SearchRules;
  /** How many points a round has. */
  readonly points: number;
  /** Absent: the search has no end. */
  readonly end: Pick<RoundFacts, "trials">;
  /** What is in the plan file, if it is there. */
  readonly before: SweepPlan | undefined;
  /** --git-remote */
  readonly gitRemote: string | undefined;
}

export interface MadeRound {
  readonly plan: SweepPlan;
  readonly finished: number;
  readonly failed: number;
  /** Points of the plan file that still have no result. */
  readonly kept: number;
  readonly best: readonly RatedTrial[];
}

/** Points of the round before that have neither a result nor a failure. */
function openBefore(
  { before, search }: RoundRequest,
  { sweep }: Pick<PlanFacts, "sweep">,
  { ended, taken }: EndedTrials,
): readonly Point[] {
  if (before?.sweep !== sweep) return [];
  const over = new Set([...ended.map(({ number }) => number), ...taken]);
  return before.points
    .filter(({ i }) => !over.has(i))
    .map((point) => readPlanPoint(point, expandOptions(search.configs)));
}

/** Says to the sampler what has ended. */
async function tellEnded(
  { context, warn }: Planning,
  trials: Trials,
  { found, baseline }: { readonly found: EndedTrials; readonly baseline: ObjectId },
): Promise<void> {
  for (const number of found.taken) trials.take({ number, overrides: [] });
  if (found.taken.length > 0)
    warn(`experiments have names of the search and are no results of it, and do not count: ${found.taken.length}`);
  const metrics = found.ended.length === 0 ? undefined : await metricsByName(context, baseline);
  const without: string[] = [];
  for (const { name, state, ...trial } of found.ended) {
    trials.take(trial);
    const known = state === "finished" ? (metrics?.get(name) ?? new Map()) : undefined;
    const { values } = await trials.end(trial, { name, metrics: known });
    if (state === "finished" && values === undefined) without.push(name);
  }
  if (without.length > 0)
    warn(
      `${without.length} finished trials lack a metric, such as ${without[0]}: one in the cache is not in Git (\`cache: false\` puts it there)`,
    );
}

/** No round is left: an empty matrix would be an error later, in other words. */
function nothingLeft(trials: Trials, { end }: RoundRequest): SweeplineError {
  const [best] = trials.best;
  const why = end.trials !== undefined && trials.left === 0 ? `all of its ${end.trials} trials` : "all of its points";
  return new SweeplineError({
    code: "EMPTY_SWEEP",
    message: `the search has ${why}${best === undefined ? "" : `; the best is ${best.name}`}`,
    hint: "It is done. More --trials go on with it.",
    exitCode: matrixExitCodes.usage,
  });
}

async function chosenPoints(trials: Trials, { points }: RoundRequest, kept: readonly Point[]) {
  for (const { index, overrides } of kept) trials.take({ number: index, overrides });
  const chosen = [...kept];
  while (chosen.length < points) {
    const trial = await trials.next();
    if (trial === undefined) break;
    chosen.push({ index: trial.number, overrides: trial.overrides });
  }
  return chosen.sort((a, b) => a.index - b.index);
}

/**
 * The plan of the next round. Errors: EMPTY_SWEEP where none is left, BAD_NAME, GIT_REMOTE_FAILED, OPTUNA_MISSING, HELPER_ENDED,
 * those of planSweep.
 */
export async function planRound(planning: Planning, request: RoundRequest): Promise<MadeRound> {
  checkPointNames(request);
  const { context, warn } = planning;
  const { search, name } = request;
  const baseline = await headCommit(context.repository);
  const run = runOf(planning, request);
  const facts = { sweep: planId({ baseline, run, name }, search.words), baseline, run, name, points: [] };
  const scope = { context, facts, space: search.space, options: expandOptions(search.configs) };
  const source = await resultsRemote(context, request.gitRemote);
  const found = await withRetries(
    () => endedTrials(scope, source),
    (message) => warn(`${message}; trying again`),
  );
  const proposer = await search.openProposer();
  try {
    const trials = new Trials({ ...search, proposer });
    await tellEnded(planning, trials, { found, baseline });
    const kept = openBefore(request, facts, found);
    const points = await chosenPoints(trials, request, kept);
    if (points.length === 0) throw nothingLeft(trials, request);
    const round = { ended: found.ended.length, ...request.end };
    const planned = points.map((point) => planPoint(facts, point));
    const plan: SweepPlan = { v: 1, sweep: facts.sweep, baseline, run, round, points: planned };
    await checkPlanned(planning, plan, { points, configs: search.configs });
    const failed = found.ended.filter(({ state }) => state === "failed").length;
    return { plan, finished: found.ended.length - failed, failed, kept: kept.length, best: trials.best };
  } finally {
    proposer.close();
  }
}

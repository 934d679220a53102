/** `matrix plan --round K`: the next points of a search. */
import { existsSync } from "../../../base/files.ts";
import { namedFile, withNamedFile } from "../../../base/named-file.ts";
import { visible } from "../../../base/text/visible.ts";
import type { SweepPlan } from "../../../ci/plan.ts";
import { readPlan } from "../../../ci/plan-file.ts";
import { type MadeRound, planRound } from "../../../ci/plan-round.ts";
import type { PlannedRun } from "../../../ci/planning.ts";
import type { Goal } from "../../../run/stopping/rules.ts";
import { askedSearch } from "../../options/asked-search.ts";
import type { CompositionFlags } from "../../options/composition.ts";
import { askedProposer, type SearchFlags } from "../../options/search.ts";
import type { ShapeFlags } from "../../options/sweep-shape.ts";
import type { Io } from "../../terminal/io.ts";
import { optionsRefused } from "../../words/refuse.ts";
import { planningHere } from "./shared.ts";

export interface RoundFlags extends SearchFlags, CompositionFlags {
  readonly round?: number;
  readonly gitRemote?: string;
}

interface Others extends Omit<ShapeFlags, "sampler" | "seed"> {
  readonly points?: string;
  readonly expect?: string;
  readonly output?: string;
}

const searchOnly = ["metric", "direction", "trials", "try", "constraint", "gitRemote"] as const;
const listOnly = ["zip", "and", "sample", "repeat", "repeatKey", "where", "when", "points", "expect"] as const;

function flagText(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A search has no list of points: which ones come depends on results. Throws BAD_OPTIONS. */
export function refuseSearch(flags: RoundFlags): void {
  const found = searchOnly.find((name) => flags[name] !== undefined);
  const isAdaptive = flags.sampler?.startsWith("optuna:") === true;
  if (found === undefined && !isAdaptive) return;
  const what = found === undefined ? `--sampler ${flags.sampler}` : flagText(found);
  throw optionsRefused(
    `${what} is for a search, and a search can't be planned as a whole: which points come next depends on results`,
    "--round K plans the next K points: run them, `sweepline matrix collect`, and plan the next round with the same line.",
  );
}

/** Throws BAD_OPTIONS for what makes no sense beside --round. */
function refuseLists(options: Others): void {
  const found = listOnly.find((name) => options[name] !== undefined);
  if (found !== undefined)
    throw optionsRefused(`${flagText(found)} has no place beside --round`, "A search chooses its points itself.");
}

/** The plan that the same line wrote before, if it is there. */
function planBefore(io: Io, { output }: Others): SweepPlan | undefined {
  if (output === undefined || output === "-") return undefined;
  const file = namedFile(io.cwd, output);
  return withNamedFile(file, existsSync) ? readPlan(file) : undefined;
}

/** A plan, with what is said of it. */
export interface PlanAndSummary {
  readonly plan: SweepPlan;
  readonly summary: string;
}

/** Errors: BAD_OPTIONS, PLAN_INVALID, those of planRound. */
export async function askedRound<Options extends RoundFlags & Others>(
  io: Io,
  {
    typed,
    overrides,
    run,
  }: { readonly typed: Options; readonly overrides: readonly string[]; readonly run: PlannedRun },
): Promise<PlanAndSummary> {
  refuseLists(typed);
  const planning = planningHere(io);
  const search = await askedSearch(io, planning.context.project, { typed, overrides });
  const { flags } = search;
  const points = typed.round ?? 1;
  const made = await planRound(planning, {
    ...run,
    search: { ...search, openProposer: () => askedProposer(search.space, { ...search, jobs: points, env: io.env }) },
    points,
    end: flags.trials === undefined ? {} : { trials: flags.trials },
    before: planBefore(io, typed),
    gitRemote: typed.gitRemote,
  });
  return { plan: made.plan, summary: summaryOf(made, search.goals) };
}

function summaryOf({ plan, finished, failed, kept, best }: MadeRound, goals: readonly Goal[]): string {
  const of = plan.round?.trials === undefined ? "" : ` of ${plan.round.trials}`;
  const open = kept === 0 ? "" : ` (${kept} of them still open from the round before)`;
  const [first] = best;
  const values = goals.map(({ metric }, at) => `${metric}=${first?.values[at]}`).join(" ");
  const bestText = first === undefined ? "" : ` The best: ${visible(first.name)}, ${visible(values)}.`;
  const counts = `${finished + failed}${of} trials have ended, ${failed} failed.${bestText}`;
  return `Search ${plan.sweep}: ${counts} Next: ${plan.points.length} points${open}.`;
}

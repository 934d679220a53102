/** `matrix plan --round K`: the next points of a search. */
import type { Command } from "commander";
import { existsSync } from "../../../base/files.ts";
import { namedFile, withNamedFile } from "../../../base/named-file.ts";
import { visible } from "../../../base/text/visible.ts";
import type { SweepPlan } from "../../../ci/plan.ts";
import { readPlan } from "../../../ci/plan-file.ts";
import { type MadeRound, planRound } from "../../../ci/plan-round.ts";
import type { PlannedRun } from "../../../ci/planning.ts";
import type { Goal } from "../../../run/stopping/rules.ts";
import { samplerNames } from "../../../sweep/samplers/samplers.ts";
import type { SweepShape } from "../../../sweep/shape.ts";
import { askedSearch } from "../../options/asked-search.ts";
import type { CompositionFlags } from "../../options/composition.ts";
import { askedProposer, type SearchFlags } from "../../options/search.ts";
import { askedShape, type ShapeFlags } from "../../options/sweep-shape.ts";
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
function refuseSearch(flags: RoundFlags): void {
  const found = searchOnly.find((name) => flags[name] !== undefined);
  const isAdaptive = flags.sampler?.startsWith("optuna:") === true;
  if (found === undefined && !isAdaptive) return;
  const what = found === undefined ? `--sampler ${flags.sampler}` : flagText(found);
  throw optionsRefused(
    `${what} is for a search, and a search can't be planned as a whole: which points come next depends on results`,
    "--round K plans the next K points: run them, `sweepline matrix collect`, and plan the next round with the same line.",
  );
}

/** The shape of a sweep that is a list. Throws BAD_OPTIONS for what is of a search. */
export function askedListShape(
  options: RoundFlags & Omit<ShapeFlags, "sampler" | "seed">,
  command: Command,
): SweepShape {
  refuseSearch(options);
  const { sampler: named, ...flags } = options;
  const sampler = samplerNames.find((name) => name === named);
  return askedShape({ ...flags, ...(sampler === undefined ? {} : { sampler }) }, command);
}

/** Throws BAD_OPTIONS for what makes no sense beside --round. */
export function refuseLists(options: Others): void {
  const found = listOnly.find((name) => options[name] !== undefined);
  if (found !== undefined)
    throw optionsRefused(`${flagText(found)} has no place beside --round`, "A search chooses its points itself.");
}

/** What says the search again, for a pipeline that plans its rounds. */
export function roundWords({
  round,
  metric = [],
  direction = [],
  try: tries = [],
  constraint = [],
  ...flags
}: RoundFlags) {
  const each = (name: string, values: readonly (string | number)[]) => values.flatMap((value) => [name, `${value}`]);
  const one = (name: string, value: string | number | undefined) => each(name, value === undefined ? [] : [value]);
  return [
    ...one("--round", round),
    ...each("--metric", metric),
    ...each("--direction", direction),
    ...one("--trials", flags.trials),
    ...one("--sampler", flags.sampler),
    ...one("--seed", flags.seed),
    ...each("--try", tries),
    ...each("--constraint", constraint),
    ...one("--git-remote", flags.gitRemote),
  ];
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

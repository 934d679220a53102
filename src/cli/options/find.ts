/** Options that choose experiments by what they are: --where, --top, --best. */

import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { visible } from "../../base/text/visible.ts";
import type { BestBy, FindRequest } from "../../experiments/find/find.ts";
import { type InVain, inVainText } from "../../experiments/find/in-vain.ts";
import type { FindScope } from "../../experiments/find/scope.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { FoundInRemote, RemoteQuestion } from "../../experiments/share/find-remote.ts";
import type { NamedRevision } from "../../experiments/show/compare-many.ts";
import type { Io } from "../terminal/io.ts";
import { noticeText } from "../terminal/notice.ts";
import { collect, integer } from "./arguments.ts";

export interface FindFlags {
  readonly where?: readonly string[];
  readonly top?: number;
  readonly best?: string;
  readonly min?: boolean;
  readonly max?: boolean;
}

const whereText = "those for which that holds: 'accuracy > 0.95 and optimizer != \"sgd\"' (repeatable: all hold)";

const whereHelp = `
Conditions: == != < <= > >=, in, =~ (a pattern of RE2), and, or, not, + - * / %, brackets. Names are those of metrics and parameters
(lr, train.lr, params.yaml:train.lr; \`any other name\` in backquotes), and state, name, sweep, trial, created, baseline, commit, note, tags, starred, stopped:
  accuracy > 0.95 and optimizer.name != "sgd"
  state == failed or created > now - 2h
  starred or "paper" in tags
  name =~ "^grid-" and units in [64, 128] and 0.001 < loss / epochs < 0.01
  loss == nan
What an experiment does not have makes no condition true; \`x == null\` asks for that.
`;

function positive(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError("not a number (1 or more)");
  return Number(value);
}

export function addWhereOption(command: Command): Command {
  return command.option("--where <condition>", whereText, collect).addHelpText("after", whereHelp);
}

export function addBestOptions(command: Command): Command {
  return command
    .option("--best <metric>", "the best by that metric; with --top so many")
    .addOption(new Option("--min", "less of the metric is better (default: by its name)").conflicts("max"))
    .option("--max", "more of it is better");
}

export interface ScopeFlags {
  readonly allCommits?: boolean;
  readonly rev?: readonly string[];
  readonly num: number;
}

/** Where --where and --best look, for commands that have no such options of their own. */
export function addScopeOptions(command: Command): Command {
  return command
    .option("-A, --all-commits", "a condition, or --best: of all commits (default: of HEAD)")
    .option("--rev <commit>", "a condition, or --best: of that commit (repeatable)", collect)
    .option("-n, --num <n>", "and of the commits before it, n in all (-1: of all)", integer, 1);
}

/** What the options say of where to look. */
export function scopeAsked({ allCommits = false, rev: revs = [], num: count }: ScopeFlags): FindScope {
  return { allCommits, revs, count };
}

/** The same where without a condition there is nowhere to look. Throws BAD_OPTIONS. */
export function scopeOfCondition(flags: ScopeFlags & FindFlags): FindScope {
  const scope = scopeAsked(flags);
  const isAsked = flags.where !== undefined || flags.best !== undefined;
  if (isAsked || (!scope.allCommits && scope.revs.length === 0)) return scope;
  const option = scope.allCommits ? "--all-commits" : "--rev";
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `${option} says where a condition looks`,
    hint: "Add --where CONDITION.",
  });
}

/** Tells of a condition that holds for nothing here what it holds for elsewhere. */
export function tellInVain(io: Io, inVain: InVain | undefined): void {
  if (inVain !== undefined) io.stderr.write(noticeText(io.stderr, `HINT: ${visible(inVainText(inVain))}`));
}

/** Full refs of the finished experiments of a scope for which conditions hold; where there are none, it is told why. */
export async function finishedWhere(
  { io, context }: { readonly io: Io; readonly context: ExperimentsContext },
  where: readonly string[],
  scope: FindScope,
): Promise<readonly string[]> {
  const { refsOfRows } = await import("../../experiments/find/find.ts");
  const { findInScope, isFinished } = await import("../../experiments/find/scope.ts");
  const request = { where, best: undefined, top: undefined };
  const { rows, inVain } = await findInScope(context, request, { scope, isMeant: isFinished });
  tellInVain(io, inVain);
  return (await refsOfRows(context, rows)).finished;
}

/** Of a remote's other experiments nobody has read anything. */
function tellInVainThere(io: Io, { found, others, doubts }: FoundInRemote): void {
  if (found.length > 0) return;
  if (doubts.length > 0) tellInVain(io, { doubts, elsewhere: undefined });
  if (others.length === 0) return;
  const which = others.length === 1 ? "1 experiment there derives" : `${others.length} experiments there derive`;
  io.stderr.write(`HINT: ${which} from other commits, which the condition did not look at: -A looks at all.\n`);
}

/** Finished experiments of a Git remote for which conditions hold; where there are none, it is told how many were not looked at. */
export async function foundThere(
  { io, context }: { readonly io: Io; readonly context: ExperimentsContext },
  remote: string,
  question: RemoteQuestion,
): Promise<FoundInRemote> {
  const { findInRemote } = await import("../../experiments/share/find-remote.ts");
  const there = await findInRemote(context, remote, question);
  tellInVainThere(io, there);
  return there;
}

export function addFindOptions(command: Command): Command {
  return addBestOptions(addWhereOption(command)).option("--top <n>", "the n best by --best or --sort-by", positive);
}

export interface RevisionsRequest {
  readonly names: readonly string[];
  readonly find: Partial<FindRequest>;
  readonly scope: FindScope;
}

/** Revisions that are named, and finished experiments that are found by what they are. Throws NOTHING_CHOSEN. */
export async function revisionsAsked(
  context: ExperimentsContext,
  { names, find: { where, best, top }, scope }: RevisionsRequest,
): Promise<readonly NamedRevision[]> {
  const named = names.map((name) => ({ rev: name, label: name }));
  const isAsked = where !== undefined || best !== undefined;
  if (!isAsked && named.length > 0) return named;
  if (!isAsked)
    throw new SweeplineError({ code: "NOTHING_CHOSEN", message: "Name experiments or commits, or use --where." });
  const { findInScope, isFinished } = await import("../../experiments/find/scope.ts");
  const { rows, inVain } = await findInScope(context, { where, best, top }, { scope, isMeant: isFinished });
  const found = rows.map(({ facts }) => ({ rev: facts.commit, label: facts.name ?? facts.commit.slice(0, 7) }));
  refuseNone([...named, ...found], inVain);
  return [...named, ...found];
}

/** Throws NOTHING_CHOSEN, with why. */
export function refuseNone(found: readonly unknown[], inVain: InVain | undefined): void {
  if (found.length > 0) return;
  throw new SweeplineError({
    code: "NOTHING_CHOSEN",
    message: "The condition holds for no finished experiment.",
    ...(inVain === undefined ? {} : { hint: inVainText(inVain) }),
  });
}

/** The metric of --best; undefined without one. Throws BAD_OPTIONS for --min or --max alone. */
export function bestAsked(options: FindFlags): BestBy | undefined {
  return findRequest(options, undefined).best;
}

/** What of the metric's order the options say. */
function directionAsked({ min, max }: FindFlags) {
  return min ? "min" : max ? "max" : undefined;
}

/** Throws BAD_OPTIONS for --top without a metric, and --min or --max alone. */
export function findRequest(options: FindFlags, sortBy: string | undefined): FindRequest {
  const { where, top, best } = options;
  const metric = best ?? (top === undefined ? undefined : sortBy);
  const option = best === undefined ? "--sort-by" : "--best";
  if (metric === undefined && (top !== undefined || options.min || options.max)) {
    const alone = top !== undefined ? "--top" : options.min ? "--min" : "--max";
    throw new SweeplineError({ code: "BAD_OPTIONS", message: `${alone} needs a metric`, hint: "Add --best METRIC." });
  }
  return {
    where,
    best: metric === undefined ? undefined : { metric, option, direction: directionAsked(options) },
    top: top ?? (best === undefined ? undefined : 1),
  };
}

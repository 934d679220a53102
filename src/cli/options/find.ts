/** Options that choose experiments by what they are: --where, --top, --best. */

import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import type { BestBy, FindRequest } from "../../experiments/find/find.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { NamedRevision } from "../../experiments/show/compare-many.ts";

export interface FindFlags {
  readonly where?: string;
  readonly top?: number;
  readonly best?: string;
  readonly min?: boolean;
  readonly max?: boolean;
}

const whereText = "those for which that holds: 'accuracy > 0.95 and optimizer != \"sgd\"'";

const whereHelp = `
Conditions: == != < <= > >=, in, =~ (a pattern of RE2), and, or, not, + - * / %, brackets. Names are those of metrics and parameters
(lr, train.lr, params.yaml:train.lr; \`any other name\` in backquotes), and state, name, sweep, created, baseline, commit, note, tags, starred, stopped:
  accuracy > 0.95 and optimizer.name != "sgd"
  state == failed or created > now - 2h
  starred or "paper" in tags
  name =~ "^grid-" and units in [64, 128] and loss / epochs < 0.01
What an experiment does not have makes no condition true; \`x == null\` asks for that.
`;

function positive(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError("not a number (1 or more)");
  return Number(value);
}

export function addWhereOption(command: Command): Command {
  return command.option("--where <condition>", whereText).addHelpText("after", whereHelp);
}

export function addBestOptions(command: Command): Command {
  return command
    .option("--best <metric>", "the best by that metric; with --top so many")
    .addOption(new Option("--min", "less of the metric is better (default: by its name)").conflicts("max"))
    .option("--max", "more of it is better");
}

export function addFindOptions(command: Command): Command {
  return addBestOptions(addWhereOption(command)).option("--top <n>", "the n best by --best or --sort-by", positive);
}

/** Revisions that are named, and finished experiments that are found by what they are. Throws NOTHING_CHOSEN. */
export async function revisionsAsked(
  context: ExperimentsContext,
  names: readonly string[],
  { where, best, top }: Partial<FindRequest>,
): Promise<readonly NamedRevision[]> {
  const named = names.map((name) => ({ rev: name, label: name }));
  const isAsked = where !== undefined || best !== undefined;
  if (!isAsked && named.length > 0) return named;
  if (!isAsked)
    throw new SweeplineError({ code: "NOTHING_CHOSEN", message: "Name experiments or commits, or use --where." });
  const { findExperiments } = await import("../../experiments/find/find.ts");
  const rows = await findExperiments(context, { where, best, top });
  const found = rows
    .filter(({ facts }) => facts.state === "success")
    .map(({ facts }) => ({ rev: facts.commit, label: facts.name ?? facts.commit.slice(0, 7) }));
  if (named.length + found.length > 0) return [...named, ...found];
  throw new SweeplineError({ code: "NOTHING_CHOSEN", message: "The condition holds for no finished experiment." });
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
  if (metric === undefined && (top !== undefined || options.min || options.max)) {
    const option = top !== undefined ? "--top" : options.min ? "--min" : "--max";
    throw new SweeplineError({ code: "BAD_OPTIONS", message: `${option} needs a metric`, hint: "Add --best METRIC." });
  }
  return {
    where,
    best: metric === undefined ? undefined : { metric, direction: directionAsked(options) },
    top: top ?? (best === undefined ? undefined : 1),
  };
}

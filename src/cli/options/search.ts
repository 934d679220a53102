/** What a search is for and where its points come from, as options say it. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { knownDirection } from "../../experiments/find/direction.ts";
import type { Goal } from "../../run/search/goals.ts";
import { type OptunaSampler, optunaProposer, optunaSamplers } from "../../run/search/optuna.ts";
import { type Proposer, sequenceProposer } from "../../run/search/proposer.ts";
import { type SamplerName, samplerNames } from "../../sweep/samplers/samplers.ts";
import type { SearchSpace } from "../../sweep/space.ts";
import { collect, duration, integer, positive } from "./arguments.ts";

const directions = ["minimize", "maximize"] as const;

export type SearchSampler = SamplerName | `optuna:${OptunaSampler}`;

export interface SearchFlags {
  readonly metric?: readonly string[];
  readonly direction?: readonly Goal["direction"][];
  readonly trials?: number;
  readonly time?: number;
  readonly sampler: SearchSampler;
  readonly seed?: number;
  readonly try?: readonly string[];
  readonly constraint?: readonly string[];
}

const samplers: readonly SearchSampler[] = [
  ...samplerNames,
  ...optunaSamplers.map((name) => `optuna:${name}` as const),
];

function oneDirection(value: string, before: readonly Goal["direction"][] = []): readonly Goal["direction"][] {
  const found = directions.find((name) => name === value || name.startsWith(`${value}i`));
  if (found === undefined) throw new InvalidArgumentError("it is minimize or maximize");
  return [...before, found];
}

export function addSearchOptions(command: Command): Command {
  return command
    .option("--metric <[file:]key>", "what is to be best (repeatable: none better in all of them)", collect)
    .option("--direction <direction>", "minimize or maximize, one a metric (default: by its name)", oneDirection)
    .option("--trials <n>", "so many points, with those that the search has", positive)
    .option("--time <duration>", "start none later than that (90s, 30m, 2h)", duration)
    .addOption(new Option("--sampler <name>", "who proposes points").choices(samplers).default("random"))
    .option("--seed <n>", "other points, the same for the same number", integer)
    .option("--try <values>", "a point to begin with: lr=0.1,units=64 (repeatable)", collect)
    .option("--constraint <condition>", 'a result counts where it holds: "latency < 100" (repeatable)', collect);
}

function refuse(message: string, hint: string): SweeplineError {
  return new SweeplineError({ code: "BAD_OPTIONS", message, hint });
}

/** Throws BAD_OPTIONS where what is better is not to be told. */
export function askedGoals({ metric = [], direction = [] }: SearchFlags): readonly Goal[] {
  if (metric.length === 0)
    throw refuse("a search needs to know what is better: --metric", "Such as --metric metrics.json:loss");
  if (direction.length > 1 && direction.length !== metric.length)
    throw refuse(
      `${direction.length} times --direction for ${metric.length} times --metric`,
      "Give one direction for all, or one for each, in their order.",
    );
  return metric.map((name, at) => ({ metric: name, direction: direction[at] ?? direction[0] ?? directionOf(name) }));
}

function directionOf(metric: string): Goal["direction"] {
  const known = knownDirection(metric.slice(metric.lastIndexOf(":") + 1));
  if (known === undefined)
    throw refuse(`whether more or less of '${metric}' is better is not to be told by its name`, "Add --direction.");
  return known === "min" ? "minimize" : "maximize";
}

/** `a=1,b=[2,3]` as two overrides: a comma stands between two where a key and '=' follow it. */
export function overridesOfTry(text: string): readonly string[] {
  return text.split(/,(?=[^,=[\](){}'"]+=)/).map((part) => part.trim());
}

interface Asked {
  readonly flags: SearchFlags;
  readonly goals: readonly Goal[];
  readonly trials: number;
  readonly jobs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Errors: OPTUNA_MISSING; SAMPLE where the sampler can't take so many keys. */
export function askedProposer(space: SearchSpace, { flags, goals, trials, jobs, env }: Asked): Promise<Proposer> {
  const { sampler, seed } = flags;
  const optuna = optunaSamplers.find((name) => sampler === `optuna:${name}`);
  if (optuna === undefined)
    return Promise.resolve(sequenceProposer(space, { sampler: sampler as SamplerName, seed, count: trials }));
  return optunaProposer(space, {
    sampler: optuna,
    seed: seed ?? 0,
    directions: goals.map(({ direction }) => direction),
    constraints: (flags.constraint ?? []).length === 0 ? "none" : "some",
    trials: jobs > 1 ? "several at once" : "one by one",
    python: env.SWEEPLINE_PYTHON || (process.platform === "win32" ? "python" : "python3"),
  });
}

/** What a search is for and where its points come from, as options say it. */
import { type Command, Option } from "commander";
import { type OptunaSampler, optunaProposer, optunaSamplers } from "../../run/search/optuna.ts";
import { type Proposer, sequenceProposer } from "../../run/search/proposer.ts";
import type { Goal } from "../../run/stopping/rules.ts";
import { type SamplerName, samplerNames } from "../../sweep/samplers/samplers.ts";
import type { SearchSpace } from "../../sweep/space.ts";
import { collect, duration, integer, positive } from "./arguments.ts";
import { addGoalOptions, type GoalFlags } from "./goals.ts";

export type SearchSampler = SamplerName | `optuna:${OptunaSampler}`;

export interface SearchFlags extends GoalFlags {
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

export function addSearchOptions(command: Command): Command {
  return addGoalOptions(command, "what is to be best (repeatable: none better in all of them)")
    .option("--trials <n>", "so many points, with those that the search has", positive)
    .option("--time <duration>", "start none later than that (90s, 30m, 2h)", duration)
    .addOption(new Option("--sampler <name>", "who proposes points").choices(samplers).default("random"))
    .option("--seed <n>", "other points, the same for the same number", integer)
    .option("--try <values>", "a point to begin with: lr=0.1,units=64 (repeatable)", collect)
    .option("--constraint <condition>", 'a result counts where it holds: "latency < 100" (repeatable)', collect);
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

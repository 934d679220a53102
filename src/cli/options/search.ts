/** What a search is for and where its points come from, as options say it. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import type { SweeperSettings } from "../../config/sweeper-settings.ts";
import { type OptunaSampler, optunaProposer, optunaSamplers } from "../../run/search/optuna.ts";
import { type Proposer, sequenceProposer } from "../../run/search/proposer.ts";
import type { Goal } from "../../run/stopping/rules.ts";
import { type SamplerName, samplerNames } from "../../sweep/samplers/samplers.ts";
import type { SearchSpace } from "../../sweep/space.ts";
import { collect, duration, integer, positive } from "./arguments.ts";
import { addGoalOptions, type GoalFlags, namedDirection, oneDirection } from "./goals.ts";

export type SearchSampler = SamplerName | `optuna:${OptunaSampler}`;

export interface SearchFlags extends GoalFlags {
  readonly trials?: number;
  readonly time?: number;
  /** Default: random. */
  readonly sampler?: SearchSampler;
  readonly seed?: number;
  readonly try?: readonly string[];
  readonly constraint?: readonly string[];
}

export const searchSamplers: readonly SearchSampler[] = [
  ...samplerNames,
  ...optunaSamplers.map((name) => `optuna:${name}` as const),
];

export function addSearchOptions(command: Command): Command {
  return addTrialOptions(command)
    .option("--time <duration>", "start none later than that (90s, 30m, 2h)", duration)
    .addOption(new Option("--sampler <name>", "who proposes points (default: random)").choices(searchSamplers))
    .option("--seed <n>", "other points, the same for the same number", integer);
}

/** Without --time, --sampler and --seed. */
export function addTrialOptions(command: Command): Command {
  return addGoalOptions(command, "what is to be best (repeatable: none better in all of them)")
    .option("--trials <n>", "so many points, with those that the search has", positive)
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
  const { sampler = "random", seed } = flags;
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

/** Samplers of Hydra's Optuna sweeper that are here. */
const ofPlugin: Readonly<Record<string, SearchSampler>> = {
  tpe: "optuna:tpe",
  cmaes: "optuna:cmaes",
  gp: "optuna:gp",
  random: "random",
};

function bad(message: string, hint: string): SweeplineError {
  return new SweeplineError({ code: "CONFIG_BAD_SWEEP", message, hint });
}

function samplerIn(settings: SweeperSettings): SearchSampler | undefined {
  const name = settings.text("sampler");
  if (name !== undefined) {
    const found = searchSamplers.find((known) => known === name);
    if (found === undefined)
      throw bad(`hydra.sweeper.sampler is '${name}'`, `Here there are ${searchSamplers.join(", ")}.`);
    return found;
  }
  const plugin = settings.plugin === "optuna" ? settings.pluginSampler : undefined;
  if (plugin === undefined) return undefined;
  const found = ofPlugin[plugin];
  if (found === undefined)
    throw bad(
      `hydra/sweeper/sampler=${plugin} is not here`,
      plugin === "grid"
        ? "`sweepline sweep` runs a grid; --sampler names another one for a search."
        : `--sampler names another one: ${searchSamplers.join(", ")}. optuna:tpe takes several metrics.`,
    );
  return found;
}

/** As the option of that name is read. */
function parsed<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new SweeplineError({ code: "CONFIG_BAD_SWEEP", message: `hydra.sweeper.${name}: ${error.message}` });
  }
}

/** What Hydra's Optuna sweeper does where its config does not say. */
const pluginTrials = 20;

/** The plugin makes less of what it is given; a name that tells more is believed. */
function pluginDirection({ metric = [] }: GoalFlags): GoalFlags["direction"] {
  const told = metric.map(namedDirection);
  return told.every((direction) => direction !== undefined)
    ? undefined
    : told.map((direction) => direction ?? "minimize");
}

/** What is used where neither the options nor the config say it. */
function pluginDefaults({ plugin }: SweeperSettings, said: SearchFlags): Pick<SearchFlags, "trials" | "direction"> {
  if (plugin !== "optuna") return {};
  const direction = said.direction === undefined ? pluginDirection(said) : undefined;
  return {
    ...(said.trials === undefined && said.time === undefined ? { trials: pluginTrials } : {}),
    ...(direction === undefined ? {} : { direction }),
  };
}

/** What the config says of its search stands under the options. Errors: CONFIG_BAD_SWEEP. */
export function searchFlagsUnder<T extends SearchFlags>(settings: SweeperSettings | undefined, flags: T): T {
  if (settings === undefined) return flags;
  const list = (name: "metric" | "constraint" | "try") => {
    const texts = settings.texts(name);
    return texts.length === 0 ? {} : { [name]: texts };
  };
  const direction = settings
    .texts("direction")
    .reduce((before: GoalFlags["direction"], word) => parsed("direction", () => oneDirection(word, before)), []);
  const trials = settings.integer("n_trials", 1);
  const time = settings.text("time");
  const sampler = flags.sampler ?? samplerIn(settings);
  const seed = settings.integer("seed", 0) ?? settings.samplerSeed();
  const said = {
    ...list("metric"),
    ...list("constraint"),
    ...list("try"),
    ...(direction === undefined || direction.length === 0 ? {} : { direction }),
    ...(trials === undefined ? {} : { trials }),
    ...(time === undefined ? {} : { time: parsed("time", () => duration(time)) }),
    ...(sampler === undefined ? {} : { sampler }),
    ...(seed === undefined ? {} : { seed }),
  };
  return { ...pluginDefaults(settings, { ...said, ...flags }), ...said, ...flags };
}

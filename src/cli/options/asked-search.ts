/** A search as a command line and the config say it, for one that runs here and for rounds of CI jobs. */
import type { ProjectConfigs } from "../../config/project-config.ts";
import { expandOptions } from "../../experiments/point/composition.ts";
import { readOverrides, sweeperUnder } from "../../experiments/point/read-points.ts";
import type { Project } from "../../project/project.ts";
import { type Constraint, constraintOf } from "../../run/search/goals.ts";
import type { Goal } from "../../run/stopping/rules.ts";
import { expandPoints } from "../../sweep/expand.ts";
import { type SearchSpace, searchSpace } from "../../sweep/space.ts";
import type { PointOverride } from "../../sweep/types.ts";
import { type Io, warn } from "../terminal/io.ts";
import { optionsRefused } from "../words/refuse.ts";
import { askedConfigs, type CompositionFlags } from "./composition.ts";
import { askedGoals } from "./goals.ts";
import { overridesOfTry, type SearchFlags, searchFlagsUnder } from "./search.ts";

/** More than anybody waits for: something else ends the search. */
export const endless = 1_000_000;

export interface AskedSearch<Flags> {
  /** Those that were typed, over what the config says of its search. */
  readonly flags: Flags;
  readonly configs: ProjectConfigs | undefined;
  readonly space: SearchSpace;
  readonly goals: readonly Goal[];
  readonly tries: readonly (readonly PointOverride[])[];
  readonly constraints: readonly Constraint[];
  readonly trials: number;
  /** What stands for the search in its id: with more trials, or more time, it is the same one. */
  readonly words: readonly string[];
}

function searchWords(
  words: readonly string[],
  { sampler, seed, metric, direction, constraint, try: tries }: SearchFlags,
) {
  const facts = [metric, direction, constraint, tries].map((list) => list ?? []);
  return ["search", ...words, sampler ?? "random", String(seed ?? ""), ...facts.map((list) => JSON.stringify(list))];
}

/** The other keys are as they stand in the middle of the space. */
function triedPoint(text: string, space: SearchSpace, options: Parameters<typeof expandPoints>[1]) {
  const [point, another] = expandPoints(overridesOfTry(text), options).points;
  if (another !== undefined)
    throw optionsRefused(
      `--try ${text} is several points`,
      "A point has one value a key: give --try once for each point.",
    );
  const given = new Map((point?.overrides ?? []).map((override) => [override.edit.path.join("."), override]));
  const middle = middleOf(space);
  const unknown = [...given.keys()].filter((key) => !middle.some(({ edit }) => edit.path.join(".") === key));
  if (unknown.length > 0)
    throw optionsRefused(
      `--try ${text}: the search has no '${unknown[0]}'`,
      "It takes values for keys of the overrides.",
    );
  return middle.map((override) => given.get(override.edit.path.join(".")) ?? override);
}

/** Each once. Warns of those that the sampler can't learn from. */
function triedPoints(texts: readonly string[], space: SearchSpace, { io, options }: TryReading) {
  const points = new Map<string, readonly PointOverride[]>();
  for (const text of texts) {
    const point = triedPoint(text, space, options);
    points.set(point.map((override) => override.text).join("\n"), point);
    if (space.sharesOf(point) === undefined)
      warn(
        io,
        `--try ${text}: not all of its values are among those that are searched; it counts, and the sampler is not told of it`,
      );
  }
  return [...points.values()];
}

interface TryReading {
  readonly io: Io;
  readonly options: Parameters<typeof expandPoints>[1];
}

export function middleOf(space: SearchSpace): readonly PointOverride[] {
  return space.at(space.axes.map(() => 0.5));
}

/** Errors: BAD_OPTIONS, NO_OVERRIDES, CONFIG_BAD_SWEEP, those of overrides. */
export async function askedSearch<Flags extends SearchFlags & CompositionFlags>(
  io: Io,
  project: Project,
  { typed, overrides }: { readonly typed: Flags; readonly overrides: readonly string[] },
): Promise<AskedSearch<Flags>> {
  const configs = await askedConfigs(io, project, { ...typed, sweep: "search" });
  const flags = searchFlagsUnder(sweeperUnder(overrides, { configs, folder: io.cwd }), typed);
  const goals = askedGoals(flags);
  const args = readOverrides(overrides, { configs, folder: io.cwd });
  const space = searchSpace(args, expandOptions(configs));
  const tries = triedPoints(flags.try ?? [], space, { io, options: expandOptions(configs) });
  const words = searchWords(
    args.map(({ argument }) => argument),
    flags,
  );
  const constraints = (flags.constraint ?? []).map(constraintOf);
  return { flags, configs, space, goals, tries, constraints, trials: flags.trials ?? endless, words };
}

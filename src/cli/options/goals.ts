/** --metric and --direction: what is to be small or large. */
import { type Command, InvalidArgumentError } from "commander";
import { knownDirection } from "../../experiments/find/direction.ts";
import type { Goal } from "../../run/stopping/rules.ts";
import { optionsRefused } from "../words/refuse.ts";
import { collect } from "./arguments.ts";

export interface GoalFlags {
  readonly metric?: readonly string[];
  readonly direction?: readonly Goal["direction"][];
}

const directions = ["minimize", "maximize"] as const;

/** Of one option more; throws commander's InvalidArgumentError. */
export function oneDirection(value: string, before: readonly Goal["direction"][] = []): readonly Goal["direction"][] {
  const found = directions.find((name) => name === value || name.startsWith(`${value}i`));
  if (found === undefined) throw new InvalidArgumentError("it is minimize or maximize");
  return [...before, found];
}

export function addGoalOptions(command: Command, metricHelp: string): Command {
  return command
    .option("--metric <[file:]key>", metricHelp, collect)
    .option("--direction <direction>", "minimize or maximize, one a metric (default: by its name)", oneDirection);
}

/** Throws BAD_OPTIONS where what is better is not to be told. */
export function askedGoals({ metric = [], direction = [] }: GoalFlags): readonly Goal[] {
  if (metric.length === 0)
    throw optionsRefused("it has to be known what is better: --metric", "Such as --metric metrics.json:loss");
  const twice = metric.find((name, at) => metric.indexOf(name) !== at);
  if (twice !== undefined) throw optionsRefused(`--metric ${twice} is there twice`, "Leave one out.");
  if (direction.length > 1 && direction.length !== metric.length)
    throw optionsRefused(
      `${direction.length} times --direction for ${metric.length} times --metric`,
      "Give one direction for all, or one for each, in their order.",
    );
  return metric.map((name, at) => ({ metric: name, direction: direction[at] ?? direction[0] ?? directionOf(name) }));
}

/** undefined: the name does not tell. */
export function namedDirection(metric: string): Goal["direction"] | undefined {
  const known = knownDirection(metric.slice(metric.lastIndexOf(":") + 1));
  return known === undefined ? undefined : known === "min" ? "minimize" : "maximize";
}

function directionOf(metric: string): Goal["direction"] {
  const known = namedDirection(metric);
  if (known === undefined)
    throw optionsRefused(
      `whether more or less of '${metric}' is better is not to be told by its name`,
      "Add --direction.",
    );
  return known;
}

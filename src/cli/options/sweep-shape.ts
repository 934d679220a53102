/** --zip, --and, --sample, --repeat, --where, --when: sweeps that are no single grid. */
import { type Command, Option } from "commander";
import { type SamplerName, samplerNames } from "../../sweep/samplers/samplers.ts";
import { type SweepShape, zipKeys } from "../../sweep/shape.ts";
import { optionsRefused } from "../words/refuse.ts";
import { collect, integer, positive } from "./arguments.ts";

export interface ShapeFlags {
  readonly zip?: readonly string[];
  readonly and?: readonly string[];
  readonly sample?: number;
  readonly sampler?: SamplerName;
  readonly seed?: number;
  readonly repeat?: number;
  readonly repeatKey?: string;
  readonly where?: readonly string[];
  readonly when?: readonly string[];
}

/** @param samplers those that --sampler takes: where rounds of a search are planned, more than a list is drawn by */
export function addShapeOptions(command: Command, samplers: readonly string[] = samplerNames): Command {
  return command
    .option("--zip <keys>", "keys that advance together, with commas between (repeatable)", collect)
    .option("--and <override...>", "begin another sub-sweep: the union of all is run (repeatable)")
    .option("--sample <n>", "draw n points instead of running all combinations; interval() may be drawn from", positive)
    .addOption(new Option("--sampler <name>", "with --sample: how (default: random)").choices(samplers))
    .option("--seed <n>", "with --sample: other points, the same for the same number", integer)
    .option("--repeat <n>", "run each point n times, with seed=0, 1, 2...", positive)
    .option("--repeat-key <key>", "with --repeat: the key that counts (default: seed)")
    .option("--where <condition>", 'make only points for which it holds: "lr < 0.1 and a != b" (repeatable)', collect)
    .option(
      "--when <key: condition>",
      "the key takes its values where the condition holds, and keeps its default elsewhere (repeatable)",
      collect,
    );
}

/** Throws BAD_OPTIONS. @param command the one that was typed: which words belong to which --and stands there only */
export function askedShape(flags: ShapeFlags, command: Command): SweepShape {
  const { sample, sampler, seed, repeat, repeatKey } = flags;
  if (sample === undefined && (sampler ?? seed) !== undefined)
    throw optionsRefused("--sampler and --seed are for --sample N");
  if (repeat === undefined && repeatKey !== undefined) throw optionsRefused("--repeat-key is for --repeat N");
  return {
    zip: (flags.zip ?? []).map(zipKeys),
    and: groupsOf(wordsTyped(command), flags.and ?? []),
    ...(sample === undefined ? {} : { sample: { count: sample, sampler: sampler ?? "random", seed } }),
    ...(repeat === undefined ? {} : { repeat: { times: repeat, key: repeatKey ?? "seed" } }),
    ...askedNarrowing(flags),
  };
}

function askedNarrowing({ where, when }: ShapeFlags): Pick<SweepShape, "narrowing"> {
  if (where === undefined && when === undefined) return {};
  return { narrowing: { where: where ?? [], when: (when ?? []).map(conditionOfKey) } };
}

/** The key ends at the first `:` with a blank behind it: `conf.json:lr: x > 1` is about a key of another file. */
function conditionOfKey(text: string): { readonly key: string; readonly condition: string } {
  const found = /^\s*(\S+?)\s*:\s+(\S[\s\S]*)$/.exec(text) ?? /^\s*([^\s:]+):(\S[\s\S]*)$/.exec(text);
  const [, key, condition] = found ?? [];
  if (key === undefined || condition === undefined)
    throw optionsRefused(
      `--when ${text}: it takes a key and a condition with ': ' between`,
      "Such as --when 'momentum: optimizer == \"sgd\"'",
    );
  return { key, condition };
}

/** commander keeps the words of the command line, and has no type for them. */
type WithWords = Command & { readonly rawArgs: readonly string[] };

function wordsTyped(command: Command): readonly string[] {
  let root = command;
  while (root.parent !== null) root = root.parent;
  return (root as WithWords).rawArgs;
}

/** commander tells the words of all --and as one list: where each begins stands in the words that were typed. */
function groupsOf(words: readonly string[], values: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let taken = 0;
  let current: string[] | undefined;
  for (const word of words) {
    const isAnd = word === "--and" || word.startsWith("--and=");
    if (isAnd) {
      current = [];
      groups.push(current);
    } else if (word.startsWith("-") && values[taken] !== word) current = undefined;
    const value = word.startsWith("--and=") ? word.slice("--and=".length) : word;
    if (current === undefined || word === "--and" || values[taken] !== value) continue;
    current.push(value);
    taken++;
  }
  return groups;
}

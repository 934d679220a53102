/** --stop-early: which runs are ended before their time. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { EarlyStops } from "../../run/stopping/early-stops.ts";
import { type Goal, type StoppingRule, stoppingRules } from "../../run/stopping/rules.ts";
import { positive } from "./arguments.ts";

export interface StoppingFlags {
  readonly stopEarly?: StoppingRule;
  readonly minSteps?: number;
  readonly reduction?: number;
}

function several(value: string): number {
  const number = positive(value);
  if (number < 2) throw new InvalidArgumentError("one of two or more goes on");
  return number;
}

export function addStoppingOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--stop-early <rule>", "end hopeless runs, and keep them as far as they came").choices(stoppingRules),
    )
    .option("--min-steps <n>", "with --stop-early: not before that step (default: 1)", positive)
    .option("--reduction <n>", "with asha and halving: one of n goes on at steps 1, n, n*n... (default: 3)", several);
}

/** Throws BAD_OPTIONS. @param goal undefined: nobody said what is better */
export async function earlyStops(
  context: ExperimentsContext,
  flags: StoppingFlags,
  { sweep, goal }: { readonly sweep: string; readonly goal: Goal | undefined },
): Promise<{ readonly early?: EarlyStops }> {
  const { stopEarly: rule, minSteps = 1, reduction = 3 } = flags;
  if (rule === undefined) {
    if ((flags.minSteps ?? flags.reduction) === undefined) return {};
    throw new SweeplineError({ code: "BAD_OPTIONS", message: "--min-steps and --reduction are for --stop-early" });
  }
  if (goal === undefined)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--stop-early needs to know what is better: --metric",
      hint: "Such as --metric metrics.json:loss, which the stages write step by step.",
    });
  const [{ pointsOfSweep }, { EarlyStops }] = await Promise.all([
    import("../../experiments/find/sweeps.ts"),
    import("../../run/stopping/early-stops.ts"),
  ]);
  const before = (await pointsOfSweep(context, sweep)).map(({ facts }) => facts);
  return { early: new EarlyStops({ rule, goal, minSteps, reduction }, before) };
}

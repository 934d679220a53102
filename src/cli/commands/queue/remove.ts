import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { quotedList } from "../../../base/text/listing.ts";
import type { InVain } from "../../../experiments/find/in-vain.ts";
import { type RemovableState, removeTasks, type TaskChoice } from "../../../experiments/queue/changes.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { addScopeOptions, addWhereOption, scopeOfCondition, tellInVain } from "../../options/find.ts";
import { print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { tasksWhere, type WhereFlags } from "./where.ts";

interface Options extends WhereFlags {
  readonly all?: boolean;
  readonly queued?: boolean;
  readonly failed?: boolean;
  readonly success?: boolean;
  readonly json?: boolean;
}

interface Chosen {
  readonly choice: TaskChoice;
  readonly inVain?: InVain | undefined;
}

/** Of the states that are named, else of all. */
async function chosenWhere(context: ExperimentsContext, options: Options): Promise<Chosen> {
  const named = statesOf(options);
  const states = new Set<RemovableState>(named.length > 0 ? named : ["queued", "failed", "success"]);
  const found = await tasksWhere(context, options, states);
  const commits = found?.commits ?? new Set();
  return { choice: { kind: "states", states, commits }, inVain: found?.inVain };
}

function statesOf(options: Options): readonly RemovableState[] {
  return (["queued", "failed", "success"] as const).filter((state) => options.all || options[state]);
}

function chosen(names: readonly string[], options: Options): TaskChoice {
  scopeOfCondition(options);
  const states = statesOf(options);
  if (states.length > 0 === names.length > 0)
    throw new SweeplineError({
      code: "NOTHING_CHOSEN",
      message:
        "Either provide an `tasks` argument, or use the `--all`, `--queued`, `--failed`, `--success`, `--where` flag.",
    });
  if (names.length > 0) return { kind: "named", names };
  return { kind: "states", states: new Set<RemovableState>(states) };
}

const examples = `
Examples:
  sweepline queue remove brave-ibex calm-crow
  sweepline queue remove --failed         forget what failed, with its logs
  sweepline queue remove --success        forget finished tasks and their logs; the experiments stay
`;

/** `sweepline queue remove` */
export const command: CommandFactory = (io, finish) =>
  addScopeOptions(
    addWhereOption(new Command("remove"))
      .description("Take tasks out of the queue. Experiments that finished stay; running ones are left alone.")
      .argument("[tasks...]", "names of experiments")
      .option("--all", "all that are not running")
      .option("--queued", "all that wait")
      .option("--failed", "all that failed")
      .option("--success", "the records of all that finished")
      .option("--json", "print as JSON what was done")
      .addHelpText("after", examples),
  ).action(async (names: readonly string[], options: Options) => {
    const isByNames = options.where === undefined || names.length > 0;
    const named = isByNames ? chosen(names, options) : undefined;
    const context = openExperiments(openProject(io.cwd));
    const { choice, inVain } = named === undefined ? await chosenWhere(context, options) : { choice: named };
    const { removed, running, kept } = await removeTasks(context, choice);
    if (options.json) printJson(io, JSON.stringify({ removed, running, kept }));
    else if (removed.length > 0) print(io, `Removed tasks in queue: ${removed.join(", ")}`);
    else if (running.length === 0) print(io, "There is no such task to remove.");
    tellInVain(io, inVain);
    if (kept.length > 0 && !options.json)
      print(io, `Their checkpoints stay, as experiments: ${kept.join(", ")} (sweepline exp remove takes them away)`);
    if (running.length > 0)
      warn(io, `left, because they are running: ${quotedList(running)} (sweepline queue kill ends them)`);
    finish(exitCodes.ok);
  });

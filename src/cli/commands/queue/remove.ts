import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { quotedList } from "../../../base/text/listing.ts";
import { type RemovableState, removeTasks, type TaskChoice } from "../../../experiments/queue/changes.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { print, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly all?: boolean;
  readonly queued?: boolean;
  readonly failed?: boolean;
  readonly success?: boolean;
}

function chosen(names: readonly string[], options: Options): TaskChoice {
  const states = (["queued", "failed", "success"] as const).filter((state) => options.all || options[state]);
  if (states.length > 0 === names.length > 0)
    throw new SweeplineError({
      code: "NOTHING_CHOSEN",
      message: "Either provide an `tasks` argument, or use the `--all`, `--queued`, `--failed`, `--success` flag.",
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
  new Command("remove")
    .description("Take tasks out of the queue. Experiments that finished stay; running ones are left alone.")
    .argument("[tasks...]", "names of experiments")
    .option("--all", "all that are not running")
    .option("--queued", "all that wait")
    .option("--failed", "all that failed")
    .option("--success", "the records of all that finished")
    .addHelpText("after", examples)
    .action(async (names: readonly string[], options: Options) => {
      const choice = chosen(names, options);
      const context = openExperiments(openProject(io.cwd));
      const { removed, running } = await removeTasks(context, choice);
      if (removed.length > 0) print(io, `Removed tasks in queue: ${removed.join(", ")}`);
      else if (running.length === 0) print(io, "There is no such task to remove.");
      if (running.length > 0)
        warn(io, `left, because they are running: ${quotedList(running)} (sweepline queue kill ends them)`);
      finish(exitCodes.ok);
    });

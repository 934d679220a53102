import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { retryTasks } from "../../../experiments/queue/changes.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
Examples:
  sweepline queue retry --failed && sweepline queue start -j 4
  sweepline queue retry brave-ibex calm-crow
`;

/** `sweepline queue retry` */
export const command: CommandFactory = (io, finish) =>
  new Command("retry")
    .description("Put failed experiments back into the queue, at their old place.")
    .argument("[experiments...]", "their names")
    .option("--failed", "all that failed")
    .addHelpText("after", examples)
    .action(async (names: readonly string[], options: { readonly failed?: boolean }) => {
      if ((options.failed === true) === names.length > 0)
        throw new SweeplineError({
          code: "NOTHING_CHOSEN",
          message: "Either name failed experiments, or use --failed.",
        });
      const context = openExperiments(openProject(io.cwd));
      const queued = await retryTasks(context, options.failed ? "failed" : names);
      print(io, queued.length === 0 ? "Nothing has failed." : `Queued again: ${queued.join(", ")}`);
      finish(exitCodes.ok);
    });

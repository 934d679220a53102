import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { stopBackground } from "../../../experiments/coordinator/start-stop.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { stopSlurm } from "../../../run/slurm/stop.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
Examples:
  sweepline queue stop            start nothing new; the running experiments end by themselves
  sweepline queue stop --kill     end the running ones too: they are back in the queue, first in line
`;

/** `sweepline queue stop` */
export const command: CommandFactory = (io, finish) =>
  new Command("stop")
    .description("Stop the background workers of `queue start`, and take back what was sent to a cluster.")
    .option("--kill", "do not wait for the running experiments: end them, back into the queue")
    .option("--json", "print as JSON whether any were running")
    .addHelpText("after", examples)
    .action(async (options: { readonly kill?: boolean; readonly json?: boolean }) => {
      const context = openExperiments(openProject(io.cwd));
      const manner = options.kill ? ("kill" as const) : ("wait" as const);
      const wereSent = await stopSlurm(context, manner);
      const wereRunning = (await stopBackground(context, manner)) || wereSent;
      const stopped = options.kill
        ? "All running tasks in the queue have been killed. Queue workers are stopping."
        : "Queue workers will stop after running tasks finish.";
      if (options.json) printJson(io, JSON.stringify({ stopping: wereRunning }));
      else print(io, wereRunning ? stopped : "No queue workers are running.");
      finish(exitCodes.ok);
    });

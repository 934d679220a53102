import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { type KilledTask, killTasks } from "../../../experiments/queue/kill.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
Examples:
  sweepline queue kill brave-ibex        end it as Ctrl+C would; it counts as failed
  sweepline queue kill -f a b            kill its processes at once
  sweepline queue retry brave-ibex       put it back into the queue
`;

const endText: Readonly<Record<KilledTask["end"], (name: string) => string>> = {
  killed: (name) => `${name} has been killed.`,
  success: (name) => `${name} had succeeded before it could be killed: its result is kept.`,
  failed: (name) => `${name} had failed by itself before it could be killed: \`sweepline queue logs ${name}\` has why.`,
};

/** `sweepline queue kill` */
export const command: CommandFactory = (io, finish) =>
  new Command("kill")
    .description("End running experiments, in the background or in another terminal. They count as failed.")
    .argument("<experiments...>", "their names")
    .option("-f, --force", "kill their processes without giving them time")
    .option("--json", "print as JSON what became of each")
    .addHelpText("after", examples)
    .action(async (names: readonly string[], options: { readonly force?: boolean; readonly json?: boolean }) => {
      const context = openExperiments(openProject(io.cwd));
      const tasks = await killTasks(context, names, options.force ? "force" : "stop");
      if (options.json) printJson(io, JSON.stringify({ tasks: tasks.map(({ name, end }) => ({ name, end })) }));
      for (const { name, end, suspended } of tasks) {
        if (!options.json) print(io, endText[end](name));
        if (suspended !== undefined)
          warn(
            io,
            `process ${suspended}, which ran it, is stopped (Ctrl+Z or SIGSTOP): '${name}' counts as failed once it goes on (kill -CONT ${suspended})`,
          );
      }
      finish(exitCodes.ok);
    });

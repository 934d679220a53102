import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { runningSequences } from "../../../experiments/queue/entries.ts";
import { runOfTask } from "../../../experiments/queue/started-run.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { followLog } from "../../terminal/follow-log.ts";
import { type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { type LogOptions, unstartedEntry } from "../exp/log-options.ts";

async function show(io: Io, name: string, options: LogOptions): Promise<void> {
  const context = openExperiments(openProject(io.cwd));
  const run = await runOfTask(context, name, unstartedEntry(io, options));
  const { follow } = options;
  if (follow)
    print(
      io,
      `Following logs for experiment '${name}'. Use Ctrl+C to stop following logs (experiment execution will continue).\n`,
    );
  await followLog(io, run.log, () => !follow || !runningSequences(context).has(run.sequence));
  print(io, "");
}

const examples = `
Examples:
  sweepline queue logs brave-ibex
  sweepline queue logs brave-ibex -f           go on while it runs
`;

/** `sweepline queue logs` */
export const command: CommandFactory = (io, finish) =>
  new Command("logs")
    .description("Print the log of a task: of a running, failed or finished one.")
    .argument("<task>", "the experiment's name")
    .option("-f, --follow", "go on while it runs")
    .option("-e, --encoding <encoding>", "accepted for DVC's sake: logs are UTF-8")
    .addHelpText("after", examples)
    .action(async (name: string, options: LogOptions) => {
      await show(io, name, options);
      finish(exitCodes.ok);
    });

import { Command } from "commander";
import { exitCodes } from "../../base/errors.ts";
import { countBaselines } from "../../experiments/named.ts";
import { runningSequences } from "../../experiments/queue.ts";
import { openExperiments } from "../../experiments/repository.ts";
import { findRun } from "../../experiments/runs.ts";
import { openProject } from "../../store/open.ts";
import type { CommandFactory } from "../catalog.ts";
import { followLog } from "../follow-log.ts";
import { warn } from "../io.ts";

/** `sweepline exp logs` */
export const command: CommandFactory = (io, finish) =>
  new Command("logs")
    .description("Print the log of an experiment's newest run: of a queued, temporary, failed or finished one.")
    .argument("<experiment>", "its name")
    .option("-f, --follow", "go on while it runs")
    .action(async (name: string, options: { follow?: boolean }) => {
      const context = openExperiments(openProject(process.cwd()));
      const run = findRun(context.state, name);
      if ((await countBaselines(context, name)) > 1)
        warn(io, `several baselines have an experiment '${name}'; this is the log of the newest run of that name`);
      const isRunning = () => runningSequences(context).has(run.sequence);
      await followLog(io, run.log, () => !options.follow || !isRunning());
      finish(exitCodes.ok);
    });

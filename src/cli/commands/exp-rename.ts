import { Command } from "commander";
import { exitCodes } from "../../base/errors.ts";
import { renameExperiment } from "../../experiments/rename.ts";
import { openExperiments } from "../../experiments/repository.ts";
import { openProject } from "../../store/open.ts";
import type { CommandFactory } from "../catalog.ts";
import { print } from "../io.ts";

/** `sweepline exp rename` */
export const command: CommandFactory = (io, finish) =>
  new Command("rename")
    .description("Give a finished experiment another name. Its commit stays the same.")
    .argument("<experiment>", "name, commit id or full ref")
    .argument("<name>", "the new name")
    .option("-f, --force", "replace the experiment that has the new name")
    .action(async (from: string, to: string, options: { force?: boolean }) => {
      const context = openExperiments(openProject(process.cwd()));
      const outcome = await renameExperiment(context, { from, to, taken: options.force ? "replace" : "refuse" });
      print(io, outcome.kind === "renamed" ? `Renamed experiments: '${outcome.from}'` : "No experiments to rename.");
      finish(exitCodes.ok);
    });

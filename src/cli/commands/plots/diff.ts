import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { plotsToCompare } from "../../../experiments/plots/collect.ts";
import { openProject } from "../../../project/open.ts";
import {
  addFormOptions,
  addPropertyOptions,
  type PlotFormFlags,
  type PlotPropertyFlags,
  plotProperties,
} from "../../options/plots.ts";
import type { CommandFactory } from "../command.ts";
import { printPlots } from "./print-plots.ts";

interface Options extends PlotFormFlags, PlotPropertyFlags {
  readonly targets?: readonly string[];
}

const examples = `
Examples:
  sweepline plots diff                          HEAD and the workspace
  sweepline plots diff brave-ibex calm-crow --open
  sweepline plots diff main --targets logs.csv --json
`;

/** `sweepline plots diff` */
export const command: CommandFactory = (io, finish) =>
  addFormOptions(
    addPropertyOptions(
      new Command("diff")
        .description("Draw plots of several commits or experiments over each other.")
        .argument("[revisions...]", "commits, experiments, `workspace` (default: HEAD and the workspace)")
        .option("--targets <names...>", "only these plots or files"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (revisions: readonly string[], options: Options) => {
      const project = openProject(io.cwd);
      const { targets = [] } = options;
      const call = { io, project, targets, props: plotProperties(options), options };
      await printPlots(call, (choice) => plotsToCompare(project, revisions, choice));
      finish(exitCodes.ok);
    });

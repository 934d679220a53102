import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { workspacePlots } from "../../../experiments/plots/collect.ts";
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

const examples = `
The page holds its libraries, data and pictures: it can be sent to somebody as it is, and asks no server for anything.

Examples:
  sweepline plots show
  sweepline plots show logs.csv -x step -y loss --title Loss
  sweepline plots show predictions.csv -t confusion -x actual -y predicted --open
`;

/** `sweepline plots show` */
export const command: CommandFactory = (io, finish) =>
  addFormOptions(
    addPropertyOptions(
      new Command("show")
        .description("Draw plots of the workspace: those of dvc.yaml files and stages, or of files that are named.")
        .argument("[targets...]", "names of plots, or files (default: all that are defined)"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], options: PlotFormFlags & PlotPropertyFlags) => {
      const project = openProject(io.cwd);
      const call = { io, project, targets, props: plotProperties(options), options };
      await printPlots(call, (choice) => workspacePlots(project, choice));
      finish(exitCodes.ok);
    });

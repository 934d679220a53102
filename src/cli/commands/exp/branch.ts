import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { branchFromExperiment } from "../../../experiments/results/branch.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
Examples:
  sweepline exp branch brave-ibex
  sweepline exp branch brave-ibex tuned && git switch tuned
`;

/** `sweepline exp branch` */
export const command: CommandFactory = (io, finish) =>
  new Command("branch")
    .description("Make a Git branch at an experiment's commit.")
    .argument("<experiment>", "name, commit id or full ref")
    .argument("[branch]", "name of the branch (default: <experiment>-branch)")
    .option("--json", "print as JSON what was made")
    .addHelpText("after", examples)
    .action(async (name: string, branch: string | undefined, options: { readonly json?: boolean }) => {
      const context = openExperiments(openProject(io.cwd));
      const made = await branchFromExperiment(context, name, branch);
      if (options.json) printJson(io, JSON.stringify({ branch: made, experiment: name }));
      else {
        print(io, `Git branch '${made}' has been created from experiment '${name}'.`);
        print(io, `To switch to the new branch run:\n\n\tgit checkout ${made}`);
      }
      finish(exitCodes.ok);
    });

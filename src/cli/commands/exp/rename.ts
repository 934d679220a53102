import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { type RenameRequest, renameExperiment } from "../../../experiments/results/rename.ts";
import { renameInRemote } from "../../../experiments/share/remote-changes.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly gitRemote?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The old name; undefined where it is the new one already. */
async function rename(context: ExperimentsContext, remote: string | undefined, request: RenameRequest) {
  if (remote !== undefined) return renameInRemote(context, remote, request);
  const outcome = await renameExperiment(context, request);
  return outcome.kind === "renamed" ? outcome.from : undefined;
}

const examples = `
Examples:
  sweepline exp rename brave-ibex tuned
  sweepline exp rename brave-ibex tuned -f     in the place of what has that name
  sweepline exp rename -g origin brave-ibex tuned
`;

/** `sweepline exp rename` */
export const command: CommandFactory = (io, finish) =>
  new Command("rename")
    .description("Give a finished experiment another name. Its commit stays the same.")
    .argument("<experiment>", "name, commit id or full ref")
    .argument("<name>", "the new name")
    .option("-g, --git-remote <name>", "the experiment of that Git remote or URL, instead of the one here")
    .option("-f, --force", "replace the experiment that has the new name")
    .option("--json", "print as JSON what was done")
    .addHelpText("after", examples)
    .action(async (from: string, to: string, options: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const renamed = await rename(context, options.gitRemote, {
        from,
        to,
        taken: options.force ? "replace" : "refuse",
      });
      if (options.json)
        printJson(io, JSON.stringify({ renamed: renamed === undefined ? [] : [{ from: renamed, to }] }));
      else print(io, renamed === undefined ? "No experiments to rename." : `Renamed experiments: '${renamed}'`);
      finish(exitCodes.ok);
    });

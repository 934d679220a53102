import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { saveExperiment } from "../../../experiments/make/save.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { collect } from "../../options/arguments.ts";
import { print, printJson, warn } from "../../terminal/io.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";
import { autoPushed } from "./auto-push.ts";

interface Options {
  readonly name?: string;
  readonly message?: string;
  readonly force?: boolean;
  readonly recursive?: boolean;
  readonly includeUntracked?: readonly string[];
  readonly json?: boolean;
}

const examples = `
Examples:
  sweepline exp save -n by-hand
  sweepline exp save -I notes.md -m 'with my notes'
  sweepline exp save --json
`;

/** `sweepline exp save` */
export const command: CommandFactory = (io, finish) =>
  new Command("save")
    .description("Keep the workspace as an experiment, without running anything.")
    .argument("[targets...]", "stages whose outputs to commit (default: all)")
    .option("-n, --name <name>", "name of the experiment")
    .option("-m, --message <text>", "commit message")
    .option("-f, --force", "replace the experiment that has the name")
    .option("-R, --recursive", "all stages of the folders given as targets")
    .option("-I, --include-untracked <path>", "untracked file or folder to take along (repeatable)", collect)
    .option("--json", "print the commit as JSON")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], options: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const save = () =>
        saveExperiment(context, {
          name: options.name,
          message: options.message,
          targets,
          recursive: options.recursive === true,
          folder: io.cwd,
          includeUntracked: (options.includeUntracked ?? []).map((name) => path.resolve(io.cwd, name)),
          taken: options.force ? "replace" : "refuse",
          warning: (text) => warn(io, text),
        });
      const saved = await autoPushed(io, () =>
        refusedAs("failed to save experiment", () => withWorkspaceLock(context.project, save)),
      );
      if (options.json) printJson(io, JSON.stringify({ ref: saved.commit }));
      else print(io, `Experiment has been saved as: ${saved.name}`);
      finish(exitCodes.ok);
    });

import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { checkTags, tagExperiment } from "../../../experiments/results/annotate.ts";
import { openProject } from "../../../project/open.ts";
import { collect } from "../../options/arguments.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly remove?: readonly string[];
  readonly json?: boolean;
}

const examples = `
Examples:
  sweepline exp tag brave-ibex paper baseline
  sweepline exp tag brave-ibex --remove paper
  sweepline exp list -A --where '"paper" in tags'
`;

/** `sweepline exp tag` */
export const command: CommandFactory = (io, finish) =>
  new Command("tag")
    .description("Put tags on an experiment, take some off, or print them.")
    .argument("<experiment>", "name, commit id or full ref of a finished experiment")
    .argument("[tags...]", "tags to put on it")
    .option("-d, --remove <tag>", "take that one off (repeatable)", collect)
    .option("--json", "print note, tags and star as JSON")
    .addHelpText("after", examples)
    .action(async (name: string, tags: readonly string[], { remove = [], json }: Options) => {
      // Before there has to be a project.
      checkTags(tags);
      const note = await tagExperiment(openExperiments(openProject(io.cwd)), name, { add: tags, remove });
      if (json) printJson(io, JSON.stringify(note));
      else for (const tag of note.tags) print(io, tag);
      finish(exitCodes.ok);
    });

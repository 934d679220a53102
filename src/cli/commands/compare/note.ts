import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { noteExperiment } from "../../../experiments/results/annotate.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly clear?: boolean;
  readonly json?: boolean;
}

const examples = `
A note is no part of the experiment: two points are the same whatever is said of them. Push and pull carry it.

Examples:
  sweepline exp note brave-ibex "the one in the paper"
  sweepline exp note brave-ibex               prints it
  sweepline exp show --where 'note =~ "paper"'
`;

/** `sweepline exp note` */
export const command: CommandFactory = (io, finish) =>
  new Command("note")
    .description("Write a note on an experiment, or print it.")
    .argument("<experiment>", "name, commit id or full ref of a finished experiment")
    .argument("[text]", "the note, in place of the one before")
    .option("--clear", "remove the note")
    .option("--json", "print note, tags and star as JSON")
    .addHelpText("after", examples)
    .action(async (name: string, text: string | undefined, options: Options) => {
      if (text !== undefined && options.clear)
        throw new SweeplineError({ code: "BAD_OPTIONS", message: "--clear and a text exclude each other" });
      const context = openExperiments(openProject(io.cwd));
      const wanted = options.clear ? "" : text;
      const note = await noteExperiment(context, name, wanted);
      if (options.json) printJson(io, JSON.stringify(note));
      else if (wanted !== undefined)
        print(io, wanted === "" ? `The note on '${name}' is removed.` : `Noted on '${name}'.`);
      else if (note.text !== "") print(io, note.text);
      finish(exitCodes.ok);
    });

import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { isTag } from "../../../experiments/notes/note.ts";
import { editNotes } from "../../../experiments/notes/store.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { resolveExperiment } from "../../../experiments/results/finished.ts";
import { openProject } from "../../../project/open.ts";
import { collect } from "../../options/arguments.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly remove?: readonly string[];
  readonly json?: boolean;
}

function refuseTags(tags: readonly string[]): void {
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong === undefined) return;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `'${wrong}' can't be a tag`,
    hint: "A tag has 64 letters, digits and _.:/+- at most, and begins with a letter or a digit.",
  });
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
      refuseTags(tags);
      const context = openExperiments(openProject(io.cwd));
      const { commit } = await resolveExperiment(context, name);
      const edited = await editNotes(context.repository, [commit], (note) => ({
        ...note,
        tags: [...new Set([...note.tags, ...tags])].filter((tag) => !remove.includes(tag)).sort(),
      }));
      const note = edited.get(commit);
      if (json) printJson(io, JSON.stringify(note));
      else for (const tag of note?.tags ?? []) print(io, tag);
      finish(exitCodes.ok);
    });

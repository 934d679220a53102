import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { quotedList } from "../../../base/text/listing.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { starExperiments } from "../../../experiments/results/annotate.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
Examples:
  sweepline exp star brave-ibex calm-crow
  sweepline exp star --remove calm-crow
  sweepline exp show --where starred
`;

/** `sweepline exp star` */
export const command: CommandFactory = (io, finish) =>
  new Command("star")
    .description("Give experiments a star, or take it away.")
    .argument("<experiments...>", "names, commit ids or full refs of finished experiments")
    .option("-d, --remove", "take the star away")
    .option("--json", "print as JSON what was done")
    .addHelpText("after", examples)
    .action(async (names: readonly string[], options: { readonly remove?: boolean; readonly json?: boolean }) => {
      const context = openExperiments(openProject(io.cwd));
      const starred = !options.remove;
      await starExperiments(context, names, starred ? "give" : "take");
      if (options.json) printJson(io, JSON.stringify({ starred, experiments: names }));
      else print(io, `${starred ? "Starred" : "No star any more"}: ${quotedList(names)}`);
      finish(exitCodes.ok);
    });

import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { listSweeps } from "../../../experiments/find/sweeps.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { sweepsJson, sweepsText } from "../../../report/view/sweeps.ts";
import { bestAsked, type FindFlags } from "../../options/find.ts";
import { printJson } from "../../terminal/io.ts";
import { writePaged } from "../../terminal/pager.ts";
import { terminalOf } from "../../terminal/terminal.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends FindFlags {
  readonly json?: boolean;
}

const examples = `
Examples:
  sweepline sweep list
  sweepline sweep list --best loss --json
`;

/** `sweepline sweep list` */
export const command: CommandFactory = (io, finish) =>
  new Command("list")
    .description("List sweeps: what was swept, what became of the points, and the best of each.")
    .option("--best <metric>", "the best by that metric (default: the first that is known to be better so)")
    .addOption(new Option("--min", "less of the metric is better (default: by its name)").conflicts("max"))
    .option("--max", "more of it is better")
    .option("--json", "print as JSON")
    .addHelpText("after", examples)
    .action(async (options: Options) => {
      const sweeps = await listSweeps(openExperiments(openProject(io.cwd)), bestAsked(options));
      if (options.json) printJson(io, sweepsJson(sweeps));
      else await writePaged(io, sweepsText(sweeps, new Date(), terminalOf(io).width), "where too long");
      finish(exitCodes.ok);
    });

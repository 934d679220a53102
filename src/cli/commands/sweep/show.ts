import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { experimentsOfSweep, listSweeps, sweepNamed } from "../../../experiments/find/sweeps.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { experimentsAsJson } from "../../../report/exp-json.ts";
import { jsonPieces } from "../../../report/json.ts";
import { sweepHead } from "../../../report/view/sweeps.ts";
import { bestAsked, type FindFlags } from "../../options/find.ts";
import { foldOption } from "../../options/show-settings.ts";
import { writePieces } from "../../terminal/io.ts";
import { writePaged } from "../../terminal/pager.ts";
import { drawTableOf } from "../../words/sweep-table.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends FindFlags {
  readonly fold?: readonly string[];
  readonly json?: boolean;
}

const examples = `
Examples:
  sweepline sweep show s-2dd32ac7f627
  sweepline sweep show 2dd3 --best loss
  sweepline sweep show 2dd3 --fold seed                 replicas as one row
  sweepline exp show --sweep s-2dd32ac7f627 --csv      for programs
`;

/** `sweepline sweep show` */
export const command: CommandFactory = (io, finish) =>
  new Command("show")
    .description("Show one sweep: its command line, its states, and its points, the best first.")
    .argument("<sweep>", "its id, or how it begins")
    .option("--best <metric>", "sort by that metric (default: the first that is known to be better so)")
    .addOption(new Option("--min", "less of the metric is better (default: by its name)").conflicts("max"))
    .option("--max", "more of it is better")
    .addOption(foldOption().conflicts("json"))
    .option("--json", "print its experiments as JSON, in the form of exp show")
    .addHelpText("after", examples)
    .action(async (id: string, options: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const asked = bestAsked(options);
      const sweep = sweepNamed(await listSweeps(context, asked), id);
      const baselines = await experimentsOfSweep(context, sweep.id);
      if (options.json) writePieces(io, jsonPieces(experimentsAsJson(baselines), "line"));
      else {
        const metric = asked?.metric ?? sweep.best?.metric;
        const table = await drawTableOf(io, baselines, { metric, direction: asked?.direction, fold: options.fold });
        await writePaged(io, `${sweepHead(sweep, new Date())}\n${table}`, "where too long");
      }
      finish(exitCodes.ok);
    });

import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { visibleText } from "../../../base/text/visible.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { cleanExperiments } from "../../../experiments/upkeep/clean.ts";
import { openProject } from "../../../project/open.ts";
import { age, count } from "../../options/arguments.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly keep: number;
  readonly olderThan?: number;
  readonly json?: boolean;
}

const examples = `
Examples:
  sweepline exp clean                       keep the logs of the newest 1000 runs
  sweepline exp clean --keep 0              keep none but those of queued and failed experiments
  sweepline exp clean --older-than 7d
`;

/** `sweepline exp clean` */
export const command: CommandFactory = (io, finish) =>
  new Command("clean")
    .description(
      "Remove old logs, unused copies of the workspace, and leftovers of dead processes. Never an experiment.",
    )
    .option("--keep <n>", "logs of so many of the newest runs stay", count, 1000)
    .option("--older-than <duration>", "logs of older runs go too: 12h, 7d", age)
    .option("--json", "as JSON")
    .addHelpText("after", examples)
    .action(async ({ keep, olderThan, json }: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const { runs, copies, leftovers, stuck } = await cleanExperiments(context, {
        keepRuns: keep,
        olderThanMs: olderThan,
      });
      if (json) printJson(io, JSON.stringify({ runs, copies, leftovers, stuck }));
      else print(io, `Removed the logs of ${runs.length} runs, ${copies} workspace copies and ${leftovers} leftovers.`);
      for (const file of stuck) io.stderr.write(`ERROR: cannot remove '${visibleText(file)}'\n`);
      finish(stuck.length === 0 ? exitCodes.ok : exitCodes.refused);
    });

import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { retryTasks } from "../../../experiments/queue/changes.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { addWhereOption } from "../../options/find.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { commitsWhere } from "./where.ts";

interface RetryFlags {
  readonly failed?: boolean;
  readonly where?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  sweepline queue retry --failed && sweepline queue start -j 4
  sweepline queue retry brave-ibex calm-crow
  sweepline queue retry --where 'lr < 0.1'
`;

/** `sweepline queue retry` */
export const command: CommandFactory = (io, finish) =>
  addWhereOption(
    new Command("retry")
      .description("Put failed experiments back into the queue, at their old place.")
      .argument("[experiments...]", "their names")
      .option("--failed", "all that failed")
      .option("--json", "print as JSON what was done")
      .addHelpText("after", examples),
  ).action(async (names: readonly string[], options: RetryFlags) => {
    const byState = options.failed === true || options.where !== undefined;
    if (byState === names.length > 0)
      throw new SweeplineError({
        code: "NOTHING_CHOSEN",
        message: "Either name failed experiments, or use --failed or --where.",
      });
    const context = openExperiments(openProject(io.cwd));
    const commits = await commitsWhere(context, options.where);
    const queued = await retryTasks(context, byState ? { commits } : names);
    if (options.json) printJson(io, JSON.stringify({ queued }));
    else print(io, queued.length === 0 ? "Nothing has failed." : `Queued again: ${queued.join(", ")}`);
    finish(exitCodes.ok);
  });

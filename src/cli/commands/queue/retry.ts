import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { retryTasks } from "../../../experiments/queue/changes.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { addScopeOptions, addWhereOption, tellInVain } from "../../options/find.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { tasksWhere, type WhereFlags } from "./where.ts";

interface RetryFlags extends WhereFlags {
  readonly failed?: boolean;
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
  addScopeOptions(
    addWhereOption(new Command("retry"))
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
    const found = await tasksWhere(context, options, new Set(["failed"]));
    const queued = await retryTasks(context, byState ? { commits: found?.commits } : names);
    if (options.json) printJson(io, JSON.stringify({ queued }));
    else if (queued.length > 0) print(io, `Queued again: ${queued.join(", ")}`);
    else print(io, found === undefined ? "Nothing has failed." : "The condition holds for nothing that failed.");
    tellInVain(io, found?.inVain);
    finish(exitCodes.ok);
  });

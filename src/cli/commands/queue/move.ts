import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { someOf } from "../../../base/text/listing.ts";
import { type MoveTarget, moveTasks } from "../../../experiments/queue/changes.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly first?: boolean;
  readonly last?: boolean;
  readonly before?: string;
  readonly json?: boolean;
}

function target(options: Options): MoveTarget {
  const given = [options.first, options.last, options.before].filter((value) => value !== undefined);
  if (given.length !== 1)
    throw new SweeplineError({ code: "NO_PLACE", message: "Use one of --first, --last and --before NAME." });
  if (options.before !== undefined) return { kind: "before", name: options.before };
  return { kind: options.first ? "first" : "last" };
}

const examples = `
Examples:
  sweepline queue move brave-ibex --first
  sweepline queue move grid-7 grid-9 --before grid-2
`;

/** `sweepline queue move` */
export const command: CommandFactory = (io, finish) =>
  new Command("move")
    .description("Change the order in which queued experiments run; running workers go by it at once.")
    .argument("<experiments...>", "their names, in the order wanted")
    .option("--first", "before all others")
    .option("--last", "after all others")
    .option("--before <name>", "before that one")
    .option("--json", "print the order as JSON")
    .addHelpText("after", examples)
    .action(async (names: readonly string[], options: Options) => {
      const place = target(options);
      const order = await moveTasks(openExperiments(openProject(io.cwd)), names, place);
      if (options.json) printJson(io, JSON.stringify({ order }));
      else print(io, `Order of the queue: ${someOf(order, 20)}`);
      finish(exitCodes.ok);
    });

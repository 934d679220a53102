import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import type { CheckoutOutcome } from "../../../pipeline/data/checkout.ts";
import { openProject } from "../../../project/open.ts";
import { type ExitCode, type Io, print, printJson } from "../../terminal/io.ts";
import { changeLines, checkoutJson, summaryLine } from "../../words/checkout-text.ts";
import type { CommandFactory } from "../command.ts";
import { type CheckoutFlags, checkOutWorkspace, refuseFailed } from "./workspace-checkout.ts";

interface Flags extends CheckoutFlags {
  readonly summary?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function report(io: Io, flags: Flags, outcome: CheckoutOutcome): void {
  if (flags.json) printJson(io, JSON.stringify(checkoutJson(outcome, io.cwd)));
  else if (flags.summary) print(io, summaryLine(outcome.counts));
  else if (!flags.quiet) for (const line of changeLines(outcome, io.cwd)) print(io, line);
}

async function run(io: Io, targets: readonly string[], flags: Flags): Promise<ExitCode> {
  const outcome = await checkOutWorkspace(io, { project: openProject(io.cwd), folder: io.cwd, targets }, flags);
  report(io, flags, outcome);
  refuseFailed(outcome, io.cwd);
  if (flags.relink && !flags.quiet && !flags.json) print(io, "Relinked successfully");
  return exitCodes.ok;
}

const examples = `
Examples:
  sweepline checkout                           after git switch or git pull
  sweepline checkout model.pt -f               replace a file that is in no cache
  sweepline checkout --relink                  after a change of cache.type
`;

/** `sweepline checkout [targets]`: data from the cache into the workspace. */
export const command: CommandFactory = (io, finish) =>
  new Command("checkout")
    .argument("[targets...]", "stages, outputs, .dvc files; everything where none is named")
    .option("-f, --force", "replace files that are not in the cache")
    .option("--relink", "make links or copies anew, as cache.type says")
    .option("-d, --with-deps", "also what the targets depend on")
    .option("-R, --recursive", "everything below the folders named")
    .option("--summary", "count files instead of listing outputs")
    .option("--json", "print as JSON")
    .option("--allow-missing", "pass over what the cache lacks")
    .option("-q, --quiet", "print warnings and errors only")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: Flags) => finish(await run(io, targets, flags)));

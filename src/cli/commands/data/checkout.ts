import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import type { CheckedOut, CheckoutOutcome } from "../../../pipeline/data/checkout.ts";
import { openProject } from "../../../project/open.ts";
import { type ExitCode, type Io, print, printJson } from "../../terminal/io.ts";
import { changeLines, shown, summaryLine } from "../../words/checkout-text.ts";
import type { CommandFactory } from "../command.ts";
import { type CheckoutFlags, checkOutWorkspace, refuseFailed } from "./workspace-checkout.ts";

interface Flags extends CheckoutFlags {
  readonly summary?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function toJson(outcome: CheckoutOutcome, folder: string): string {
  const { modified, added, deleted } = outcome.changes;
  const failed = outcome.failed.map((file) => path.relative(folder, file));
  const names = (items: readonly CheckedOut[]) => items.map((item) => shown(item, folder));
  return JSON.stringify({
    modified: names(modified),
    added: names(added),
    deleted: names(deleted),
    failed,
    files: outcome.counts,
  });
}

function report(io: Io, flags: Flags, outcome: CheckoutOutcome): void {
  if (flags.json) printJson(io, toJson(outcome, io.cwd));
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
    .action(async (targets: readonly string[], flags: Flags) => finish(await run(io, targets, flags)));

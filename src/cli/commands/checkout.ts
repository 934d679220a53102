import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../base/errors.ts";
import { type CheckoutOutcome, checkoutFailed, checkoutOutputs } from "../../pipeline/data/checkout.ts";
import { openCache } from "../../store/cache.ts";
import { openProject } from "../../store/open.ts";
import { projectState } from "../../store/state-database.ts";
import type { CommandFactory } from "../catalog.ts";
import { changeLines, shown, summaryLine } from "../checkout-text.ts";
import { type ExitCode, type Io, print } from "../io.ts";
import { withWorkspaceLock } from "../workspace-lock.ts";

interface CheckoutFlags {
  readonly force?: boolean;
  readonly relink?: boolean;
  readonly recursive?: boolean;
  readonly summary?: boolean;
  readonly json?: boolean;
  readonly allowMissing?: boolean;
  readonly quiet?: boolean;
}

function toJson(outcome: CheckoutOutcome): string {
  const { modified, added } = outcome.changes;
  const failed = outcome.failed.map((file) => path.relative(process.cwd(), file));
  return JSON.stringify({ modified: modified.map(shown), added: added.map(shown), failed, files: outcome.counts });
}

function report(io: Io, flags: CheckoutFlags, outcome: CheckoutOutcome): void {
  if (flags.json) print(io, toJson(outcome));
  else if (flags.summary) print(io, summaryLine(outcome.counts));
  else if (!flags.quiet) for (const line of changeLines(outcome)) print(io, line);
}

async function run(io: Io, targets: readonly string[], flags: CheckoutFlags): Promise<ExitCode> {
  const project = openProject(process.cwd());
  const state = projectState(project);
  try {
    const outcome = await withWorkspaceLock(project, (lock) =>
      checkoutOutputs({
        project,
        cache: openCache(project, { state }),
        folder: process.cwd(),
        targets,
        recursive: flags.recursive === true,
        unsaved: flags.force ? "overwrite" : "refuse",
        links: flags.relink ? "relink" : "keep",
        missing: flags.allowMissing ? "skip" : "refuse",
        lock,
      }),
    );
    report(io, flags, outcome);
    if (outcome.failed.length > 0)
      throw checkoutFailed(outcome.failed.map((file) => path.relative(process.cwd(), file)));
    if (flags.relink && !flags.quiet && !flags.json) print(io, "Relinked successfully");
    return exitCodes.ok;
  } finally {
    await state.close();
  }
}

/** `sweepline checkout [targets]`: data from the cache into the workspace. */
export const command: CommandFactory = (io, finish) =>
  new Command("checkout")
    .argument("[targets...]", "stages, outputs, .dvc files; everything where none is named")
    .option("-f, --force", "replace files that are not in the cache")
    .option("--relink", "make links or copies anew, as cache.type says")
    .option("-R, --recursive", "everything below the folders named")
    .option("--summary", "count files instead of listing outputs")
    .option("--json", "print as JSON")
    .option("--allow-missing", "pass over what the cache lacks")
    .option("-q, --quiet", "print warnings and errors only")
    .action(async (targets: readonly string[], flags: CheckoutFlags) => finish(await run(io, targets, flags)));

import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../base/errors.ts";
import {
  type CheckedOut,
  type CheckoutOutcome,
  checkoutFailed,
  checkoutOutputs,
} from "../../pipeline/data/checkout.ts";
import { openCache } from "../../store/cache.ts";
import { openProject } from "../../store/open.ts";
import { projectState } from "../../store/state-database.ts";
import type { CommandFactory } from "../catalog.ts";
import { type ExitCode, type Io, print } from "../io.ts";

interface CheckoutFlags {
  readonly force?: boolean;
  readonly relink?: boolean;
  readonly recursive?: boolean;
  readonly summary?: boolean;
  readonly json?: boolean;
  readonly allowMissing?: boolean;
  readonly quiet?: boolean;
}

function shown(item: CheckedOut): string {
  return path.relative(process.cwd(), item.path) + (item.kind === "folder" ? path.sep : "");
}

const letters = [
  ["M", "modified"],
  ["A", "added"],
] as const;

function changeLines(outcome: CheckoutOutcome): string[] {
  return letters.flatMap(([letter, change]) => outcome.changes[change].map((item) => `${letter}\t${shown(item)}`));
}

/** `2 files added and 1 file modified`, in DVC's order. */
function summaryLine(counts: CheckoutOutcome["counts"]): string {
  const parts = (["modified", "added", "deleted"] as const)
    .filter((change) => counts[change] > 0)
    .map((change) => `${counts[change]} file${counts[change] === 1 ? "" : "s"} ${change}`);
  if (parts.length === 0) return "No changes.";
  return parts.length === 1 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
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
    const outcome = await checkoutOutputs({
      project,
      cache: openCache(project, { state }),
      folder: process.cwd(),
      targets,
      recursive: flags.recursive === true,
      unsaved: flags.force ? "overwrite" : "refuse",
      links: flags.relink ? "relink" : "keep",
      missing: flags.allowMissing ? "skip" : "refuse",
    });
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

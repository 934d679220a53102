import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { brokenFilesOfRows } from "../../../experiments/reading/unreadable.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { type CollectOptions, collectExperiments } from "../../../experiments/show/collect.ts";
import { openProject } from "../../../project/open.ts";
import { renderExperiments, type ShowFormat, type ShowOptions } from "../../../report/exp-show.ts";
import { collect, digits, integer, pattern } from "../../options/arguments.ts";
import { warnUnreadable } from "../../options/targets.ts";
import { type Io, writePieces } from "../../terminal/io.ts";
import { terminalOf } from "../../terminal/terminal.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly rev?: readonly string[];
  readonly num: number;
  readonly allCommits?: boolean;
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly onlyChanged?: boolean;
  readonly drop?: readonly RegExp[];
  readonly keep?: readonly RegExp[];
  readonly paramDeps?: boolean;
  readonly sortBy?: string;
  readonly sortOrder: "asc" | "desc";
  readonly sha?: boolean;
  readonly hideFailed?: boolean;
  readonly hideQueued?: boolean;
  readonly hideWorkspace?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly md?: boolean;
  readonly precision?: number;
  readonly sweep?: string;
  readonly force?: boolean;
}

function hidden(options: Options): CollectOptions["hide"] {
  const hide = new Set<"workspace" | "queued" | "failed">();
  if (options.hideWorkspace) hide.add("workspace");
  if (options.hideQueued) hide.add("queued");
  if (options.hideFailed) hide.add("failed");
  return hide;
}

function collectOptions(options: Options): CollectOptions {
  return {
    revisions: {
      revs: options.rev ?? [],
      count: options.num,
      allBranches: options.allBranches ?? false,
      allTags: options.allTags ?? false,
      // A sweep may hang on any baseline.
      allCommits: options.allCommits ?? false,
    },
    hide: hidden(options),
    params: options.paramDeps ? "dependencies" : "all",
    naming: options.sha ? "ids" : "names",
    memory: options.force ? "renew" : "use",
    ...(options.sweep === undefined ? {} : { sweep: options.sweep }),
  };
}

function formatOf(options: Options): ShowFormat {
  if (options.json) return "json";
  if (options.csv) return "csv";
  return options.md ? "markdown" : "table";
}

function showOptions(options: Options, io: Io): ShowOptions {
  return {
    format: formatOf(options),
    columns: { onlyChanged: options.onlyChanged ?? false, drop: options.drop ?? [], keep: options.keep ?? [] },
    sort:
      options.sortBy === undefined ? undefined : { by: options.sortBy, order: options.sortOrder, missing: "as-dvc" },
    precision: options.precision,
    terminal: terminalOf(io),
    now: new Date(),
  };
}

/** `sweepline exp show` */
export const command: CommandFactory = (io, finish) =>
  new Command("show")
    .description("Show experiments with their parameters and metrics, below the commit they derive from.")
    .option("-A, --all-commits", "of all commits")
    .option("--rev <commit>", "of that commit (repeatable; default: HEAD)", collect)
    .option("-n, --num <n>", "and of the commits before it, n in all (-1: of all)", integer, 1)
    .option("-a, --all-branches", "of the tips of all branches")
    .option("-T, --all-tags", "of all tags")
    .option("--sweep <id>", "only the experiments of that sweep")
    .option("--no-pager", "for compatibility: no pager is ever started")
    .option("--only-changed", "only columns whose values differ")
    .option("--drop <pattern>", "leave out columns that match (repeatable)", pattern)
    .option("--keep <pattern>", "keep columns that match whatever else is said (repeatable)", pattern)
    .option("--param-deps", "only parameters that stages depend on")
    .option("--sort-by <name>", "sort by that metric or parameter")
    .addOption(new Option("--sort-order <order>", "how").choices(["asc", "desc"]).default("asc"))
    .option("--sha", "call commits by their ids, not by branch or tag")
    .option("--hide-failed", "without failed experiments")
    .option("--hide-queued", "without queued experiments")
    .option("--hide-workspace", "without the workspace")
    .addOption(new Option("--json", "print as JSON, as DVC does").conflicts(["csv", "md"]))
    .addOption(new Option("--csv", "print as CSV").conflicts(["md"]))
    .option("--md", "print as a Markdown table")
    .option("--precision <n>", "digits of numbers (default: 5; CSV: all)", digits)
    .option("-f, --force", "read all commits again, whatever is remembered of them")
    .action(async (options: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const baselines = await refusedAs("failed to show experiments", () =>
        collectExperiments(context, collectOptions(options)),
      );
      warnUnreadable(io, "parameters or metrics", brokenFilesOfRows(baselines));
      writePieces(io, renderExperiments(baselines, showOptions(options, io)));
      finish(exitCodes.ok);
    });

import { Command, Option } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { knownDirection } from "../../../experiments/find/direction.ts";
import type { FilterRow } from "../../../experiments/find/filter-row.ts";
import type { GroupOrder } from "../../../experiments/find/group.ts";
import type { FindScope } from "../../../experiments/find/scope.ts";
import type { Baseline } from "../../../experiments/reading/types.ts";
import { brokenFilesOfRows } from "../../../experiments/reading/unreadable.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { type CollectOptions, collectExperiments } from "../../../experiments/show/collect.ts";
import { isUnknownSort } from "../../../experiments/show/value-columns.ts";
import { openProject } from "../../../project/open.ts";
import { renderExperiments, type ShowOptions } from "../../../report/exp-show.ts";
import { collect, digits, integer, pattern } from "../../options/arguments.ts";
import { addFindOptions, type FindFlags, findRequest, scopeAsked, tellInVain } from "../../options/find.ts";
import { askedFormat } from "../../options/show-format.ts";
import { columnNames, foldOption, type ShowSettings, showSettings } from "../../options/show-settings.ts";
import { warnUnreadable } from "../../options/targets.ts";
import { type Io, writePieces } from "../../terminal/io.ts";
import { writePaged } from "../../terminal/pager.ts";
import { terminalOf, unknownWidth } from "../../terminal/terminal.ts";
import type { GroupsAsked } from "../../words/groups-text.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends FindFlags {
  readonly groupBy?: readonly string[];
  readonly fold?: readonly string[];
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
  readonly sortOrder?: "asc" | "desc";
  readonly columns?: readonly string[];
  /** false with --no-pager. */
  readonly pager: boolean;
  readonly sha?: boolean;
  readonly hideFailed?: boolean;
  readonly hideQueued?: boolean;
  readonly hideWorkspace?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly md?: boolean;
  readonly html?: string;
  readonly precision?: number;
  readonly sweep?: string;
  readonly force?: boolean;
  readonly curve?: string;
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

/** What a command line means for all formats. */
function rowsAndColumns(options: Options): Pick<ShowOptions, "columns" | "sort" | "precision" | "now"> {
  const { onlyChanged = false, drop = [], keep = [], columns: only, sortBy: by, sortOrder: order = "asc" } = options;
  return {
    columns: { onlyChanged, drop, keep, only },
    sort: by === undefined ? undefined : { by, order, missing: "as-dvc" },
    precision: options.precision,
    now: new Date(),
  };
}

/** The best first, where they are asked for: as if sorted by that metric. */
function sortFlags(options: Options): Pick<Options, "sortBy" | "sortOrder"> {
  if (options.best === undefined) return {};
  const direction = options.min ? "min" : options.max ? "max" : knownDirection(options.best);
  return { sortBy: options.best, sortOrder: direction === "min" ? "asc" : "desc" };
}

interface TerminalCall {
  readonly io: Io;
  readonly context: ExperimentsContext;
}

/** A setting may be of another project, as all of `git config --global` are: what it names and is not here is passed over. */
function isSettingUnknown(error: unknown, { sortBy }: ShowSettings, given: Options): boolean {
  if (sortBy === undefined || given.sortBy !== undefined || given.best !== undefined) return false;
  return isUnknownSort(error);
}

interface Rows {
  /** Those that are shown. */
  readonly baselines: readonly Baseline[];
  /** Those that they were chosen from. */
  readonly all: readonly Baseline[];
}

/** For somebody who looks at it: with their settings, and missing values last. */
async function showOnTerminal(call: TerminalCall, given: Options) {
  const { io, context } = call;
  const settings = await showSettings(context.repository);
  const { width, colours } = terminalOf(io);
  const { experimentView } = await import("../../../report/view/exp-view.ts");
  const draw = ({ baselines, all }: Rows, preferred: ShowSettings) => {
    const { sort, columns, ...rest } = rowsAndColumns({ ...preferred, ...given, ...sortFlags(given) });
    return experimentView(baselines, {
      ...rest,
      all,
      columns: { ...columns, unknown: given.columns === undefined ? "passed over" : "refused" },
      sort: sort && { ...sort, missing: "last" },
      terminal: { width: width === "full" ? unknownWidth : width, colours },
    });
  };
  const drawPreferred = (rows: Rows) => {
    try {
      return draw(rows, settings);
    } catch (error) {
      if (!isSettingUnknown(error, settings, given)) throw error;
      const { sortBy: _, ...others } = settings;
      return draw(rows, others);
    }
  };
  return (rows: Rows) => writePaged(io, drawPreferred(rows), given.pager ? "where too long" : "never");
}

function groupsAsked({ groupBy, fold }: Options): GroupsAsked["by"] | undefined {
  if (fold !== undefined) return { over: fold };
  return groupBy === undefined ? undefined : { names: groupBy };
}

/** --best, --sort-by and --top are of the groups, where there are some. */
function groupOrder(options: Options): GroupOrder | undefined {
  const { best, sortBy, sortOrder } = { ...options, ...sortFlags(options) };
  const by = best ?? sortBy;
  if (by === undefined) return undefined;
  const option = best === undefined ? "--sort-by" : "--best";
  return { by, option, first: sortOrder === "desc" ? "greatest" : "least", top: options.top };
}

/** How often each choice of values is there, and what came of it. */
function printGroups(io: Io, options: Options, by: GroupsAsked["by"]) {
  return async ({ baselines }: Rows) => {
    const { drawGroups } = await import("../../words/groups-text.ts");
    const format = askedFormat(options);
    const text = drawGroups(io, baselines, { by, order: groupOrder(options), format, precision: options.precision });
    await writePaged(io, text, options.pager && format === "table" ? "where too long" : "never");
  };
}

function scopeOf(options: Options): FindScope {
  return { ...scopeAsked(options), sweep: options.sweep };
}

/** Only those that the options name by what they are. */
async function narrowed(
  { io, context }: TerminalCall,
  baselines: readonly Baseline[],
  options: Options,
): Promise<readonly Baseline[]> {
  const asked = findRequest(options, options.sortBy);
  const request = groupsAsked(options) === undefined ? asked : { ...asked, best: undefined };
  if (request.where === undefined && request.best === undefined) return baselines;
  const { onlyRows } = await import("../../../experiments/find/find.ts");
  const { chooseOrLook } = await import("../../../experiments/find/scope.ts");
  const hide = hidden(options);
  const isMeant = ({ facts: { state } }: FilterRow) => !(state === "queued" || state === "failed") || !hide.has(state);
  const { rows, inVain } = await chooseOrLook(context, { request, baselines, isMeant }, scopeOf(options));
  tellInVain(io, inVain);
  return onlyRows(baselines, rows);
}

/** As DVC prints it, to the byte where that is a pipe. */
function printPlain(io: Io, given: Options) {
  const options = { ...given, ...sortFlags(given) };
  const format = askedFormat(options);
  return async ({ baselines }: Rows) =>
    writePieces(io, renderExperiments(baselines, { format, ...rowsAndColumns(options), terminal: terminalOf(io) }));
}

/** Curves of the experiments that are named or found, in place of the table. Throws BAD_OPTIONS for names without --curve. */
async function drawAsked({ io, context }: TerminalCall, names: readonly string[], options: Options): Promise<void> {
  const { curve: key } = options;
  if (key === undefined)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "exp show takes names of experiments only with --curve",
      hint: "`sweepline exp compare` shows those that are named side by side; --where 'name in [...]' chooses rows.",
    });
  const { showCurves } = await import("./show-curve.ts");
  await showCurves(io, context, {
    key,
    names,
    find: findRequest(options, options.sortBy),
    scope: scopeOf(options),
    format: askedFormat(options),
  });
}

/** In the form that was asked for. */
async function answer(io: Io, names: readonly string[], options: Options): Promise<void> {
  const context = openExperiments(openProject(io.cwd));
  if (options.curve !== undefined || names.length > 0) {
    await drawAsked({ io, context }, names, options);
    return;
  }
  const groups = groupsAsked(options);
  const isLookedAt = io.stdout.isTTY && askedFormat(options) === "table";
  const show =
    options.html !== undefined
      ? writePage({ io, context }, options.html)
      : groups !== undefined
        ? printGroups(io, options, groups)
        : isLookedAt
          ? await showOnTerminal({ io, context }, options)
          : printPlain(io, options);
  const collected = await refusedAs("failed to show experiments", () =>
    collectExperiments(context, collectOptions(options)),
  );
  const baselines = await narrowed({ io, context }, collected, options);
  warnUnreadable(io, "parameters or metrics", brokenFilesOfRows(baselines));
  await show({ baselines, all: collected });
}

/** As a page in one file. */
function writePage({ io, context }: { readonly io: Io; readonly context: ExperimentsContext }, file: string) {
  return async ({ baselines }: Rows) => {
    const { writeReportFile } = await import("../../words/report-file.ts");
    await writeReportFile(io, context, { baselines, file });
  };
}

const examples = `
On a terminal it shows what tells most first: metrics, and the parameters that vary. What is sent through a pipe is DVC's.
What is long goes through $DVC_PAGER, $PAGER or less. Settings for the terminal:
  git config exp.show.columns State,accuracy,lr     also exp.show.sortBy, sortOrder, precision

Examples:
  sweepline exp show --sort-by accuracy --sort-order desc
  sweepline exp show --only-changed --drop 'seed'
  sweepline exp show --where 'accuracy > 0.9 and lr in [0.1, 0.2]' --best accuracy --top 5
  sweepline exp show --group-by lr,units --best accuracy
  sweepline exp show --fold seed --best accuracy --top 3
  sweepline exp show --columns accuracy,lr,Created
  sweepline exp show --sweep 1a2b3c --csv > sweep.csv
  sweepline exp show brave-ibex calm-crow --curve loss
  sweepline exp show --best accuracy --top 3 --curve train/loss
  sweepline exp show -A --html report.html
`;

/** `sweepline exp show` */
export const command: CommandFactory = (io, finish) =>
  addFindOptions(
    new Command("show")
      .description("Show experiments with their parameters and metrics, below the commit they derive from.")
      .argument("[experiments...]", "with --curve: which")
      .option("-A, --all-commits", "of all commits")
      .option("--rev <commit>", "of that commit (repeatable; default: HEAD)", collect)
      .option("-n, --num <n>", "and of the commits before it, n in all (-1: of all)", integer, 1)
      .option("-a, --all-branches", "of the tips of all branches")
      .option("-T, --all-tags", "of all tags")
      .option("--sweep <id>", "only the experiments of that sweep")
      .option("--no-pager", "print at once, however long it is")
      .option("--columns <names>", "these columns and no others, in this order: lr,accuracy,Created", columnNames)
      .option("--only-changed", "only columns whose values differ")
      .option("--drop <pattern>", "leave out columns that match (repeatable)", pattern)
      .option("--keep <pattern>", "keep columns that match whatever else is said (repeatable)", pattern)
      .option("--param-deps", "only parameters that stages depend on")
      .option("--sort-by <name>", "sort by that metric or parameter")
      .addOption(new Option("--sort-order <order>", "how (default: asc)").choices(["asc", "desc"]))
      .option("--sha", "call commits by their ids, not by branch or tag")
      .option("--hide-failed", "without failed experiments")
      .option("--hide-queued", "without queued experiments")
      .option("--hide-workspace", "without the workspace")
      .addOption(new Option("--json", "print as JSON, as DVC does").conflicts(["csv", "md"]))
      .addOption(new Option("--csv", "print as CSV").conflicts(["md"]))
      .option("--md", "print as a Markdown table")
      .addOption(
        new Option("--html <file>", "write a page to look at, in one file").conflicts(["json", "csv", "md", "groupBy"]),
      )
      .option("--precision <n>", "digits of numbers (default: 5; CSV: all)", digits)
      .option("-f, --force", "read all commits again, whatever is remembered of them")
      .option("--group-by <names>", "count, mean and spread of metrics by these parameters: lr,units", columnNames)
      .addOption(foldOption().conflicts(["groupBy", "html", "curve"]))
      .addOption(
        new Option(
          "--curve <key>",
          "draw a column of plots files (loss, train/loss, FILE:loss), several over one another",
        ).conflicts(["md", "groupBy"]),
      )
      .addHelpText("after", examples),
  ).action(async (names: readonly string[], options: Options) => {
    await answer(io, names, options);
    finish(exitCodes.ok);
  });

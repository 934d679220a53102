import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import type { Chosen } from "../../../experiments/find/find.ts";
import type { Baseline } from "../../../experiments/reading/types.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { collectExperiments } from "../../../experiments/show/collect.ts";
import { openProject } from "../../../project/open.ts";
import { collect, digits } from "../../options/arguments.ts";
import { addWhereOption, refuseNone } from "../../options/find.ts";
import { askedFormat } from "../../options/show-format.ts";
import { printJson } from "../../terminal/io.ts";
import { writePaged } from "../../terminal/pager.ts";
import { terminalOf } from "../../terminal/terminal.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly metric?: string;
  readonly min?: boolean;
  readonly max?: boolean;
  readonly where?: readonly string[];
  readonly sweep?: string;
  readonly allCommits?: boolean;
  readonly rev?: readonly string[];
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly md?: boolean;
  readonly precision?: number;
}

/** Those that the condition holds for, if there is one. Throws NOTHING_CHOSEN where it holds for none. */
async function chosenOf(
  context: ExperimentsContext,
  baselines: readonly Baseline[],
  { where, allCommits = false, rev: revs = [], sweep }: Options,
): Promise<Chosen> {
  const { chooseOrLook, isFinished } = await import("../../../experiments/find/scope.ts");
  const request = { where, best: undefined, top: undefined };
  const looked = { request, baselines, isMeant: isFinished };
  if (where === undefined) return (await import("../../../experiments/find/find.ts")).chooseRows(baselines, request);
  const { inVain, ...chosen } = await chooseOrLook(context, looked, { allCommits, revs, sweep });
  refuseNone(chosen.rows.filter(isFinished), inVain);
  return chosen;
}

const examples = `
Importance: a forest of decision trees learns the metric from the parameters; a parameter is as important as it is worse
without it, at points that it did not see. It says how much of the metric can be foretold at all: where that is little, so
are the importances worth. The same experiments give the same answer.

Examples:
  sweepline exp effects --metric accuracy
  sweepline exp effects --metric loss --sweep s-1a2b3c --csv
`;

/** `sweepline exp effects` */
export const command: CommandFactory = (io, finish) =>
  addWhereOption(
    new Command("effects")
      .description("Show what each parameter does to a metric: mean, best and count by value, and its importance.")
      .option("--metric <name>", "which metric (default: the only one)")
      .addOption(new Option("--min", "less of it is better (default: by its name)").conflicts("max"))
      .option("--max", "more of it is better")
      .option("--sweep <id>", "of that sweep")
      .option("-A, --all-commits", "of experiments of all commits (default: of HEAD)")
      .option("--rev <commit>", "of that commit (repeatable)", collect)
      .addOption(new Option("--json", "print as JSON").conflicts(["csv", "md"]))
      .addOption(new Option("--csv", "print as CSV").conflicts(["md"]))
      .option("--md", "print as a Markdown table")
      .option("--precision <n>", "digits of numbers (default: 5)", digits)
      .addHelpText("after", examples),
  ).action(async (options: Options) => {
    const context = openExperiments(openProject(io.cwd));
    const baselines = await refusedAs("failed to show experiments", () =>
      collectExperiments(context, {
        revisions: {
          revs: options.rev ?? [],
          count: 1,
          allBranches: false,
          allTags: false,
          allCommits: options.allCommits ?? false,
        },
        hide: new Set(["workspace", "queued", "failed"]),
        params: "all",
        naming: "names",
        ...(options.sweep === undefined ? {} : { sweep: options.sweep }),
      }),
    );
    const { effectsOf } = await import("../../../experiments/find/effects.ts");
    const { renderEffects } = await import("../../../report/view/effects.ts");
    const direction = options.min ? "min" : options.max ? "max" : undefined;
    const { rows, columns } = await chosenOf(context, baselines, options);
    const effects = effectsOf(rows, columns, { metric: options.metric, direction });
    const format = askedFormat(options);
    const { width } = terminalOf(io);
    const text = renderEffects(effects, { format, precision: options.precision, width, params: columns.params });
    if (format === "json") printJson(io, text.trimEnd());
    else await writePaged(io, text, format === "table" ? "where too long" : "never");
    finish(exitCodes.ok);
  });

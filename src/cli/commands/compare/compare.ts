import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { brokenFilesOfRows } from "../../../experiments/reading/unreadable.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { compareRevisions } from "../../../experiments/show/compare-many.ts";
import { openProject } from "../../../project/open.ts";
import { renderExperiments } from "../../../report/exp-show.ts";
import { digits } from "../../options/arguments.ts";
import {
  addScopeOptions,
  addWhereOption,
  revisionsAsked,
  type ScopeFlags,
  scopeOfCondition,
} from "../../options/find.ts";
import { askedFormat } from "../../options/show-format.ts";
import { columnNames } from "../../options/show-settings.ts";
import { warnUnreadable } from "../../options/targets.ts";
import { writePieces } from "../../terminal/io.ts";
import { writePaged } from "../../terminal/pager.ts";
import { terminalOf } from "../../terminal/terminal.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends ScopeFlags {
  readonly where?: readonly string[];
  readonly all?: boolean;
  readonly columns?: readonly string[];
  readonly paramDeps?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly md?: boolean;
  readonly precision?: number;
}

const examples = `
Examples:
  sweepline exp compare brave-ibex calm-crow HEAD workspace
  sweepline exp compare --where 'accuracy > 0.97' --columns accuracy,lr
`;

/** `sweepline exp compare` */
export const command: CommandFactory = (io, finish) =>
  addScopeOptions(
    addWhereOption(new Command("compare"))
      .description("Show experiments, commits or the workspace side by side: metrics, and the parameters that differ.")
      .argument("[revisions...]", "names of experiments, commits, or workspace")
      .option("--all", "what is the same everywhere, too")
      .option("--columns <names>", "these columns and no others, in this order", columnNames)
      .option("--param-deps", "only parameters that stages depend on")
      .addOption(new Option("--json", "print as JSON, in the form of exp show").conflicts(["csv", "md"]))
      .addOption(new Option("--csv", "print as CSV").conflicts(["md"]))
      .option("--md", "print as a Markdown table")
      .option("--precision <n>", "digits of numbers (default: 5; CSV: all)", digits)
      .addHelpText("after", examples),
  ).action(async (names: readonly string[], options: Options) => {
    const context = openExperiments(openProject(io.cwd));
    const revisions = await revisionsAsked(context, {
      names,
      find: { where: options.where },
      scope: scopeOfCondition(options),
    });
    const params = options.paramDeps ? "dependencies" : "all";
    const rows = await refusedAs("failed to compare", () => compareRevisions(context, revisions, params));
    warnUnreadable(io, "parameters or metrics", brokenFilesOfRows(rows));
    const terminal = terminalOf(io);
    const { width } = terminal;
    const format = askedFormat(options);
    const shown = {
      columns: {
        onlyChanged: !options.all,
        drop: [/^Created$/],
        keep: [/^Experiment$/, /^rev$/],
        only: options.columns,
      },
      sort: undefined,
      precision: options.precision,
      now: new Date(),
    };
    if (format === "table" && width !== "full") {
      const { experimentView } = await import("../../../report/view/exp-view.ts");
      await writePaged(io, experimentView(rows, { ...shown, terminal: { ...terminal, width } }), "where too long");
    } else writePieces(io, renderExperiments(rows, { format, ...shown, namesInCsv: "of all rows", terminal }));
    finish(exitCodes.ok);
  });

import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { diffExperiments } from "../../../experiments/show/compare.ts";
import { openProject } from "../../../project/open.ts";
import { renderExperimentDiff } from "../../../report/diffs.ts";
import { digits } from "../../options/arguments.ts";
import { type DiffOptions, diffLayout } from "../../options/diff.ts";
import {
  addScopeOptions,
  addWhereOption,
  revisionsAsked,
  type ScopeFlags,
  scopeOfCondition,
} from "../../options/find.ts";
import { warnUnreadable } from "../../options/targets.ts";
import type { Io } from "../../terminal/io.ts";
import { terminalOf } from "../../terminal/terminal.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends DiffOptions, ScopeFlags {
  readonly paramDeps?: boolean;
  readonly where?: readonly string[];
}

interface Call {
  readonly io: Io;
  readonly context: ExperimentsContext;
  readonly options: Options;
}

async function diffTwo({ io, context, options }: Call, [a, b]: readonly string[]): Promise<void> {
  const diff = await refusedAs("failed to show experiments diff", () =>
    diffExperiments(context, {
      old: a,
      new: b,
      which: options.all ? "all" : "changed",
      params: options.paramDeps ? "dependencies" : "all",
    }),
  );
  if (diff === undefined) return;
  warnUnreadable(io, "parameters or metrics", diff.broken);
  io.stdout.write(renderExperimentDiff(diff, diffLayout(io, { old: a, new: b }, options)));
}

/** A column for each, in place of the changes. */
async function diffSeveral({ io, context, options }: Call, names: readonly string[]): Promise<void> {
  const { diffMany } = await import("../../../experiments/show/compare-many.ts");
  const { renderSideBySide } = await import("../../../report/view/side-by-side.ts");
  const revisions = await revisionsAsked(context, {
    names,
    find: { where: options.where },
    scope: scopeOfCondition(options),
  });
  const diff = await refusedAs("failed to show experiments diff", () =>
    diffMany(context, revisions, {
      which: options.all ? "all" : "changed",
      params: options.paramDeps ? "dependencies" : "all",
    }),
  );
  if (diff === undefined) return;
  warnUnreadable(io, "parameters or metrics", diff.broken);
  const layout = diffLayout(io, { old: undefined, new: undefined }, options);
  io.stdout.write(renderSideBySide(diff, { ...layout, width: terminalOf(io).width }));
}

const examples = `
Examples:
  sweepline exp diff                          HEAD and the workspace
  sweepline exp diff brave-ibex calm-crow --all
  sweepline exp diff brave-ibex calm-crow mad-moth     a column for each
  sweepline exp diff --where 'accuracy > 0.97' --json
`;

/** `sweepline exp diff` */
export const command: CommandFactory = (io, finish) =>
  addScopeOptions(
    addWhereOption(new Command("diff"))
      .description("Show changes in parameters and metrics between experiments, commits or the workspace.")
      .argument("[revisions...]", "old and new experiment or commit (default: HEAD and the workspace), or more of them")
      .option("--all", "unchanged values too")
      .option("--param-deps", "only parameters that stages depend on")
      .option("--json", "print as JSON")
      .option("--md", "print as Markdown tables")
      .option("--no-path", "without the files' paths")
      .option("--precision <n>", "digits of metrics (default: 5)", digits)
      .addHelpText("after", examples),
  ).action(async (names: readonly string[], options: Options) => {
    scopeOfCondition(options);
    const call = { io, context: openExperiments(openProject(io.cwd)), options };
    if (options.where === undefined && names.length <= 2) await diffTwo(call, names);
    else await diffSeveral(call, names);
    finish(exitCodes.ok);
  });

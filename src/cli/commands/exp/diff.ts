import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { diffExperiments } from "../../../experiments/show/compare.ts";
import { openProject } from "../../../project/open.ts";
import { renderExperimentDiff } from "../../../report/diffs.ts";
import { digits } from "../../options/arguments.ts";
import { type DiffOptions, diffLayout } from "../../options/diff.ts";
import { warnUnreadable } from "../../options/targets.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends DiffOptions {
  readonly paramDeps?: boolean;
}

/** `sweepline exp diff` */
export const command: CommandFactory = (io, finish) =>
  new Command("diff")
    .description("Show changes in parameters and metrics between two experiments, commits or the workspace.")
    .argument("[a_rev]", "old experiment or commit (default: HEAD)")
    .argument("[b_rev]", "new experiment or commit (default: the workspace)")
    .option("--all", "unchanged values too")
    .option("--param-deps", "only parameters that stages depend on")
    .option("--json", "print as JSON")
    .option("--md", "print as Markdown tables")
    .option("--no-path", "without the files' paths")
    .option("--precision <n>", "digits of metrics (default: 5)", digits)
    .action(async (a: string | undefined, b: string | undefined, options: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const diff = await refusedAs("failed to show experiments diff", () =>
        diffExperiments(context, {
          old: a,
          new: b,
          which: options.all ? "all" : "changed",
          params: options.paramDeps ? "dependencies" : "all",
        }),
      );
      if (diff === undefined) return finish(exitCodes.ok);
      warnUnreadable(io, "parameters or metrics", diff.broken);
      io.stdout.write(renderExperimentDiff(diff, diffLayout(io, { old: a, new: b }, options)));
      finish(exitCodes.ok);
    });

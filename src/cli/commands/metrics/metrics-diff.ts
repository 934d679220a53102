import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { diffMetrics } from "../../../experiments/show/compare.ts";
import { openProject } from "../../../project/open.ts";
import { renderMetricsDiff } from "../../../report/diffs.ts";
import { digits } from "../../options/arguments.ts";
import { type DiffOptions, diffLayout } from "../../options/diff.ts";
import { rebaseFiles, targetsFrom, warnUnreadable } from "../../options/targets.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends DiffOptions {
  readonly targets?: readonly string[];
}

/** `sweepline metrics diff` */
export const command: CommandFactory = (io, finish) =>
  new Command("diff")
    .description("Show changes in metrics between two commits, or a commit and the workspace.")
    .argument("[a_rev]", "old commit", "HEAD")
    .argument("[b_rev]", "new commit", "workspace")
    .option("--targets <paths...>", "only these files, tracked as metrics or not")
    .option("-R, --recursive", "for compatibility: a folder always stands for its files")
    .option("--all", "unchanged metrics too")
    .option("--json", "print as JSON")
    .option("--md", "print as a Markdown table")
    .option("--no-path", "without the files' paths")
    .option("--precision <n>", "decimals (default: 5)", digits)
    .action(async (a: string, b: string, options: Options) => {
      const project = openProject(io.cwd);
      const place = { project, folder: io.cwd };
      const result = await diffMetrics(openExperiments(project), {
        old: a,
        new: b,
        which: options.all ? "all" : "changed",
        targets: targetsFrom(place, options.targets),
      });
      warnUnreadable(io, "metrics", result.unreadable);
      io.stdout.write(renderMetricsDiff(rebaseFiles(place, result.diff), diffLayout(io, { old: a, new: b }, options)));
      finish(exitCodes.ok);
    });

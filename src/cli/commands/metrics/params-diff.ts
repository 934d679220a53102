import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { diffParams } from "../../../experiments/show/compare.ts";
import { openProject } from "../../../project/open.ts";
import { renderParamsDiff } from "../../../report/diffs.ts";
import { type DiffOptions, diffLayout } from "../../options/diff.ts";
import { rebaseFiles, targetsFrom, warnUnreadable } from "../../options/targets.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends DiffOptions {
  readonly targets?: readonly string[];
  readonly deps?: boolean;
}

/** `sweepline params diff` */
export const command: CommandFactory = (io, finish) =>
  new Command("diff")
    .description("Show changes in parameters between two commits, or a commit and the workspace.")
    .argument("[a_rev]", "old commit", "HEAD")
    .argument("[b_rev]", "new commit", "workspace")
    .option("--targets <paths...>", "only these files, tracked as parameters or not")
    .option("--all", "unchanged parameters too")
    .option("--deps", "only parameters that stages depend on")
    .option("--json", "print as JSON")
    .option("--md", "print as a Markdown table")
    .option("--no-path", "without the files' paths")
    .action(async (a: string, b: string, options: Options) => {
      const project = openProject(io.cwd);
      const place = { project, folder: io.cwd };
      const result = await diffParams(openExperiments(project), {
        old: a,
        new: b,
        which: options.all ? "all" : "changed",
        targets: targetsFrom(place, options.targets),
        params: options.deps ? "dependencies" : "all",
      });
      warnUnreadable(io, "parameters", result.unreadable);
      io.stdout.write(renderParamsDiff(rebaseFiles(place, result.diff), diffLayout(io, { old: a, new: b }, options)));
      finish(exitCodes.ok);
    });

import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { readMetrics } from "../../../experiments/show/compare.ts";
import { openProject } from "../../../project/open.ts";
import { type MetricsLayout, renderMetrics } from "../../../report/metrics-table.ts";
import { digits } from "../../options/arguments.ts";
import { rebaseFiles, targetsFrom, warnUnreadable } from "../../options/targets.ts";
import type { Io } from "../../terminal/io.ts";
import { terminalOf } from "../../terminal/terminal.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly allCommits?: boolean;
  readonly json?: boolean;
  readonly md?: boolean;
  readonly precision?: number;
}

function layout(io: Io, options: Options): MetricsLayout {
  return {
    format: options.json ? "json" : options.md ? "markdown" : "table",
    revisions: options.allBranches || options.allTags || options.allCommits ? "shown" : "hidden",
    precision: options.precision || undefined,
    json: terminalOf(io).width === "full" ? "line" : "indented",
  };
}

const examples = `
Examples:
  sweepline metrics show
  sweepline metrics show -a --md               of all branches, as a Markdown table
  sweepline metrics show eval/metrics.json --precision 3
`;

/** `sweepline metrics show` */
export const command: CommandFactory = (io, finish) =>
  new Command("show")
    .description("Print metrics of the workspace, and of other revisions where asked.")
    .argument("[targets...]", "only these metrics files")
    .option("-a, --all-branches", "of all branches")
    .option("-T, --all-tags", "of all tags")
    .option("-A, --all-commits", "of all commits")
    .option("-R, --recursive", "for compatibility: a folder always stands for its files")
    .option("--json", "print as JSON")
    .option("--md", "print as a Markdown table")
    .option("--precision <n>", "decimals (default: 5)", digits)
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], options: Options) => {
      const project = openProject(io.cwd);
      const place = { project, folder: io.cwd };
      const rows = await readMetrics(project, {
        targets: targetsFrom(place, targets),
        allBranches: options.allBranches ?? false,
        allTags: options.allTags ?? false,
        allCommits: options.allCommits ?? false,
      });
      warnUnreadable(io, "metrics", rows.unreadable);
      const metrics = new Map(
        [...rows.metrics].map(([name, result]) => [
          name,
          result.kind === "error" ? result : { ...result, files: rebaseFiles(place, result.files) },
        ]),
      );
      io.stdout.write(renderMetrics(metrics, layout(io, options)));
      finish(exitCodes.ok);
    });

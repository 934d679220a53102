import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { diffMetrics } from "../../../experiments/show/compare.ts";
import { renderMetricsDiff } from "../../../report/diffs.ts";
import { digits } from "../../options/arguments.ts";
import type { CommandFactory } from "../command.ts";
import { type DiffSubject, printDiff, type TargetsDiffOptions } from "./print-diff.ts";

const subject: DiffSubject = { what: "metrics", diff: diffMetrics, render: renderMetricsDiff };

const examples = `
Examples:
  sweepline metrics diff                       what changed since HEAD
  sweepline metrics diff main brave-ibex --json
  sweepline metrics diff --all --targets eval/metrics.json
`;

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
    .addHelpText("after", examples)
    .action(async (a: string, b: string, options: TargetsDiffOptions) => {
      await printDiff(io, subject, { old: a, new: b, options });
      finish(exitCodes.ok);
    });

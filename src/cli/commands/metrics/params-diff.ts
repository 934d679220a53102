import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { diffParams } from "../../../experiments/show/compare.ts";
import { renderParamsDiff } from "../../../report/diffs.ts";
import type { CommandFactory } from "../command.ts";
import { type DiffSubject, printDiff, type TargetsDiffOptions } from "./print-diff.ts";

interface Options extends TargetsDiffOptions {
  readonly deps?: boolean;
}

const subject: DiffSubject = { what: "parameters", diff: diffParams, render: renderParamsDiff };

const examples = `
Examples:
  sweepline params diff                        what changed since HEAD
  sweepline params diff main workspace --deps  only what stages depend on
  sweepline params diff HEAD~1 --json
`;

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
    .addHelpText("after", examples)
    .action(async (a: string, b: string, options: Options) => {
      await printDiff(io, subject, { old: a, new: b, options, params: options.deps ? "dependencies" : "all" });
      finish(exitCodes.ok);
    });

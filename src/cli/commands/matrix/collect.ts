import { Command, Option } from "commander";
import { namedFile } from "../../../base/named-file.ts";
import { someLines } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import { type Collected, collectResults } from "../../../ci/collect/collect.ts";
import { type OpenPoint, openPointText, type ReportLimit, renderReport } from "../../../ci/collect/report.ts";
import { matrixExitCodes, withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { logsOfFailedPoints } from "../../../ci/failures.ts";
import { commentCharacters, type System, summaryBytes, systems } from "../../../ci/limits.ts";
import type { RoundFacts } from "../../../ci/plan.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { shownTail } from "../../../experiments/show/failure-logs.ts";
import { openProject } from "../../../project/open.ts";
import { foldOption } from "../../options/show-settings.ts";
import { type ExitCode, type Io, print, warn } from "../../terminal/io.ts";
import { collectNamed, printPlanTable } from "../../words/sweep-table.ts";
import type { CommandFactory } from "../command.ts";
import { addPlanOption, appendNamed, matrixJobs, writeNamed } from "./shared.ts";

interface Options {
  readonly plan: string;
  readonly bundles?: string;
  readonly gitRemote?: string;
  readonly remote?: string;
  /** false for --no-cache. */
  readonly cache: boolean;
  readonly for: System;
  readonly maxJobs?: number;
  readonly md?: string;
  readonly comment?: string;
  readonly html?: string;
  readonly fold?: readonly string[];
  readonly sortBy?: string;
  readonly sortOrder: "asc" | "desc";
}

function writeReport(io: Io, file: string, text: string): void {
  if (file === io.env.GITHUB_STEP_SUMMARY) appendNamed(io, file, text);
  else writeNamed(io, file, text);
}

const mostShown = 50;

function printOpen(io: Io, what: string, points: readonly OpenPoint[]): void {
  if (points.length === 0) return;
  print(io, `\n${points.length} ${what}:`);
  const lines = points.map((point) => visible(openPointText(point)));
  for (const line of someLines(lines, mostShown)) print(io, `  ${line}`);
}

/** Writes the reports that were asked for. */
function writeReports(io: Io, options: Options, { collected, table }: Reported): void {
  const { plan, done, failed, missing } = collected;
  const reports: readonly [string | undefined, ReportLimit][] = [
    [options.md, { unit: "bytes", most: summaryBytes }],
    [options.comment, { unit: "characters", most: commentCharacters }],
  ];
  for (const [file, limit] of reports)
    if (file !== undefined)
      writeReport(io, file, renderReport({ plan, done: done.size, failed, missing, table: table() }, limit));
}

interface Reported {
  readonly collected: Collected;
  /** As Markdown. */
  table(): string;
}

/** Of what failed elsewhere the jobs have pushed the ends of their logs. */
async function writePage(
  { io, context, file }: { readonly io: Io; readonly context: ExperimentsContext; readonly file: string },
  { plan, done, failed }: Collected,
): Promise<void> {
  const { writeReportFile } = await import("../../words/report-file.ts");
  const { groupFailures } = await import("../../../report/page/page-data.ts");
  const baselines = await collectNamed(context, { names: done, baseline: plan.baseline });
  const logs = await logsOfFailedPoints(context.repository, new Set(failed.map(({ point }) => point.name)));
  const failures = groupFailures(
    failed.map((open) => {
      const log = logs.get(open.point.name);
      return {
        name: openPointText({ ...open, message: undefined, checkpoints: undefined }),
        log: log === undefined ? undefined : shownTail(log),
        message: open.message,
      };
    }),
  );
  await writeReportFile(io, context, { baselines, file, title: "Results of all jobs", failures });
}

function roundText({ ended, trials }: RoundFacts, now: number): string {
  const all = ended + now;
  if (trials !== undefined && all >= trials) return `The search has all of its ${trials} trials.`;
  const of = trials === undefined ? "" : ` of ${trials}`;
  return `${all}${of} trials of the search have ended: the line that planned this round plans the next one.`;
}

async function collect(io: Io, options: Options): Promise<ExitCode> {
  const context = openExperiments(openProject(io.cwd));
  const request = {
    plan: namedFile(io.cwd, options.plan),
    bundles: options.bundles === undefined ? undefined : namedFile(io.cwd, options.bundles),
    gitRemote: options.gitRemote,
    remote: options.remote,
    cache: options.cache,
    system: options.for,
    maxJobs: options.maxJobs,
  };
  const collected = await collectResults(context, request, { warn: (message) => warn(io, message) });
  const { plan, done, failed, missing } = collected;
  const tableOptions = { ...options, names: done, baseline: plan.baseline };
  const table = done.size === 0 ? () => "" : await printPlanTable(io, context, tableOptions);
  printOpen(io, "failed", failed);
  printOpen(io, "missing", missing);
  print(io, `\n${done.size} of ${plan.points.length} points done, ${failed.length} failed, ${missing.length} missing.`);
  if (plan.round !== undefined) print(io, roundText(plan.round, done.size + failed.length));
  writeReports(io, options, { collected, table });
  if (options.html !== undefined) await writePage({ io, context, file: options.html }, collected);
  if (!collected.isStorageThere) return matrixExitCodes.retry;
  return failed.length + missing.length === 0 ? matrixExitCodes.ok : matrixExitCodes.points;
}

const examples = `
Examples:
  sweepline matrix collect --for github --md "$GITHUB_STEP_SUMMARY" --sort-by loss
  sweepline matrix collect --bundles bundles --comment comment.md --html report.html

Exit codes: 0 all is there, 1 points failed or are missing, 2 wrong use, 75 worth another try.
`;

/** `sweepline matrix collect` */
export const command: CommandFactory = (io, finish) =>
  addPlanOption(
    new Command("collect")
      .description(
        "Fetch the results of all jobs, compare them with the plan, and report. Exits 0 only when all is there.",
      )
      .option("--bundles <folder>", "take results from the Git bundles below it too")
      .option("--git-remote <name>", "the Git remote (default: exp.git_remote, else origin)")
      .option("-r, --remote <name>", "the storage remote, as given to run")
      .option("--no-cache", "do not look for the data, as given to run")
      .addOption(new Option("--for <system>", "as given to emit: to name jobs").choices(systems).default("lines"))
      .option("--max-jobs <n>", "as given to emit: to name jobs", matrixJobs)
      .option("--md <file>", "write a report in Markdown, for a step summary (1 MiB at most)")
      .option("--comment <file>", "write a report in Markdown, for a comment (65,536 characters at most)")
      .option("--html <file>", "write a page to look at, in one file: a job uploads it as it is")
      .addOption(foldOption())
      .option("--sort-by <column>", "sort the table by that metric or parameter")
      .addOption(new Option("--sort-order <order>", "how").choices(["asc", "desc"]).default("asc")),
  )
    .addHelpText("after", examples)
    .action(async (options: Options) => finish(await withMatrixExitCodes(() => collect(io, options))));

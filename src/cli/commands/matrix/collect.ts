import path from "node:path";
import { Command, Option } from "commander";
import { SweeplineError } from "../../../base/errors.ts";
import { existsSync } from "../../../base/files.ts";
import { someLines, someOf } from "../../../base/listing.ts";
import { visible } from "../../../base/visible.ts";
import { bundlesBelow, checkBundle } from "../../../ci/bundles.ts";
import { maxJobsOf } from "../../../ci/emit/emit.ts";
import { matrixExitCodes, withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { type PointScope, type PointState, statesOfPoints, type Taken, takeResults } from "../../../ci/gather.ts";
import { commentCharacters, type System, summaryBytes, systems } from "../../../ci/limits.ts";
import { resultRef } from "../../../ci/plan-refs.ts";
import { type OpenPoint, openPointText, type ReportFacts, type ReportLimit, renderReport } from "../../../ci/report.ts";
import { withRetries } from "../../../ci/retry.ts";
import { packShards } from "../../../ci/shards.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { type DataStanding, dataStandings } from "../../../experiments/share/standing.ts";
import { hasGitRemote } from "../../../git/remote.ts";
import { resolveCommit } from "../../../git/repository.ts";
import { openProject } from "../../../project/open.ts";
import { type ExitCode, type Io, print, warn } from "../../terminal/io.ts";
import { printPlanTable } from "../../words/sweep-table.ts";
import type { CommandFactory } from "../command.ts";
import { absentStorage } from "../exp/share.ts";
import { addPlanOption, appendNamed, gitRemoteOf, matrixJobs, readPlan, withNamedFile, writeNamed } from "./shared.ts";

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
  readonly sortBy?: string;
  readonly sortOrder: "asc" | "desc";
}

async function openScope({ cwd }: Io, options: Options): Promise<PointScope> {
  const context = openExperiments(openProject(cwd));
  const plan = readPlan(options.plan);
  if ((await resolveCommit(context.repository, plan.baseline)) === plan.baseline)
    return { context, plan, points: plan.points };
  throw new SweeplineError({
    code: "PLAN_STALE",
    message: `the plan's commit ${plan.baseline} is not in this clone`,
    hint: "Check it out, or fetch it.",
    exitCode: matrixExitCodes.usage,
  });
}

function warnRefused(io: Io, { refused }: Taken, source: string): void {
  if (refused.length === 0) return;
  warn(io, `${source}: ${refused.length} refs are not what the plan says, and were left: ${refused[0]}`);
}

/** All bundles below a folder. One that can't be read costs its points, not the others'. */
async function takeBundles(io: Io, scope: PointScope, folder: string): Promise<void> {
  // Every job may have been killed before it had results.
  if (!existsSync(folder)) warn(io, `there is no folder '${visible(folder)}': no bundles`);
  const names = existsSync(folder) ? withNamedFile(folder, () => bundlesBelow(folder)) : [];
  for (const name of names)
    try {
      checkBundle(path.resolve(io.cwd, folder, name));
      warnRefused(io, await takeResults(scope, path.resolve(io.cwd, folder, name)), name);
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      warn(io, `${visible(name)} can't be read: ${error.message}`);
    }
}

/** Nobody has named a remote, and there is none of the usual name: jobs of one machine push to where we are. */
async function hasNoRemote({ context }: PointScope, options: Options): Promise<boolean> {
  const isNamed = options.gitRemote !== undefined || context.project.config.get("exp.git_remote") !== undefined;
  return !isNamed && !(await hasGitRemote(context.repository, "origin"));
}

/** Answers what the Git remote has; undefined where there is none. */
async function take(io: Io, scope: PointScope, options: Options): Promise<Taken | undefined> {
  if (options.bundles !== undefined) await takeBundles(io, scope, options.bundles);
  if (await hasNoRemote(scope, options)) {
    if (options.bundles === undefined) warn(io, "there is no Git remote: only results that are here already count");
    return undefined;
  }
  const remote = await gitRemoteOf(scope.context, options.gitRemote);
  const taken = await withRetries(
    () => takeResults(scope, remote),
    (message) => warn(io, `${message}; trying again`),
  );
  warnRefused(io, taken, remote);
  return taken;
}

interface Collecting extends PointScope {
  readonly io: Io;
}

/** A point is done where its result counts for everybody: under its name in the remote, and with its data. */
async function checkedStates({ io, ...scope }: Collecting, taken: Taken | undefined, options: Options) {
  const { context, plan, points } = scope;
  const states = await statesOfPoints(scope, taken?.sound);
  // Bundles carry no data, and need no name in the remote.
  const counts = (at: number) => {
    if (!options.cache) return false;
    const point = points[at];
    const ref = point === undefined ? undefined : resultRef(plan, point);
    return options.bundles === undefined || (ref !== undefined && taken?.there.has(ref) === true);
  };
  const commits = states.flatMap((state, at) => (state.kind === "done" && counts(at) ? [state.commit] : []));
  const { remote } = options;
  const standings = await dataStandings(context, { commits, baseline: plan.baseline, remote });
  const absent = standings.size === 0 ? undefined : await absentStorage(context.project, remote);
  if (absent !== undefined)
    warn(io, `the folder of storage remote '${absent.name}' is not there: '${visible(absent.place)}'`);
  const checked = states.map((state, at): PointState => {
    const point = points[at];
    if (state.kind !== "done" || point === undefined) return state;
    if (options.bundles === undefined && taken?.refused.includes(resultRef(plan, point)))
      return { kind: "taken", commit: state.commit };
    const standing = standings.get(state.commit);
    return standing === undefined ? state : { kind: "failed", message: lostText(standing), commit: state.commit };
  });
  return { states: checked, isStorageThere: absent === undefined };
}

function lostText({ nowhere, onlyHere }: DataStanding): string {
  const hashes = [...nowhere, ...onlyHere];
  const hint = nowhere.length === 0 ? "; this clone's cache has it, and `matrix run` of the point brings it there" : "";
  return `its data is not, or not whole, in the storage remote: md5 ${someOf(hashes, 3)}${hint}`;
}

function openPoints(scope: PointScope, states: readonly PointState[], options: Options) {
  const { points } = scope;
  const jobs = packShards(points.length, maxJobsOf(options.for, options.maxJobs));
  const open: OpenPoint[] = [];
  let at = 0;
  for (const [index, point] of points.entries()) {
    while ((jobs[at]?.last ?? index) < index) at++;
    const state = states[index];
    const job = jobs[at] ?? { first: index, last: index };
    if (state?.kind === "failed") open.push({ point, job, message: state.message });
    else if (state?.kind === "taken")
      open.push({ point, job, message: "another experiment, or one with other overrides, has its name" });
    else if (state?.kind !== "done") open.push({ point, job, message: undefined });
  }
  return open;
}

function writeReport(io: Io, file: string, text: string): void {
  if (file === io.env.GITHUB_STEP_SUMMARY) appendNamed(file, text);
  else writeNamed(io, file, text);
}

const mostShown = 50;

function printOpen(io: Io, what: string, points: readonly OpenPoint[]): void {
  if (points.length === 0) return;
  print(io, `\n${points.length} ${what}:`);
  const lines = points.map((point) => visible(openPointText(point)));
  for (const line of someLines(lines, mostShown)) print(io, `  ${line}`);
}

async function collect(io: Io, options: Options): Promise<ExitCode> {
  const scope = await openScope(io, options);
  const { context, plan, points } = scope;
  const taken = await take(io, scope, options);
  const { states, isStorageThere } = await checkedStates({ ...scope, io }, taken, options);
  const open = openPoints(scope, states, options);
  const failed = open.filter(({ message }) => message !== undefined);
  const missing = open.filter(({ message }) => message === undefined);
  const names = new Set(points.filter((_, at) => states[at]?.kind === "done").map(({ name }) => name));
  const tableOptions = { ...options, names, baseline: plan.baseline };
  const table = names.size === 0 ? () => "" : await printPlanTable(io, context, tableOptions);
  printOpen(io, "failed", failed);
  printOpen(io, "missing", missing);
  print(io, `\n${names.size} of ${points.length} points done, ${failed.length} failed, ${missing.length} missing.`);
  const reports: readonly [string | undefined, ReportLimit][] = [
    [options.md, { unit: "bytes", most: summaryBytes }],
    [options.comment, { unit: "characters", most: commentCharacters }],
  ];
  for (const [file, limit] of reports) {
    if (file === undefined) continue;
    const facts: ReportFacts = { plan, done: names.size, failed, missing, table: table() };
    writeReport(io, file, renderReport(facts, limit));
  }
  if (!isStorageThere) return matrixExitCodes.retry;
  return open.length === 0 ? matrixExitCodes.ok : matrixExitCodes.points;
}

const examples = `
Examples:
  sweepline matrix collect --for github --md "$GITHUB_STEP_SUMMARY" --sort-by loss
  sweepline matrix collect --bundles bundles --comment comment.md

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
      .option("--sort-by <column>", "sort the table by that metric or parameter")
      .addOption(new Option("--sort-order <order>", "how").choices(["asc", "desc"]).default("asc")),
  )
    .addHelpText("after", examples)
    .action(async (options: Options) => finish(await withMatrixExitCodes(() => collect(io, options))));

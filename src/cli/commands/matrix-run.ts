import path from "node:path";
import { Command } from "commander";
import { writeBundle } from "../../ci/bundles.ts";
import { matrixExitCodes, withMatrixExitCodes } from "../../ci/exit-codes.ts";
import type { PointFailure } from "../../ci/failures.ts";
import { compareRivals, statesOfPoints } from "../../ci/gather.ts";
import type { PlanPoint } from "../../ci/plan.ts";
import { readPlanPoint } from "../../ci/plan-points.ts";
import { type PointRef, resultRef } from "../../ci/plan-refs.ts";
import { keepFailures, publishResults } from "../../ci/publish.ts";
import { withRetries } from "../../ci/retry.ts";
import { enqueue } from "../../experiments/enqueue.ts";
import { shownRemote } from "../../git/remote.ts";
import { fetchTracked } from "../../pipeline/data/transfer.ts";
import { defaultRemoteName } from "../../store/remotes/open.ts";
import type { CommandFactory } from "../catalog.ts";
import { configsOf, expandOptions } from "../composition.ts";
import { transferData } from "../data-transfer.ts";
import { dataRequest } from "../exp-share.ts";
import { type ExitCode, type Io, print, warn } from "../io.ts";
import { addLimitOptions, entryLimits, runLimits } from "../limit-options.ts";
import { addPlanOption, ensureIdentity, planRequest } from "../matrix.ts";
import {
  checkQueue,
  checkStorage,
  type Job,
  lookAtRemote,
  nameTaken,
  openJob,
  type Refs,
  type RunOptions,
  standingAt,
  standingsOf,
  told,
} from "../matrix-job.ts";
import { jobs } from "../reproduce-options.ts";
import { type QueueRun, runQueue } from "../run-queue.ts";
import { transferProgress } from "../transfer-progress.ts";
import { filesText, wordList } from "../transfers.ts";

/** The data that the baseline's stages need, as far as the storage remote has it. */
async function fetchData({ io, context, options }: Job): Promise<void> {
  if (!options.cache || (options.remote ?? defaultRemoteName(context.project)) === undefined) return;
  const flags = {
    ...(options.remote === undefined ? {} : { remote: options.remote }),
    runCache: options.runCache === true,
  };
  const call = { project: context.project, targets: [], flags, what: "Downloading" };
  await withRetries(() => transferData(io, call, fetchTracked), told(io));
}

async function runPoints(job: Job, open: readonly PlanPoint[]): Promise<QueueRun> {
  const { io, context, plan, options } = job;
  const configs = configsOf(io, context.project, { hydra: plan.run.composition !== "off" });
  const points = open.map((point) => readPlanPoint(point, expandOptions(configs)));
  const request = planRequest(context, plan, { points, names: open.map((point) => point.name), configs });
  await checkQueue(job, open);
  const outcome = await enqueue(context, { ...request, ...entryLimits(options) });
  return runQueue(context, io, {
    jobs: options.jobs,
    onFailure: "continue",
    only: new Set(outcome.queued.map(({ sequence }) => sequence)),
    claims: "take",
    sweep: plan.sweep,
    limits: runLimits(options),
    format: "text",
  });
}

function failuresOf(job: Job, { summary }: QueueRun): readonly PointFailure[] {
  const byName = new Map(job.points.map((point) => [point.name, point]));
  return summary.failed.flatMap(({ experiment, message, log }) => {
    const point = byName.get(experiment.name);
    return point === undefined ? [] : [{ point, message, log: path.resolve(job.context.project.root, log) }];
  });
}

interface Outcomes {
  /** The plan's refs that the remote had. */
  readonly there: Refs;
  readonly failures: readonly PointRef[];
  /** Points that ran again because their data is lost. */
  readonly lost: readonly PlanPoint[];
}

/** Says where another job was first with something else; throws NAME_TAKEN where it is no result of the plan. */
async function warnRivals(job: Job, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const scope = { ...job, points: job.points.filter(({ name }) => names.includes(name)) };
  const { taken, different } = await withRetries(() => compareRivals(scope, job.remote), told(job.io));
  if (taken !== undefined) throw nameTaken(job.plan, taken);
  if (different.length > 0)
    warn(job.io, `another job brought another result first, which counts: ${wordList(different)}`);
}

async function handOn(job: Job, { there, failures, lost }: Outcomes): Promise<string> {
  const { io, context, plan, options, remote } = job;
  const states = await statesOfPoints(job);
  const results = job.points.flatMap((point, at): PointRef[] => {
    const state = states[at];
    return state?.kind === "done" ? [{ point, ref: resultRef(plan, point), commit: state.commit }] : [];
  });
  if (options.bundle !== undefined) {
    const refs = [...results, ...failures].map(({ ref }) => ref);
    await writeBundle(context, options.bundle, { plan, refs });
    return refs.length === 0 ? "nothing to bundle" : `bundled in ${options.bundle}`;
  }
  const progress = transferProgress(io, "Uploading");
  const flags = { ...options, num: 1, jobs: undefined };
  const { jobs: _jobs, ...transferFlags } = flags;
  const asked = dataRequest(io, context.project, { flags: transferFlags, progress });
  const data = asked === undefined ? undefined : { ...asked, damaged: "replace" as const };
  const redone = new Set(lost.map(({ name }) => name));
  const published = await withRetries(
    () => publishResults(context, { plan, remote, results, failures, there, data, redone }),
    told(io),
  ).finally(() => progress.close());
  await warnRivals(job, published.elsewhere);
  return `${published.pushed} pushed to '${shownRemote(remote)}', ${filesText(published.files, "uploaded")}`;
}

function exitCodeOf({ summary, interrupted }: QueueRun): ExitCode {
  if (interrupted || summary.requeued.length > 0) return matrixExitCodes.retry;
  return summary.failed.length > 0 ? matrixExitCodes.points : matrixExitCodes.ok;
}

async function run(io: Io, options: RunOptions): Promise<ExitCode> {
  const job = await openJob(io, options);
  await ensureIdentity(job.context);
  await checkStorage(job);
  const { there, refused } = await lookAtRemote(job);
  const states = await statesOfPoints(job);
  const taken = job.points.find(
    (point, at) => states[at]?.kind === "taken" || refused.includes(resultRef(job.plan, point)),
  );
  if (taken !== undefined) throw nameTaken(job.plan, taken);
  const standings = await standingsOf(job, states);
  const lost = job.points.filter((_, at) => (standingAt(standings, states[at])?.nowhere.length ?? 0) > 0);
  const open = job.points.filter((point, at) => states[at]?.kind !== "done" || lost.includes(point));
  const isAllThere = standings.size === 0 && job.points.every((point) => there.has(resultRef(job.plan, point)));
  if (lost.length > 0)
    warn(io, `the data of ${wordList(lost.map(({ name }) => name))} is in no storage, or damaged: run again`);
  if (open.length === 0 && isAllThere) {
    print(io, `Point ${options.point}: done before, nothing to do.`);
    return matrixExitCodes.ok;
  }
  if (open.length > 0) await fetchData(job);
  const outcome =
    open.length > 0
      ? await runPoints(job, open)
      : {
          summary: { succeeded: [], failed: [], requeued: [], queued: 0, elsewhere: { running: 0, failed: 0 } },
          interrupted: false,
        };
  const failures = await keepFailures(job.context, job.plan, failuresOf(job, outcome));
  const handed = await handOn(job, { there, failures, lost });
  print(io, `Point ${options.point}: ${job.points.length - open.length} done before; ${handed}.`);
  return exitCodeOf(outcome);
}

const examples = `
Examples:
  sweepline matrix run --plan sweep.json --point "$POINT"
  sweepline matrix run --point 0-3 -j 2              four points, two at once
  sweepline matrix run --point 7 --bundle results.bundle

Exit codes: 0 done, 1 points failed, 2 wrong use, 75 worth another try.
`;

/** `sweepline matrix run` */
export const command: CommandFactory = (io, finish) =>
  addLimitOptions(
    addPlanOption(
      new Command("run")
        .description(
          "Run the points of one job of a matrix, and push their results. Points that are done are left alone.",
        )
        .requiredOption("--point <i>", "the position of a point in the plan, or a range of them: 7, 0-3")
        .option("-j, --jobs <n>", "experiments at once", jobs, 1)
        .option("--bundle <file>", "write the results into a Git bundle, where the job may not push")
        .option("--git-remote <name>", "the Git remote (default: exp.git_remote, else origin)")
        .option("-r, --remote <name>", "the storage remote, where it is not the default one")
        .option("--no-cache", "without the data: neither fetched nor pushed")
        .option("--run-cache", "kept runs of stages too"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (options: RunOptions) => finish(await withMatrixExitCodes(() => run(io, options))));

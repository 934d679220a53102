import path from "node:path";
import { Command } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { visible } from "../../base/visible.ts";
import { openBundleFolder, writeBundle } from "../../ci/bundles.ts";
import { matrixExitCodes, withMatrixExitCodes } from "../../ci/exit-codes.ts";
import type { PointFailure } from "../../ci/failures.ts";
import {
  compareRivals,
  type PointScope,
  type PointState,
  statesOfPoints,
  type Taken,
  takeResults,
} from "../../ci/gather.ts";
import type { PlanPoint, SweepPlan } from "../../ci/plan.ts";
import { readPlanPoint } from "../../ci/plan-points.ts";
import { type PointRef, resultRef } from "../../ci/plan-refs.ts";
import { keepFailures, publishResults } from "../../ci/publish.ts";
import { withRetries } from "../../ci/retry.ts";
import { parseShard } from "../../ci/shards.ts";
import { enqueue } from "../../experiments/enqueue.ts";
import { listQueue } from "../../experiments/queue.ts";
import { type ExperimentsContext, openExperiments } from "../../experiments/repository.ts";
import { dataStandings } from "../../experiments/share/standing.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { shownRemote } from "../../git/remote.ts";
import { fetchTracked } from "../../pipeline/data/transfer.ts";
import { openProject } from "../../store/open.ts";
import { defaultRemoteName } from "../../store/remotes/open.ts";
import type { CommandFactory } from "../catalog.ts";
import { configsOf, expandOptions } from "../composition.ts";
import { transferData } from "../data-transfer.ts";
import { absentStorage, dataRequest } from "../exp-share.ts";
import { type ExitCode, type Io, print, warn } from "../io.ts";
import { addLimitOptions, entryLimits, type LimitFlags, runLimits } from "../limit-options.ts";
import {
  addPlanOption,
  checkHead,
  ensureIdentity,
  gitRemoteOf,
  planRequest,
  readPlan,
  trackedChanges,
} from "../matrix.ts";
import { jobs } from "../reproduce-options.ts";
import { type QueueRun, runQueue } from "../run-queue.ts";
import { transferProgress } from "../transfer-progress.ts";
import { filesText, wordList } from "../transfers.ts";

interface Options extends LimitFlags {
  readonly plan: string;
  readonly point: string;
  readonly jobs: number;
  readonly bundle?: string;
  readonly gitRemote?: string;
  readonly remote?: string;
  readonly runCache?: boolean;
  /** false for --no-cache. */
  readonly cache: boolean;
}

interface Job extends PointScope {
  readonly io: Io;
  readonly options: Options;
  readonly remote: string;
}

type Refs = ReadonlyMap<RefName, ObjectId>;

const told = (io: Io) => (message: string) => warn(io, `${message}; trying again`);

async function openJob(io: Io, options: Options): Promise<Job> {
  const context = openExperiments(openProject(process.cwd()));
  const plan = readPlan(options.plan);
  await checkHead(context, plan);
  await refuseChanges(context);
  const { first, last } = parseShard(options.point, plan.points.length);
  const remote = await gitRemoteOf(context, options.gitRemote);
  if (options.bundle !== undefined) openBundleFolder(options.bundle);
  return { io, options, context, plan, remote, points: plan.points.slice(first, last + 1) };
}

/** Runs start from the workspace: a change there would be part of every result, under the plan's name. */
async function refuseChanges(context: ExperimentsContext): Promise<void> {
  const changed = await trackedChanges(context);
  if (changed.length === 0) return;
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : "";
  throw new SweeplineError({
    code: "WORKSPACE_CHANGED",
    message: `the plan is of a commit, and these tracked files differ from it: '${changed.slice(0, 5).join("', '")}'${more}`,
    hint: "Commit them and plan again, or put them back with git stash or git checkout.",
    exitCode: matrixExitCodes.usage,
  });
}

/** What the remote has of the points already. A job that writes a bundle may have no way to the remote. */
async function lookAtRemote(job: Job): Promise<Taken> {
  try {
    const look = () => takeResults(job, job.remote);
    return await (job.options.bundle === undefined ? withRetries(look, told(job.io)) : look());
  } catch (error) {
    if (!(error instanceof SweeplineError) || job.options.bundle === undefined) throw error;
    warn(job.io, `the Git remote was not asked what is done already: ${error.message}`);
    return { there: new Map(), refused: [] };
  }
}

function nameTaken(plan: SweepPlan, point: PlanPoint): SweeplineError {
  return new SweeplineError({
    code: "NAME_TAKEN",
    message: `another experiment on ${plan.baseline.slice(0, 7)} has the name '${point.name}'`,
    hint: "Plan with another -n.",
  });
}

/** A storage folder that is not there is a disk that is not mounted: made here, it would go with the job. */
async function checkStorage({ context, options }: Job): Promise<void> {
  if (options.bundle !== undefined || !options.cache) return;
  const absent = await absentStorage(context.project, options.remote);
  if (absent === undefined) return;
  throw new SweeplineError({
    code: "STORAGE_MISSING",
    message: `the folder of storage remote '${absent.name}' is not there: '${visible(absent.place)}'`,
    hint: "Mount it in every job; a new one is made once, by hand. --no-cache, for `matrix collect` too, leaves the data behind.",
  });
}

type Standings = Awaited<ReturnType<typeof dataStandings>>;

/** Which of the results that are done lack data in the storage remote. Bundles carry none. */
async function standingsOf({ context, plan, options }: Job, states: readonly PointState[]): Promise<Standings> {
  if (options.bundle !== undefined || !options.cache) return new Map();
  const commits = states.flatMap((state) => (state.kind === "done" ? [state.commit] : []));
  return dataStandings(context, { commits, baseline: plan.baseline, remote: options.remote });
}

function standingAt(standings: Standings, state: PointState | undefined) {
  return state?.kind === "done" ? standings.get(state.commit) : undefined;
}

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

/** What a killed run of the same job left in the queue is replaced; what somebody else queued under a planned name is not. */
async function checkQueue({ context, plan }: Job, open: readonly PlanPoint[]): Promise<void> {
  const byName = new Map(open.map((point) => [point.name, point]));
  const { entries } = await listQueue(context);
  const other = entries.find(
    ({ state, baseline, name, record }) =>
      state === "queued" && baseline === plan.baseline && byName.has(name) && record.sweep !== plan.sweep,
  );
  const point = byName.get(other?.name ?? "");
  if (point !== undefined) throw nameTaken(plan, point);
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
  const data = dataRequest(io, context.project, { flags: transferFlags, progress });
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

async function run(io: Io, options: Options): Promise<ExitCode> {
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
  if (lost.length > 0) warn(io, `the data of ${wordList(lost.map(({ name }) => name))} is in no storage: run again`);
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
    .action(async (options: Options) => finish(await withMatrixExitCodes(() => run(io, options))));

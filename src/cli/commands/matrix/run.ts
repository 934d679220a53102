import { Command } from "commander";
import { wordList } from "../../../base/listing.ts";
import { writeBundle } from "../../../ci/bundles.ts";
import { matrixExitCodes, withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { compareRivals, statesOfPoints } from "../../../ci/gather.ts";
import type { PlanPoint } from "../../../ci/plan.ts";
import { type PointRef, resultRef } from "../../../ci/plan-refs.ts";
import { keepFailures, publishResults } from "../../../ci/publish.ts";
import { shownRemote } from "../../../git/remote.ts";
import { fetchTracked } from "../../../pipeline/data/transfer.ts";
import { defaultRemoteName } from "../../../store/remotes/open.ts";
import { jobs } from "../../options/arguments.ts";
import { addLimitOptions } from "../../options/limits.ts";
import { type ExitCode, type Io, print, warn } from "../../terminal/io.ts";
import { transferProgress } from "../../terminal/transfer-progress.ts";
import { filesText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import { transferData } from "../data/data-transfer.ts";
import { dataRequest } from "../exp/share.ts";
import {
  checkStorage,
  type Job,
  lookAtRemote,
  nameTaken,
  openJob,
  type Refs,
  type RunOptions,
  retried,
  standingAt,
  standingsOf,
} from "./job.ts";
import { runPoints } from "./points.ts";
import { addPlanOption, ensureIdentity } from "./shared.ts";
import { listenForStop } from "./stop.ts";

/** The data that the baseline's stages need, as far as the storage remote has it. */
async function fetchData(job: Job): Promise<void> {
  const { io, context, options } = job;
  if (!options.cache || (options.remote ?? defaultRemoteName(context.project)) === undefined) return;
  const flags = {
    ...(options.remote === undefined ? {} : { remote: options.remote }),
    runCache: options.runCache === true,
  };
  const call = { project: context.project, targets: [], flags, what: "Downloading" };
  await retried(job, () => transferData(io, call, fetchTracked));
}

interface HandedOn {
  readonly text: string;
  /** Points without a result. */
  readonly without: readonly PlanPoint[];
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
  const { taken, different } = await retried(job, () => compareRivals(scope, job.remote));
  if (taken !== undefined) throw nameTaken(job.plan, taken);
  if (different.length > 0)
    warn(job.io, `another job brought another result first, which counts: ${wordList(different)}`);
}

async function handOn(job: Job, { there, failures, lost }: Outcomes): Promise<HandedOn> {
  const { io, context, plan, options, remote } = job;
  const states = await statesOfPoints(job);
  const results = job.points.flatMap((point, at): PointRef[] => {
    const state = states[at];
    return state?.kind === "done" ? [{ point, ref: resultRef(plan, point), commit: state.commit }] : [];
  });
  const without = job.points.filter((_, at) => states[at]?.kind !== "done");
  if (options.bundle !== undefined) {
    const refs = [...results, ...failures].map(({ ref }) => ref);
    await writeBundle(context, options.bundle, { plan, refs });
    return { text: refs.length === 0 ? "nothing to bundle" : `bundled in ${options.bundle}`, without };
  }
  const progress = transferProgress(io, "Uploading");
  const flags = { ...options, num: 1, jobs: undefined };
  const { jobs: _jobs, ...transferFlags } = flags;
  const asked = dataRequest(io, context.project, { flags: transferFlags, progress });
  const data = asked === undefined ? undefined : { ...asked, damaged: "replace" as const };
  const redone = new Set(lost.map(({ name }) => name));
  const published = await retried(job, () =>
    publishResults(context, { plan, remote, results, failures, there, data, redone }),
  ).finally(() => progress.close());
  await warnRivals(job, published.elsewhere);
  const files = filesText(published.files, "uploaded");
  return { text: `${published.pushed} pushed to '${shownRemote(remote)}', ${files}`, without };
}

async function run(io: Io, options: RunOptions): Promise<ExitCode> {
  const stop = listenForStop(io);
  try {
    return await runJob(await openJob(io, options, stop));
  } finally {
    stop.release();
  }
}

async function runJob(job: Job): Promise<ExitCode> {
  const { io, options } = job;
  await ensureIdentity(job.context);
  await checkStorage(job);
  const { there, refused, sound } = await lookAtRemote(job);
  const states = await statesOfPoints(job, sound);
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
  const outcome = await runPoints(job, { open, lost });
  const failures = await keepFailures(job.context, job.plan, outcome.failures);
  const handed = await handOn(job, { there, failures, lost });
  print(io, `Point ${options.point}: ${job.points.length - open.length} done before; ${handed.text}.`);
  const failed = new Set(failures.map(({ point }) => point));
  const left = handed.without.filter((point) => !failed.has(point));
  if (left.length > 0 && !outcome.isStopped)
    warn(io, `still without a result: ${wordList(left.map(({ name }) => name))}`);
  if (outcome.isStopped || left.length > 0) return matrixExitCodes.retry;
  return failures.length > 0 ? matrixExitCodes.points : matrixExitCodes.ok;
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

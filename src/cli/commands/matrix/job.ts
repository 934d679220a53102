/** A job of a matrix: what it is to do, what is done already, and what keeps it from starting. */

import { SweeplineError } from "../../../base/errors.ts";
import { someOf } from "../../../base/listing.ts";
import { visible } from "../../../base/visible.ts";
import { openBundleFolder } from "../../../ci/bundles.ts";
import { matrixExitCodes } from "../../../ci/exit-codes.ts";
import { type PointScope, type PointState, type Taken, takeResults } from "../../../ci/gather.ts";
import type { PlanPoint, SweepPlan } from "../../../ci/plan.ts";
import { withRetries } from "../../../ci/retry.ts";
import { parseShard } from "../../../ci/shards.ts";
import { listQueue } from "../../../experiments/queue/entries.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { dataStandings } from "../../../experiments/share/standing.ts";
import type { ObjectId, RefName } from "../../../git/ids.ts";
import { openProject } from "../../../project/open.ts";
import type { LimitFlags } from "../../options/limits.ts";
import { type Io, warn } from "../../terminal/io.ts";
import { absentStorage } from "../exp/share.ts";
import { checkHead, gitRemoteOf, readPlan, trackedChanges } from "./shared.ts";
import type { JobStop } from "./stop.ts";

export interface RunOptions extends LimitFlags {
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

export interface Job extends PointScope {
  readonly io: Io;
  readonly options: RunOptions;
  readonly remote: string;
  readonly stop: JobStop;
}

export type Refs = ReadonlyMap<RefName, ObjectId>;

/** Work over a network: tried again until it is done or somebody stops us. */
export function retried<T>({ io, stop }: Pick<Job, "io" | "stop">, work: () => Promise<T>): Promise<T> {
  return stop.during(() => withRetries(work, (message) => warn(io, `${message}; trying again`), stop.signal));
}

/** Throws PLAN_MISSING, PLAN_INVALID, PLAN_STALE, WORKSPACE_CHANGED, BAD_POINT, NO_GIT_REMOTE. */
export async function openJob(io: Io, options: RunOptions, stop: JobStop): Promise<Job> {
  const context = openExperiments(openProject(io.cwd));
  const plan = readPlan(options.plan);
  await checkHead(context, plan);
  await refuseChanges(context);
  const { first, last } = parseShard(options.point, plan.points.length);
  const remote = await gitRemoteOf(context, options.gitRemote);
  if (options.bundle !== undefined) openBundleFolder(options.bundle);
  return { io, options, context, plan, remote, stop, points: plan.points.slice(first, last + 1) };
}

/** Runs start from the workspace: a change there would be part of every result, under the plan's name. */
async function refuseChanges(context: ExperimentsContext): Promise<void> {
  const changed = await trackedChanges(context);
  if (changed.length === 0) return;
  throw new SweeplineError({
    code: "WORKSPACE_CHANGED",
    message: `the plan is of a commit, and these tracked files differ from it: ${someOf(
      changed.map((file) => `'${file}'`),
      5,
    )}`,
    hint: "Commit them and plan again, or put them back with git stash or git checkout.",
    exitCode: matrixExitCodes.usage,
  });
}

/** What the remote has of the points already. A job that writes a bundle may have no way to the remote. */
export async function lookAtRemote(job: Job): Promise<Taken> {
  try {
    const look = () => takeResults(job, job.remote);
    return await (job.options.bundle === undefined ? retried(job, look) : look());
  } catch (error) {
    if (!(error instanceof SweeplineError) || job.options.bundle === undefined) throw error;
    warn(job.io, `the Git remote was not asked what is done already: ${error.message}`);
    return { there: new Map(), refused: [], sound: new Map() };
  }
}

/** The error where a planned name is another experiment's. */
export function nameTaken(plan: SweepPlan, point: PlanPoint): SweeplineError {
  return new SweeplineError({
    code: "NAME_TAKEN",
    message: `another experiment on ${plan.baseline.slice(0, 7)} has the name '${point.name}'`,
    hint: "Plan with another -n.",
  });
}

/** A storage folder that is not there is a disk that is not mounted: made here, it would go with the job. */
export async function checkStorage({ context, options }: Job): Promise<void> {
  if (options.bundle !== undefined || !options.cache) return;
  const absent = await absentStorage(context.project, options.remote);
  if (absent === undefined) return;
  throw new SweeplineError({
    code: "STORAGE_MISSING",
    message: `the folder of storage remote '${absent.name}' is not there: '${visible(absent.place)}'`,
    hint: "Mount it in every job; a new one is made once, by hand. --no-cache, for `matrix collect` too, leaves the data behind.",
  });
}

export type Standings = Awaited<ReturnType<typeof dataStandings>>;

/** Which of the results that are done lack data in the storage remote. Bundles carry none. */
export async function standingsOf({ context, plan, options }: Job, states: readonly PointState[]): Promise<Standings> {
  if (options.bundle !== undefined || !options.cache) return new Map();
  const commits = states.flatMap((state) => (state.kind === "done" ? [state.commit] : []));
  return dataStandings(context, { commits, baseline: plan.baseline, remote: options.remote });
}

/** That of a point's result, where data of it is missing. */
export function standingAt(standings: Standings, state: PointState | undefined) {
  return state?.kind === "done" ? standings.get(state.commit) : undefined;
}

/** What a killed run of the same job left in the queue is replaced; what somebody else queued under a planned name is not. */
export async function checkQueue({ context, plan }: Job, open: readonly PlanPoint[]): Promise<void> {
  const byName = new Map(open.map((point) => [point.name, point]));
  const { entries } = await listQueue(context);
  const other = entries.find(
    ({ state, baseline, name, record }) =>
      state === "queued" && baseline === plan.baseline && byName.has(name) && record.sweep !== plan.sweep,
  );
  const point = byName.get(other?.name ?? "");
  if (point !== undefined) throw nameTaken(plan, point);
}

/** A job of a matrix: what it is to do, what is done already, and what keeps it from starting. */
import { SweeplineError } from "../../base/errors.ts";
import type { NamedFile } from "../../base/named-file.ts";
import { someOf } from "../../base/text/listing.ts";
import { visible } from "../../base/text/visible.ts";
import { listQueue } from "../../experiments/queue/entries.ts";
import type { EntryLimits } from "../../experiments/record.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { DataFlags, TransferEvents } from "../../experiments/share/data.ts";
import { dataStandings } from "../../experiments/share/standing.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import type { QueueWatcher, RunLimits } from "../../run/run-queue.ts";
import { absentStorage } from "../../store/remotes/open.ts";
import type { TransferOutcome } from "../../store/remotes/types.ts";
import { openBundleFolder } from "../bundles.ts";
import { checkHead, gitRemoteOf, trackedChanges } from "../clone.ts";
import { type PointScope, type PointState, type Taken, takeResults } from "../gather.ts";
import { type PlanPoint, planDigest, type SweepPlan } from "../plan.ts";
import { readPlan } from "../plan-file.ts";
import { withRetries } from "../retry.ts";
import { parseShard } from "../shards.ts";
import type { EarlierCheckpoints } from "./outlet.ts";

export interface JobRequest {
  readonly plan: NamedFile;
  /** The digest of the plan that `emit` has seen, where the job carries it. */
  readonly expect: string | undefined;
  /** A position in the plan, or a range of them. */
  readonly point: string;
  /** Experiments at once. */
  readonly jobs: number;
  /** Results go into it, and not to the remotes. */
  readonly bundle: NamedFile | undefined;
  readonly gitRemote: string | undefined;
  /** How their data is moved. */
  readonly data: DataFlags;
  /** How often checkpoints of points that run are pushed, at most. */
  readonly pushEveryMs: number;
  readonly limits: RunLimits;
  /** Kept with the entries. */
  readonly entryLimits: { readonly limits?: EntryLimits };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How a job is stopped from outside. */
export interface JobStop {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** Work that may be ended in the middle: at the second signal, or a moment after the first where it came meanwhile. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export interface JobEvents extends TransferEvents {
  /** Data that neither this clone nor the storage remote has. */
  missing(outcome: Pick<TransferOutcome, "missing">): void;
  /** A point failed in another way than those before it: the end of what it printed. */
  failed(name: string, endOfLog: string): void;
  /** A point goes on from a checkpoint that an earlier job left. */
  continues(name: string, commit: ObjectId, place: EarlierCheckpoints["place"]): void;
  /** Points are about to run. */
  running(): QueueWatcher;
}

export interface Job extends PointScope {
  readonly request: JobRequest;
  readonly remote: string;
  readonly stop: JobStop;
  readonly events: JobEvents;
}

export type Refs = ReadonlyMap<RefName, ObjectId>;

/** Work over a network: tried again until it is done or somebody stops us. */
export function retried<T>({ events, stop }: Pick<Job, "events" | "stop">, work: () => Promise<T>): Promise<T> {
  return stop.during(() => withRetries(work, (message) => events.warn(`${message}; trying again`), stop.signal));
}

export interface JobSurroundings {
  readonly stop: JobStop;
  readonly events: JobEvents;
}

/** A script that reads its plan by name, some time later, may find that of another sweep there. */
function checkExpected(plan: SweepPlan, { plan: { shown }, expect }: JobRequest): void {
  if (expect === undefined || planDigest(plan) === expect) return;
  throw new SweeplineError({
    code: "PLAN_DIFFERS",
    message: `'${visible(shown)}' is another plan than the one that was emitted`,
    hint: "Plan each sweep into a file of its own (-o), and emit that with --plan.",
  });
}

/** Throws PLAN_MISSING, PLAN_INVALID, PLAN_DIFFERS, PLAN_STALE, WORKSPACE_CHANGED, BAD_POINT, NO_GIT_REMOTE. */
export async function openJob(
  context: ExperimentsContext,
  request: JobRequest,
  surroundings: JobSurroundings,
): Promise<Job> {
  const plan = readPlan(request.plan);
  checkExpected(plan, request);
  await checkHead(context, plan);
  await refuseChanges(context);
  const { first, last } = parseShard(request.point, plan.points.length);
  const remote = await gitRemoteOf(context, request.gitRemote);
  if (request.bundle !== undefined) openBundleFolder(request.bundle);
  return { ...surroundings, request, context, plan, remote, points: plan.points.slice(first, last + 1) };
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
  });
}

/** What the remote has of the points already. A job that writes a bundle may have no way to the remote. */
export async function lookAtRemote(job: Job): Promise<Taken> {
  try {
    const look = () => takeResults(job, job.remote);
    return await (job.request.bundle === undefined ? retried(job, look) : look());
  } catch (error) {
    if (!(error instanceof SweeplineError) || job.request.bundle === undefined) throw error;
    job.events.warn(`the Git remote was not asked what is done already: ${error.message}`);
    return { there: new Map(), refused: new Set(), sound: new Map() };
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
export async function checkStorage({ context, request }: Job): Promise<void> {
  if (request.bundle !== undefined || !request.data.cache) return;
  const absent = await absentStorage(context.project, request.data.remote);
  if (absent === undefined) return;
  throw new SweeplineError({
    code: "STORAGE_MISSING",
    message: `the folder of storage remote '${absent.name}' is not there: '${visible(absent.place)}'`,
    hint: "Mount it in every job; a new one is made once, by hand. --no-cache, for `matrix collect` too, leaves the data behind.",
  });
}

export type Standings = Awaited<ReturnType<typeof dataStandings>>;

/** Which of the results that are done lack data in the storage remote. Bundles carry none. */
export async function standingsOf({ context, plan, request }: Job, states: readonly PointState[]): Promise<Standings> {
  if (request.bundle !== undefined || !request.data.cache) return new Map();
  const commits = states.flatMap((state) => (state.kind === "done" ? [state.commit] : []));
  return dataStandings(context, { commits, baseline: plan.baseline, remote: request.data.remote });
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

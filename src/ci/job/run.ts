/** Runs one job of a matrix from its point to the remotes. */
import { SweeplineError } from "../../base/errors.ts";
import { wordList } from "../../base/text/listing.ts";
import { dataRequest } from "../../experiments/share/data.ts";
import { fetchTracked, transferFailed } from "../../pipeline/data/transfer.ts";
import { defaultRemoteName } from "../../store/remotes/open.ts";
import { ensureIdentity } from "../clone.ts";
import { endOfLog } from "../failures.ts";
import { compareRivals, statesOfPoints } from "../gather.ts";
import type { PlanPoint } from "../plan.ts";
import { type PointRef, resultRef } from "../plan-refs.ts";
import { keepFailures, publishResults } from "../publish.ts";
import { checkStorage, type Job, lookAtRemote, nameTaken, type Refs, retried, standingAt, standingsOf } from "./job.ts";
import { JobBundle, takeBundled } from "./job-bundle.ts";
import { type PointsOutcome, runPoints } from "./points.ts";
import { JobPushes } from "./pushes.ts";

interface Pushed {
  readonly kind: "pushed";
  readonly points: number;
  readonly remote: string;
  readonly files: number;
}

/** Where the results went. */
export type HandedOn = { readonly kind: "bundled"; readonly refs: number } | Pushed;

type Outlet = JobPushes | JobBundle;

export type JobEnd =
  /** All was done before, and everything is where it belongs. */
  | { readonly kind: "nothing" }
  | {
      readonly kind: "ran";
      /** How many points were done before. */
      readonly before: number;
      readonly handedOn: HandedOn;
      /** How many points failed. */
      readonly failed: number;
      /** Points that have neither a result nor a failure. */
      readonly left: readonly PlanPoint[];
      /** Somebody stopped us, or a worker died. */
      readonly isStopped: boolean;
    };

/** The data that the baseline's stages need, as far as the storage remote has it. */
async function fetchData(job: Job): Promise<void> {
  const { context, request, events } = job;
  const { project } = context;
  const { cache, remote, runCache } = request.data;
  if (!cache || (remote ?? defaultRemoteName(project)) === undefined) return;
  await retried(job, async () => {
    events.started("Downloading");
    const outcome = await fetchTracked({
      project,
      folder: project.root,
      targets: [],
      recursive: false,
      names: "exact",
      remote,
      runCache: runCache === true,
      jobs: undefined,
      progress: events.progress,
    }).finally(() => events.ended());
    events.missing(outcome);
    if (outcome.failed.length > 0) throw transferFailed(outcome, "download");
  });
}

interface Outcomes {
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
    job.events.warn(`another job brought another result first, which counts: ${wordList(different)}`);
}

/** Answers where the results went, and which points have none. */
async function handOn(job: Job, outlet: Outlet, outcomes: Outcomes) {
  const { plan } = job;
  const states = await statesOfPoints(job);
  const results = job.points.flatMap((point, at): PointRef[] => {
    const state = states[at];
    return state?.kind === "done" ? [{ point, ref: resultRef(plan, point), commit: state.commit }] : [];
  });
  const without = job.points.filter((_, at) => states[at]?.kind !== "done");
  const handedOn: HandedOn =
    outlet instanceof JobBundle
      ? { kind: "bundled", refs: await outlet.write() }
      : inAll(await push(job, results, { ...outcomes, there: outlet.there }), outlet);
  await keepCheckpoints(job, outlet, without);
  return { handedOn, without };
}

async function push(
  job: Job,
  results: readonly PointRef[],
  { there, failures, lost }: Outcomes & { readonly there: Refs },
): Promise<Pushed> {
  const { context, plan, request, events, remote } = job;
  events.started("Uploading");
  const asked = dataRequest(context.project, request.data, events);
  const data = asked === undefined ? undefined : { ...asked, damaged: "replace" as const };
  const redone = new Set(lost.map(({ name }) => name));
  const published = await retried(job, () =>
    publishResults(context, { plan, remote, results, failures, there, data, redone }),
  ).finally(() => events.ended());
  await warnRivals(job, published.elsewhere);
  return { kind: "pushed", points: published.pushed, remote, files: published.files };
}

interface Findings {
  readonly there: Refs;
  /** Points to run. */
  readonly open: readonly PlanPoint[];
  /** Those of them that have a result whose data is lost. */
  readonly lost: readonly PlanPoint[];
  /** Whether every point is done and everything of it is where it belongs. */
  readonly isAllThere: boolean;
}

/** What is done already. Throws NAME_TAKEN. */
async function findOut(job: Job): Promise<Findings> {
  const { bundle } = job.request;
  const bundled = bundle === undefined ? [] : await takeBundled(job, bundle);
  const { there, refused, sound } = await lookAtRemote(job);
  const states = await statesOfPoints(job, new Map([...sound, ...bundled]));
  const taken = job.points.find((point, at) => states[at]?.kind === "taken" || refused.has(resultRef(job.plan, point)));
  if (taken !== undefined) throw nameTaken(job.plan, taken);
  const standings = await standingsOf(job, states);
  const isLost = (at: number) => (standingAt(standings, states[at])?.nowhere.length ?? 0) > 0;
  const lost = job.points.filter((_, at) => isLost(at));
  const open = job.points.filter((_, at) => states[at]?.kind !== "done" || isLost(at));
  const isThere = standings.size === 0 && job.points.every((point) => there.has(resultRef(job.plan, point)));
  return { there, open, lost, isAllThere: open.length === 0 && isThere };
}

/** Errors: STORAGE_MISSING, NAME_TAKEN, those of queueing and running points, of Git and of storage remotes. */
export async function runJob(job: Job): Promise<JobEnd> {
  await ensureIdentity(job.context);
  await checkStorage(job);
  const { there, open, lost, isAllThere } = await findOut(job);
  if (lost.length > 0)
    job.events.warn(`the data of ${wordList(lost.map(({ name }) => name))} is in no storage, or damaged: run again`);
  if (isAllThere) return { kind: "nothing" };
  if (open.length > 0) await fetchData(job);
  const { bundle } = job.request;
  const outlet = bundle === undefined ? openPushes(job, { there, lost }) : new JobBundle(job, bundle);
  const run = await runPoints(job, { open, lost, outlet });
  await job.stop.during(() => outlet.close());
  const before = job.points.length - open.length;
  return endOf(job, { run, lost, before, outlet });
}

function openPushes(job: Job, { there, lost }: Pick<Findings, "there" | "lost">): JobPushes {
  const { request, events } = job;
  const { data, pushEveryMs: everyMs } = request;
  const later = new Set(lost);
  return new JobPushes({ ...job, data, everyMs, later, warn: (message) => events.warn(message) }, there);
}

/** With what was pushed before the end. */
function inAll(end: Pushed, { pushed: { points, files } }: JobPushes): Pushed {
  return { ...end, points: end.points + points, files: end.files + files };
}

/** What points without a result have come to: where it can't be kept, another job goes on from what was kept before. */
async function keepCheckpoints(job: Job, outlet: Outlet, points: readonly PlanPoint[]): Promise<void> {
  const { events, stop } = job;
  if (points.length > 0) events.started("Uploading");
  try {
    if (outlet instanceof JobBundle) await stop.during(() => outlet.writeCheckpoints());
    else if (points.length > 0) await retried(job, () => outlet.flush(points));
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    const where = outlet instanceof JobBundle ? "beside the bundle" : "in the remote";
    events.warn(`the last checkpoints are not ${where}: ${error.message}`);
  } finally {
    if (points.length > 0) events.ended();
  }
}

/** The machine of the job may be gone when somebody asks: the ends of logs, one of those that are alike. */
function tellLogs({ events }: Job, { failures }: PointsOutcome): void {
  const told = new Set<string>();
  for (const failure of failures) {
    const { point, message, output = message } = failure;
    if (!told.has(output)) events.failed(point.name, endOfLog(failure).toString());
    told.add(output);
  }
}

interface Ran extends Pick<Findings, "lost"> {
  readonly run: PointsOutcome;
  readonly before: number;
  readonly outlet: Outlet;
}

async function endOf(job: Job, { run, lost, before, outlet }: Ran): Promise<JobEnd> {
  tellLogs(job, run);
  const failures = await keepFailures(job.context, job.plan, run.failures);
  const { handedOn, without } = await handOn(job, outlet, { failures, lost });
  const failed = new Set(failures.map(({ point }) => point));
  const left = without.filter((point) => !failed.has(point));
  return { kind: "ran", before, handedOn, failed: failures.length, left, isStopped: run.isStopped };
}

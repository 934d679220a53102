/** Brings the results of all jobs here and compares them with the plan. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import { type NamedFile, withNamedFile } from "../../base/named-file.ts";
import { someOf } from "../../base/text/listing.ts";
import { visible } from "../../base/text/visible.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { checkBundle } from "../../experiments/share/git-bundle.ts";
import { type DataStanding, dataStandings } from "../../experiments/share/standing.ts";
import { resolveCommit } from "../../git/repository.ts";
import { absentStorage } from "../../store/remotes/open.ts";
import { bundlesBelow } from "../bundles.ts";
import { resultsRemote } from "../clone.ts";
import { maxJobsOf } from "../emit/emit.ts";
import { type PointScope, type PointState, statesOfPoints, type Taken, takeResults } from "../gather.ts";
import type { System } from "../limits.ts";
import type { PlanPoint, SweepPlan } from "../plan.ts";
import { readPlan } from "../plan-file.ts";
import { resultRef } from "../plan-refs.ts";
import { withRetries } from "../retry.ts";
import { packShards } from "../shards.ts";
import { countCheckpoints, type KeptCheckpoints } from "./kept-checkpoints.ts";
import type { OpenPoint } from "./report.ts";

export interface CollectRequest {
  readonly plan: NamedFile;
  /** Take results from the bundles below it too. */
  readonly bundles: NamedFile | undefined;
  readonly gitRemote: string | undefined;
  /** The storage remote. */
  readonly remote: string | undefined;
  /** false: the data is not looked for. */
  readonly cache: boolean;
  /** As given to emit: to name jobs. */
  readonly system: System;
  readonly maxJobs: number | undefined;
}

export interface CollectEvents {
  warn(message: string): void;
}

export interface Collected {
  readonly plan: SweepPlan;
  /** Names of the points that are done, in the plan's order. */
  readonly done: ReadonlySet<string>;
  readonly failed: readonly OpenPoint[];
  readonly missing: readonly OpenPoint[];
  /** false: its folder is not mounted, so that data counts as missing which may be there. */
  readonly isStorageThere: boolean;
}

interface Collecting extends PointScope {
  readonly request: CollectRequest;
  readonly events: CollectEvents;
  /** Places without results, which matter where some are missing. */
  readonly absent: string[];
}

/** Errors: PLAN_MISSING, PLAN_INVALID, PLAN_STALE, NO_GIT_REMOTE, GIT_REMOTE_FAILED, those of storage remotes. */
export async function collectResults(
  context: ExperimentsContext,
  request: CollectRequest,
  events: CollectEvents,
): Promise<Collected> {
  const plan = readPlan(request.plan);
  await checkBaseline(context, plan);
  const { points } = plan;
  const collecting: Collecting = { context, plan, points, request, events, absent: [] };
  const taken = await take(collecting);
  const { states, isStorageThere } = await checkedStates(collecting, taken);
  const without = points.filter((_, at) => states[at]?.kind !== "done");
  const checkpoints = await countCheckpoints(
    { context, plan, points: without },
    { ...events, remote: taken?.remote, bundles: request.bundles },
  );
  const open = openPoints(collecting, states, checkpoints);
  const missing = open.filter(({ message }) => message === undefined);
  if (missing.length > 0) for (const text of collecting.absent) events.warn(text);
  return {
    plan,
    done: new Set(points.filter((_, at) => states[at]?.kind === "done").map(({ name }) => name)),
    failed: open.filter(({ message }) => message !== undefined),
    missing,
    isStorageThere,
  };
}

async function checkBaseline({ repository }: ExperimentsContext, plan: SweepPlan): Promise<void> {
  if ((await resolveCommit(repository, plan.baseline)) === plan.baseline) return;
  throw new SweeplineError({
    code: "PLAN_STALE",
    message: `the plan's commit ${plan.baseline} is not in this clone`,
    hint: "Check it out, or fetch it.",
  });
}

function warnRefused({ events }: Collecting, { refused }: Taken, source: string): void {
  if (refused.size === 0) return;
  events.warn(`${source}: ${refused.size} refs are not what the plan says, and were left: ${[...refused][0]}`);
}

/** All bundles below a folder. One that can't be read costs its points, not the others'. */
async function takeBundles(collecting: Collecting, folder: NamedFile): Promise<void> {
  const { events, absent } = collecting;
  const isThere = existsSync(folder.path);
  // Jobs that may push write none.
  if (!isThere) absent.push(`there is no folder '${visible(folder.shown)}': no bundles`);
  const names = isThere ? withNamedFile(folder, bundlesBelow) : [];
  for (const name of names)
    try {
      const bundle = path.join(folder.path, name);
      checkBundle(bundle);
      warnRefused(collecting, await takeResults(collecting, bundle), name);
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      events.warn(`${visible(name)} can't be read: ${error.message}`);
    }
}

/** Answers what the Git remote has; undefined where there is none. */
async function take(collecting: Collecting): Promise<(Taken & { readonly remote: string }) | undefined> {
  const { context, request, events, absent } = collecting;
  if (request.bundles !== undefined) await takeBundles(collecting, request.bundles);
  const remote = await resultsRemote(context, request.gitRemote);
  // Jobs of one machine push to where we are.
  if (remote === undefined) {
    if (request.bundles === undefined) absent.push("there is no Git remote: only results that are here already count");
    return undefined;
  }
  const taken = await withRetries(
    () => takeResults(collecting, remote),
    (message) => events.warn(`${message}; trying again`),
  );
  warnRefused(collecting, taken, remote);
  return { ...taken, remote };
}

/** A point is done where its result counts for everybody: under its name in the remote, and with its data. */
async function checkedStates(collecting: Collecting, taken: Taken | undefined) {
  const { context, plan, points, request, events } = collecting;
  const states = await statesOfPoints(collecting, taken?.sound);
  // Bundles carry no data, and need no name in the remote.
  const counts = (at: number) => {
    if (!request.cache) return false;
    const point = points[at];
    const ref = point === undefined ? undefined : resultRef(plan, point);
    return request.bundles === undefined || (ref !== undefined && taken?.there.has(ref) === true);
  };
  const commits = states.flatMap((state, at) => (state.kind === "done" && counts(at) ? [state.commit] : []));
  const { remote } = request;
  const standings = await dataStandings(context, { commits, baseline: plan.baseline, remote });
  const absent = standings.size === 0 ? undefined : await absentStorage(context.project, remote);
  if (absent !== undefined)
    events.warn(`the folder of storage remote '${absent.name}' is not there: '${visible(absent.place)}'`);
  const checked = states.map((state, at): PointState => {
    const point = points[at];
    if (state.kind !== "done" || point === undefined) return state;
    if (request.bundles === undefined && taken?.refused.has(resultRef(plan, point)))
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

function openPoints(
  { points, request }: Collecting,
  states: readonly PointState[],
  kept: ReadonlyMap<PlanPoint, KeptCheckpoints>,
): readonly OpenPoint[] {
  const jobs = packShards(points.length, maxJobsOf(request.system, request.maxJobs));
  const open: OpenPoint[] = [];
  let at = 0;
  for (const [index, point] of points.entries()) {
    while ((jobs[at]?.last ?? index) < index) at++;
    const state = states[index];
    const of = { point, job: jobs[at] ?? { first: index, last: index }, checkpoints: kept.get(point) };
    if (state?.kind === "failed") open.push({ ...of, message: state.message });
    else if (state?.kind === "taken")
      open.push({ ...of, message: "another experiment, or one with other parameters, has its name" });
    else if (state?.kind !== "done") open.push({ ...of, message: undefined });
  }
  return open;
}

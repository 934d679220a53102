/**
 * Brings the results of a plan's points here, from a Git remote or from bundles, and says what is known of each point.
 * What comes is checked: only refs that the plan names are taken, and only commits that are what the plan says.
 */

import { listQueue } from "../experiments/queue/entries.ts";
import { checkpointMark, parseFacts } from "../experiments/record.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { CatFile } from "../git/catfile.ts";
import type { ObjectId, RefName } from "../git/ids.ts";
import { type ParsedCommit, parseCommit } from "../git/objects.ts";
import { changeRefs, listRefs, type Ref, type RefChange } from "../git/refs.ts";
import { fetchObjects, listRemoteRefs } from "../git/remote.ts";
import { readFailure } from "./failures.ts";
import type { PlanPoint, SweepPlan } from "./plan.ts";
import { checkpointRef, claimsResultOf, failureRef, planPatterns, resultRef } from "./plan-refs.ts";
import { ResultParams } from "./result-params.ts";

export type PointState =
  | { readonly kind: "done"; readonly commit: ObjectId }
  | { readonly kind: "failed"; readonly message: string; readonly commit: ObjectId }
  | { readonly kind: "missing" }
  /** Another experiment has the point's name. */
  | { readonly kind: "taken"; readonly commit: ObjectId };

interface Wanted {
  readonly kind: "result" | "failure" | "checkpoint";
  readonly point: PlanPoint;
}

function wantedRefs(plan: SweepPlan, points: readonly PlanPoint[]): ReadonlyMap<RefName, Wanted> {
  const wanted = new Map<RefName, Wanted>();
  for (const point of points) {
    wanted.set(resultRef(plan, point), { kind: "result", point });
    wanted.set(failureRef(plan, point), { kind: "failure", point });
    wanted.set(checkpointRef(plan, point), { kind: "checkpoint", point });
  }
  return wanted;
}

export interface PointScope {
  readonly context: ExperimentsContext;
  readonly plan: SweepPlan;
  /** Those of the plan that matter. */
  readonly points: readonly PlanPoint[];
}

async function localRefs({ context, plan }: PointScope): Promise<ReadonlyMap<RefName, ObjectId>> {
  const prefixes = planPatterns(plan).map((pattern) => pattern.slice(0, -2));
  return new Map((await listRefs(context.repository, prefixes)).map(({ name, id }) => [name, id]));
}

interface Sound {
  readonly plan: SweepPlan;
  readonly objects: CatFile;
  readonly params: ResultParams;
}

function soundIn({ context, plan }: Omit<PointScope, "points">): Sound {
  const objects = new CatFile(context.repository);
  return { plan, objects, params: new ResultParams({ context, plan, objects }) };
}

/** Longest chain of checkpoints that is followed, of a stranger too. */
const mostCheckpoints = 10_000;

async function derivesFrom(objects: CatFile, tip: ParsedCommit, baseline: ObjectId): Promise<boolean> {
  let commit = tip;
  for (let steps = 0; steps < mostCheckpoints; steps++) {
    const [parent] = commit.parents;
    if (parent === undefined || parent === baseline) return parent === baseline;
    const object = await objects.read(parent);
    if (object?.type !== "commit") return false;
    commit = parseCommit(object.content);
  }
  return false;
}

/** Whether the object of a wanted ref is what the plan says. */
async function isSound({ plan, objects, params }: Sound, wanted: Wanted | undefined, id: ObjectId): Promise<boolean> {
  if (wanted === undefined) return false;
  if (wanted.kind === "failure") {
    const record = await objects.read(`${id}:record.json`);
    return record?.type === "blob" && readFailure(plan, wanted.point, record.content.toString()) !== undefined;
  }
  const commit = await objects.read(id);
  if (commit?.type !== "commit" || !claimsResultOf(plan, wanted.point, commit.content)) return false;
  if (!(await derivesFrom(objects, parseCommit(commit.content), plan.baseline))) return false;
  return params.areOf(wanted.point, id);
}

export interface Taken {
  /** The plan's refs as the source has them. */
  readonly there: ReadonlyMap<RefName, ObjectId>;
  /** Refs of the source whose commits are not what the plan says. */
  readonly refused: ReadonlySet<RefName>;
  /** Commits that were looked at and are the results of these refs. */
  readonly sound: ReadonlyMap<RefName, ObjectId>;
}

/**
 * Takes what a source (a Git remote, or the path of a bundle) has of the points. A result that is here already stays; the
 * first one wins. Errors: GIT_REMOTE_FAILED, REFS_REFUSED.
 */
export async function takeResults(scope: PointScope, source: string): Promise<Taken> {
  const { context, plan, points } = scope;
  const wanted = wantedRefs(plan, points);
  const listed = await listRemoteRefs(context.repository, source, planPatterns(plan));
  const there = listed.filter(({ name }) => wanted.has(name));
  const here = await localRefs(scope);
  // What we have too is looked at: the name may be another experiment's there. Checkpoints are taken by who goes on from them.
  const fresh = there.filter(({ name, id }) => here.get(name) !== id && wanted.get(name)?.kind !== "checkpoint");
  await fetchObjects(context.repository, source, fresh);
  const { changes, refused, sound } = await soundChanges(scope, { fresh, here, wanted });
  await changeRefs(context.repository, "sweepline: collected", changes);
  return { there: new Map(there.map(({ name, id }) => [name, id])), refused, sound };
}

/** The last checkpoint of a point, as it was listed: nothing of it is known to be true. */
export interface ListedCheckpoint extends Ref {
  readonly point: PlanPoint;
}

/** The checkpoints of points among a source's refs. */
export function listedAt(
  points: readonly PlanPoint[],
  there: ReadonlyMap<RefName, ObjectId>,
  refOf: (point: PlanPoint) => RefName,
): readonly ListedCheckpoint[] {
  return points.flatMap((point) => {
    const name = refOf(point);
    const id = there.get(name);
    return id === undefined ? [] : [{ point, name, id }];
  });
}

export interface TakenCheckpoint {
  readonly point: PlanPoint;
  readonly commit: ObjectId;
  /** The checkpoint before it, or the plan's commit. */
  readonly parent: ObjectId;
}

/**
 * Fetches the last checkpoints of points, as they were listed, and answers those that are what the plan says. No ref is changed.
 * Errors: GIT_REMOTE_FAILED.
 */
export async function takeCheckpoints(
  scope: Omit<PointScope, "points">,
  source: string,
  listed: readonly ListedCheckpoint[],
): Promise<readonly TakenCheckpoint[]> {
  if (listed.length === 0) return [];
  await fetchObjects(scope.context.repository, source, listed);
  const looking = soundIn(scope);
  try {
    const taken: TakenCheckpoint[] = [];
    for (const { point, id } of listed) {
      if (!(await isSound(looking, { kind: "checkpoint", point }, id))) continue;
      const object = await looking.objects.read(id);
      const [parent] = object === undefined ? [] : parseCommit(object.content).parents;
      if (parent !== undefined) taken.push({ point, commit: id, parent });
    }
    return taken;
  } finally {
    looking.objects.close();
  }
}

interface Fresh {
  readonly fresh: readonly Ref[];
  readonly here: ReadonlyMap<RefName, ObjectId>;
  readonly wanted: ReadonlyMap<RefName, Wanted>;
}

async function soundChanges(scope: PointScope, { fresh, here, wanted }: Fresh) {
  const looking = soundIn(scope);
  try {
    const changes: RefChange[] = [];
    const refused = new Set<RefName>();
    const sound = new Map<RefName, ObjectId>();
    const isGood = await Promise.all(fresh.map(({ name, id }) => isSound(looking, wanted.get(name), id)));
    for (const [at, { name, id }] of fresh.entries()) {
      if (isGood[at]) sound.set(name, id);
      else refused.add(name);
      if (!isGood[at]) continue;
      if (!here.has(name)) changes.push({ kind: "create", ref: name, to: id });
      else if (wanted.get(name)?.kind === "failure") changes.push({ kind: "set", ref: name, to: id });
    }
    return { changes, refused, sound };
  } finally {
    looking.objects.close();
  }
}

/**
 * What this repository knows of each point, in the order of `points`.
 * @param known results that were looked at before
 */
export async function statesOfPoints(scope: PointScope, known?: Taken["sound"]): Promise<readonly PointState[]> {
  const here = await localRefs(scope);
  const { entries } = await listQueue(scope.context);
  const open = new Set(entries.map(checkpointMark));
  const looking = soundIn(scope);
  try {
    return await Promise.all(scope.points.map((point) => stateOf(point, { ...looking, here, known, open })));
  } finally {
    looking.objects.close();
  }
}

interface Looking extends Sound {
  readonly known: Taken["sound"] | undefined;
  readonly here: ReadonlyMap<RefName, ObjectId>;
  /** The marks of what is in the queue. */
  readonly open: ReadonlySet<string>;
}

/** The checkpoints of a run that was lost: its entry goes on from them. */
async function isOpen({ objects, open }: Looking, id: ObjectId): Promise<boolean> {
  const object = open.size === 0 ? undefined : await objects.read(id);
  const mark = object?.type === "commit" ? parseFacts(parseCommit(object.content))?.checkpointOf : undefined;
  return mark !== undefined && open.has(mark);
}

async function stateOf(point: PlanPoint, looking: Looking): Promise<PointState> {
  const { plan, here, objects, known } = looking;
  const ref = resultRef(plan, point);
  const result = here.get(ref);
  if (result !== undefined && !(await isOpen(looking, result))) {
    const isDone = known?.get(ref) === result || (await isSound(looking, { kind: "result", point }, result));
    return { kind: isDone ? "done" : "taken", commit: result };
  }
  const failed = here.get(failureRef(plan, point));
  if (failed === undefined) return { kind: "missing" };
  const record = await objects.read(`${failed}:record.json`);
  const message = record === undefined ? undefined : readFailure(plan, point, record.content.toString());
  return message === undefined ? { kind: "missing" } : { kind: "failed", message, commit: failed };
}

export interface Rivals {
  /** A point whose name another experiment has there. */
  readonly taken: PlanPoint | undefined;
  /** Names of points whose results differ: in parameters, metrics, outputs, or any other file of the commit. */
  readonly different: readonly string[];
}

/** Compares results that are here with those that a remote had first; equal ones differ in their time only. */
export async function compareRivals(scope: PointScope, remote: string): Promise<Rivals> {
  const { there, refused } = await takeResults(scope, remote);
  const here = await localRefs(scope);
  const objects = new CatFile(scope.context.repository);
  const treeOf = async (id: ObjectId | undefined) => {
    const commit = id === undefined ? undefined : await objects.read(id);
    return commit?.type === "commit" ? parseCommit(commit.content).tree : undefined;
  };
  try {
    const different: string[] = [];
    for (const point of scope.points) {
      const ref = resultRef(scope.plan, point);
      if ((await treeOf(here.get(ref))) !== (await treeOf(there.get(ref)))) different.push(point.name);
    }
    return { taken: scope.points.find((point) => refused.has(resultRef(scope.plan, point))), different };
  } finally {
    objects.close();
  }
}

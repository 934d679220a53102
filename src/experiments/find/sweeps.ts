/** Sweeps: all points of one command line, whatever became of them. Told by the experiments and entries that carry its id. */
import { SweeplineError } from "../../base/errors.ts";
import type { Value } from "../../base/value.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { listQueue, runningSequences } from "../queue/entries.ts";
import type { Baseline, RunState } from "../reading/types.ts";
import { type ExperimentFacts, parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import { listRuns, readRunRecord, runFolder } from "../runs/records.ts";
import { sweepMeant, sweepsHint } from "../show/sweep-meant.ts";
import {
  collectColumns,
  type ExperimentColumns,
  rememberLeaves,
  sortColumn,
  type ValueColumn,
} from "../show/value-columns.ts";
import { knownDirection, type MetricDirection } from "./direction.ts";
import { type BestBy, chooseRows, collectAll } from "./find.ts";

export interface SweepPoint {
  readonly sweep: string;
  readonly place: number;
  readonly name: string;
  readonly state: RunState;
  readonly baseline: ObjectId;
  /** Seconds since the epoch: when it was queued, or finished. */
  readonly at: number;
  readonly facts: ExperimentFacts;
}

export interface SweepBest {
  readonly name: string;
  readonly metric: string;
  readonly value: Value;
}

export interface SweepSummary {
  readonly id: string;
  /** Points of a search are its trials. */
  readonly kind: "sweep" | "search";
  readonly baseline: ObjectId;
  /** Seconds since the epoch, of its first point. */
  readonly createdAt: number;
  readonly points: number;
  readonly counts: Readonly<Record<RunState, number>>;
  /** How many of the successful ones were ended as hopeless. */
  readonly stopped: number;
  /** Arguments of `sweepline sweep`: `lr=0.1,0.2`. */
  readonly overrides: readonly string[];
  /** "some": not each combination of the values is a point that is left. */
  readonly combinations: "all" | "some";
  readonly targets: readonly string[];
  /** Of all runs that are on record here, together. */
  readonly elapsedMs: number;
  readonly best: SweepBest | undefined;
}

async function finishedPoints(context: ExperimentsContext): Promise<readonly SweepPoint[]> {
  const finished = await listFinished(context);
  const objects = new CatFile(context.repository);
  try {
    const commits = await objects.readAll(finished.map(({ commit }) => commit));
    return finished.flatMap(({ name, baseline }, at): readonly SweepPoint[] => {
      const object = commits[at];
      if (object?.type !== "commit") return [];
      const commit = parseCommit(object.content);
      const facts = parseFacts(commit);
      if (facts?.sweep === undefined) return [];
      const place = facts.point ?? 0;
      return [{ sweep: facts.sweep, place, name, state: "success", baseline, at: commit.committedAt, facts }];
    });
  } finally {
    objects.close();
  }
}

async function queuedPoints(context: ExperimentsContext): Promise<readonly SweepPoint[]> {
  const { entries } = await listQueue(context);
  const running = entries.length === 0 ? new Set<number>() : runningSequences(context);
  return entries.flatMap(({ state, sequence, name, baseline, queuedAt, record }): readonly SweepPoint[] => {
    if (record.sweep === undefined) return [];
    const now: RunState = state === "queued" && running.has(sequence) ? "running" : state;
    const place = record.point ?? 0;
    return [{ sweep: record.sweep, place, name, state: now, baseline, at: queuedAt, facts: record }];
  });
}

/** The points of one sweep, in its order, whatever became of them. */
export async function pointsOfSweep(context: ExperimentsContext, id: string): Promise<readonly SweepPoint[]> {
  const points = [...(await finishedPoints(context)), ...(await queuedPoints(context))];
  return points.filter(({ sweep }) => sweep === id).sort((a, b) => a.place - b.place);
}

/** The values of each key in the order in which points have them. */
function sweptOf(points: readonly SweepPoint[]): Pick<SweepSummary, "overrides" | "combinations"> {
  const values = new Map<string, Set<string>>();
  for (const { facts } of points)
    for (const { file, text } of facts.overrides) {
      const end = text.indexOf("=");
      const key = (file === "params.yaml" || file === "" ? "" : `${file}:`) + (end < 0 ? text : text.slice(0, end));
      const known = values.get(key) ?? new Set<string>();
      values.set(key, known);
      if (end >= 0) known.add(text.slice(end + 1));
    }
  const all = [...values].map(([key, set]) => (set.size === 0 ? key : `${key}=${[...set].join(",")}`));
  const product = [...values.values()].reduce((count, set) => count * Math.max(1, set.size), 1);
  return { overrides: all, combinations: product === points.length ? "all" : "some" };
}

/** Time of runs by name; of a name that ran again, of all its runs. */
function elapsedByName({ state }: ExperimentsContext): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const run of listRuns(state)) {
    const record = readRunRecord(runFolder(state, run));
    if (record !== undefined) times.set(run.name, (times.get(run.name) ?? 0) + record.elapsedMs);
  }
  return times;
}

interface BestChoice {
  readonly column: ValueColumn;
  readonly direction: MetricDirection;
}

/** The metric that is named, else the first of which it is known whether more or less is better. */
function bestChoice(columns: ExperimentColumns, asked: BestBy | undefined): BestChoice | undefined {
  if (asked !== undefined) {
    const column = sortColumn(asked.metric, columns, "--best");
    return { column, direction: asked.direction ?? knownDirection(column.name) ?? "max" };
  }
  for (const column of columns.metrics) {
    const direction = knownDirection(column.name);
    if (direction !== undefined) return { column, direction };
  }
  return undefined;
}

/** The best experiment of each sweep. */
function bestOfSweeps(baselines: readonly Baseline[], asked: BestBy | undefined): ReadonlyMap<string, SweepBest> {
  const columns = collectColumns(baselines, rememberLeaves());
  const choice = bestChoice(columns, asked);
  if (choice === undefined) return new Map();
  const { column, direction } = choice;
  const metric = `${column.file}:${column.name}`;
  const { rows } = chooseRows(baselines, { where: undefined, best: { metric, direction }, top: undefined });
  const best = new Map<string, SweepBest>();
  for (const { facts, valueIn } of rows) {
    const value = valueIn(column);
    if (facts.sweep === null || facts.name === null || value === undefined || best.has(facts.sweep)) continue;
    best.set(facts.sweep, { name: facts.name, metric: column.column.name, value });
  }
  return best;
}

function summaryOf(
  id: string,
  points: readonly SweepPoint[],
  known: { readonly times: ReadonlyMap<string, number>; readonly best: ReadonlyMap<string, SweepBest> },
): SweepSummary {
  const ordered = [...points].sort((a, b) => a.place - b.place);
  const [first] = ordered;
  if (first === undefined) throw new RangeError("a sweep has points");
  const count = (state: RunState) => points.filter((point) => point.state === state).length;
  return {
    id,
    kind: points.some(({ facts }) => facts.trial !== undefined) ? "search" : "sweep",
    baseline: first.baseline,
    createdAt: points.reduce((least, { at }) => Math.min(least, at), first.at),
    points: points.length,
    counts: { running: count("running"), queued: count("queued"), failed: count("failed"), success: count("success") },
    stopped: points.filter(({ state, facts }) => state === "success" && facts.stopped !== undefined).length,
    ...sweptOf(ordered),
    targets: first.facts.targets,
    elapsedMs: points.reduce((sum, { name }) => sum + (known.times.get(name) ?? 0), 0),
    best: known.best.get(id),
  };
}

/** All sweeps of which something is left, the newest first. Errors: UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN. */
export async function listSweeps(context: ExperimentsContext, best?: BestBy): Promise<readonly SweepSummary[]> {
  const points = [...(await finishedPoints(context)), ...(await queuedPoints(context))];
  const bySweep = new Map<string, SweepPoint[]>();
  for (const point of points) {
    const group = bySweep.get(point.sweep) ?? [];
    bySweep.set(point.sweep, group);
    group.push(point);
  }
  if (bySweep.size === 0) return [];
  const known = { times: elapsedByName(context), best: bestOfSweeps(await collectAll(context), best) };
  return [...bySweep]
    .map(([id, group]) => summaryOf(id, group, known))
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
}

/** The sweep of that id, or of the only one that begins so. Throws SWEEP_UNKNOWN. */
export function sweepNamed(sweeps: readonly SweepSummary[], id: string): SweepSummary {
  const ids = sweeps.map((sweep) => sweep.id);
  const meant = sweepMeant(id, ids);
  const found = sweeps.find((sweep) => sweep.id === meant);
  if (found !== undefined) return found;
  const hint = sweepsHint(ids);
  throw new SweeplineError({
    code: "SWEEP_UNKNOWN",
    message: `there is no sweep '${id}'`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Its experiments, by the baselines that have some. */
export async function experimentsOfSweep(context: ExperimentsContext, id: string): Promise<readonly Baseline[]> {
  const all = await collectAll(context);
  return all
    .map((baseline) => ({ ...baseline, experiments: baseline.experiments.filter(({ sweep }) => sweep === id) }))
    .filter(({ experiments }) => experiments.length > 0);
}

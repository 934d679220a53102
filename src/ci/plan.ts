/**
 * The plan of a sweep: what each job of a matrix looks its points up in. Jobs carry positions only, never values.
 *
 *   {"v":1,"sweep":"s-<12 hex>","baseline":"<commit>","run":{...},"points":[
 *   {"i":0,"id":"<12 hex>","name":"s-ab12cd34-0000","set":["lr=0.1","seed=1"]},
 *   ...]}
 *
 * The same sweep on the same commit gives the same bytes, so a job without the file can make it again.
 */
import { createHash } from "node:crypto";
import { SweeplineError } from "../base/errors.ts";
import { isCount, isText, isTexts, listOf, oneOf, optional, parseJson, shaped, textLike } from "../base/json.ts";
import { isInnerFolder } from "../experiments/inner-folder.ts";
import { isName } from "../experiments/names.ts";
import type { ObjectId } from "../git/ids.ts";
import { defaultParamsFile } from "../params/default-file.ts";
import { isKeptOptions, type KeptOptions } from "../pipeline/run-options.ts";
import type { Point } from "../sweep/types.ts";
import { matrixExitCodes } from "./exit-codes.ts";

export interface PlanPoint {
  /** Its position in the sweep, from 0: in a search the number of the trial. */
  readonly i: number;
  readonly id: string;
  /** The experiment's name. */
  readonly name: string;
  /** Its overrides, as `[file:]override`. */
  readonly set: readonly string[];
}

/** How the points are run: what `sweep` takes beside overrides. */
export interface PlanSettings {
  /** The folder of the command, relative to the project. */
  readonly folder: string;
  readonly targets: readonly string[];
  readonly flags: KeptOptions;
  readonly message?: string;
  /** Whether params.yaml is composed where the project says so; "off": --no-hydra. */
  readonly composition: "as configured" | "off";
  /** Paths of --copy-paths, relative to the project. */
  readonly copyPaths: readonly string[];
}

/** As the written pipelines plan: from the top of the project, without options. */
export const plainRun: PlanSettings = {
  folder: "",
  targets: [],
  flags: {},
  composition: "as configured",
  copyPaths: [],
};

export interface SweepPlan {
  readonly v: 1;
  readonly sweep: string;
  readonly baseline: ObjectId;
  readonly run: PlanSettings;
  /** Of a search: its points are those of one round. */
  readonly round?: RoundFacts;
  readonly points: readonly PlanPoint[];
}

export interface RoundFacts {
  /** Trials of earlier rounds. */
  readonly ended: number;
  /** How many the search is to have; absent: it has no end. */
  readonly trials?: number;
}

export interface PlanFacts {
  readonly sweep: string;
  readonly baseline: ObjectId;
  readonly run: PlanSettings;
  readonly points: readonly Point[];
  /** -n: names are NAME-1, NAME-2... */
  readonly name: string | undefined;
}

export interface MadePlan {
  readonly plan: SweepPlan;
  /** Points that were the same as an earlier one: left out. */
  readonly repeated: number;
}

/** An override as it stands in a plan: `[file:]override`. */
export function overrideWord(override: Pick<Point["overrides"][number], "file" | "text">): string {
  // A text with a colon before its "=" would be read as a file's name: then the file is written too.
  const head = override.text.split("=", 1)[0] ?? "";
  const isPlain = override.file === defaultParamsFile && !head.includes(":");
  return isPlain ? override.text : `${override.file}:${override.text}`;
}

/** What tells the names of a sweep's points. */
export type NameFacts = Pick<PlanFacts, "sweep" | "name">;

/** The name of the point at a position. */
export function nameOf(facts: NameFacts, i: number): string {
  if (facts.name !== undefined) return `${facts.name}-${i + 1}`;
  return `${facts.sweep.slice(0, 10)}-${String(i).padStart(4, "0")}`;
}

function pointId({ baseline, run }: Pick<SweepPlan, "baseline" | "run">, set: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([baseline, run.targets, set]))
    .digest("hex")
    .slice(0, 12);
}

/** The point of a sweep at a position, by the words that set it. */
export function pointSetBy(facts: Omit<PlanFacts, "points">, i: number, set: readonly string[]): PlanPoint {
  return { i, id: pointId(facts, set), name: nameOf(facts, i), set };
}

export function planPoint(facts: Omit<PlanFacts, "points">, { index, overrides }: Point): PlanPoint {
  return pointSetBy(facts, index, overrides.map(overrideWord));
}

export function makePlan(facts: PlanFacts): MadePlan {
  const { sweep, baseline, run } = facts;
  const seen = new Set<string>();
  const points: PlanPoint[] = [];
  for (const point of facts.points) {
    const planned = planPoint(facts, { ...point, index: points.length });
    if (seen.has(planned.id)) continue;
    seen.add(planned.id);
    points.push(planned);
  }
  return { plan: { v: 1, sweep, baseline, run, points }, repeated: facts.points.length - points.length };
}

/**
 * The id of a planned sweep: all that tells its results from those of another plan. Failures lie below it, so two plans
 * that differ in no more than a name must not share it.
 */
export function planId(facts: Omit<PlanFacts, "sweep" | "points">, words: readonly string[]): string {
  const { baseline, run, name } = facts;
  const hash = createHash("sha256").update(JSON.stringify([baseline, run, name ?? null, words]));
  return `s-${hash.digest("hex").slice(0, 12)}`;
}

/** One point a line, so that plans can be read and compared. */
export function formatPlan({ points, ...head }: SweepPlan): string {
  const rows = points.map((point) => JSON.stringify(point)).join(",\n");
  return `${JSON.stringify(head).slice(0, -1)},"points":[\n${rows}\n]}\n`;
}

/** A hash of all that is in a plan: jobs that make it again compare theirs with it. */
export function planDigest(plan: SweepPlan): string {
  return createHash("sha256").update(formatPlan(plan)).digest("hex").slice(0, 16);
}

const isInnerFolders = listOf(isInnerFolder);

const isPoint = shaped<PlanPoint>({
  i: isCount,
  id: textLike(/^[0-9a-f]{12}$/),
  name: (value): value is string => typeof value === "string" && isName(value),
  set: isTexts,
});

const isRun = shaped<PlanSettings>({
  folder: isInnerFolder,
  targets: isTexts,
  copyPaths: isInnerFolders,
  composition: oneOf("as configured", "off"),
  flags: isKeptOptions,
  message: optional(isText),
});

const hasShape = shaped<SweepPlan>({
  v: oneOf(1),
  sweep: textLike(/^s-[0-9a-f]{12}$/),
  baseline: textLike(/^[0-9a-f]{40,64}$/),
  run: isRun,
  round: optional(shaped<RoundFacts>({ ended: isCount, trials: optional(isCount) })),
  points: listOf(isPoint),
});

/** In the plan of a round there are the positions of other rounds between. */
function isInOrder({ points, round }: SweepPlan): boolean {
  const before = (at: number) => points[at - 1]?.i ?? -1;
  return points.every(({ i }, at) => (round === undefined ? i === at : i > before(at)));
}

function isPlan(value: unknown): value is SweepPlan {
  if (!hasShape(value) || !isInOrder(value)) return false;
  return new Set(value.points.map(({ name }) => name)).size === value.points.length;
}

/**
 * Reads a plan file's text. Throws PLAN_INVALID, also for a point that is not what its id says; a file that may come from
 * anywhere names no path and no odd ref.
 */
export function parsePlan(text: string, file: string): SweepPlan {
  const plan = parseJson(text);
  const isWhole = isPlan(plan);
  const changed = isWhole ? plan.points.find(({ id, set }) => id !== pointId(plan, set)) : undefined;
  if (isWhole && changed === undefined) return plan;
  throw new SweeplineError({
    code: "PLAN_INVALID",
    message:
      changed === undefined
        ? `'${file}' is no plan of a sweep`
        : `'${file}' was changed: the id of point ${changed.i} is of other overrides`,
    hint: "`sweepline matrix plan OVERRIDE... -o sweep.json` writes one.",
    exitCode: matrixExitCodes.usage,
  });
}

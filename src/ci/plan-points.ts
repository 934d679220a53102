/** A plan's points as the sweep's points again. */
import { SweeplineError } from "../base/errors.ts";
import { isList, sameValue } from "../base/value.ts";
import { type ExpandOptions, expandPoints } from "../sweep/expand.ts";
import type { Point, PointOverride } from "../sweep/types.ts";
import { matrixExitCodes } from "./exit-codes.ts";
import type { PlanPoint, SweepPlan } from "./plan.ts";

/** Reads a point's texts as `exp run -S` reads them. Throws PLAN_INVALID for a text that would be a sweep itself. */
export function readPlanPoint({ i, set }: Pick<PlanPoint, "i" | "set">, options: ExpandOptions): Point {
  const { points, isSweep } = expandPoints(set, options);
  const [point] = points;
  if (isSweep || point === undefined)
    throw new SweeplineError({
      code: "PLAN_INVALID",
      message: `point ${i} of the plan is not one point`,
      exitCode: matrixExitCodes.usage,
    });
  return { index: i, overrides: point.overrides };
}

function isSameOverride(a: PointOverride, b: PointOverride | undefined): boolean {
  if (b === undefined || a.file !== b.file || a.edit.kind !== b.edit.kind) return false;
  return a.edit.path.join("\0") === b.edit.path.join("\0") && sameValue(a.edit.value, b.edit.value);
}

/**
 * Makes sure that each job will read from the plan what was planned. Equal overrides are looked at once. Throws
 * PLAN_NOT_EXACT for a value that cannot be written as an override (a quote inside a bare word).
 */
export function checkPlan(plan: SweepPlan, points: readonly Point[], options: ExpandOptions): void {
  const byText = new Map<string, PointOverride>();
  for (const point of points) for (const item of point.overrides) byText.set(`${item.file}\0${item.text}`, item);
  const words = new Set(plan.points.flatMap((point) => point.set));
  for (const word of words) {
    const [read] = readPlanPoint({ i: 0, set: [word] }, options).overrides;
    const planned = read === undefined ? undefined : byText.get(`${read.file}\0${read.text}`);
    if (read !== undefined && planned !== undefined && isSameOverride(planned, read)) continue;
    throw new SweeplineError({
      code: "PLAN_NOT_EXACT",
      message: `'${word}' would not be read back from a plan as it is meant`,
      hint: "Put the value into quotes.",
      exitCode: matrixExitCodes.usage,
    });
  }
}

/** What decides whether an override is refused. */
function signatureOf({ file, edit }: PointOverride): string {
  const { kind, path, value } = edit;
  const isText = (typeof value === "object" && value !== null) || typeof value === "string";
  const decides = kind === "delete" || isText;
  const shape = value === null ? "null" : isList(value) ? "list" : typeof value;
  return JSON.stringify([file, kind, path, shape, decides ? edit.text : ""]);
}

/**
 * Some of the points, among which is each way to change each key: what a job would refuse is refused for one of them. Each text is
 * a way of its own: it may name a config of a group, refer to a key, or hold what a shell reads.
 */
export function samplePoints(points: readonly Point[]): readonly Point[] {
  const seen = new Set<string>();
  return points.filter(({ overrides }) => {
    const before = seen.size;
    for (const override of overrides) seen.add(signatureOf(override));
    return seen.size > before || overrides.length === 0;
  });
}

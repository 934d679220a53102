/** What is asked of the queue, by what it is for: the commands that queue differ in nothing else. */
import path from "node:path";
import type { KeptOptions } from "../../pipeline/run-options.ts";
import type { StartingPoint } from "../point/params-from-tree.ts";
import type { PointInputs } from "../point/point-inputs.ts";
import type { EntryLimits } from "../record.ts";

/** How all experiments of a request are run. */
export interface ExperimentSettings {
  readonly targets: readonly string[];
  readonly flags: KeptOptions;
  /** Absolute paths of --copy-paths. */
  readonly copyPaths: readonly string[];
  /** The commit message (-m); undefined: DVC's. */
  readonly message: string | undefined;
  /** Recorded with each entry. */
  readonly limits?: EntryLimits;
}

export interface PointsToQueue {
  /** Of at least one point; one without overrides is the workspace as it is. */
  readonly inputs: PointInputs;
  /** One a point, where they were chosen before: see NamingRequest. */
  readonly names?: readonly string[];
  /** They start from a checkpoint of an experiment, not from the workspace. */
  readonly from?: StartingPoint;
}

/** What becomes of points that are known, of names that are taken, and of the entries. */
export interface EnqueuePolicy {
  readonly numbered: boolean;
  readonly samePoint: "skip" | "replace" | "ignore";
  readonly takenName: "refuse" | "replace";
  readonly failedBefore: "queue" | "report";
  /** Claim the entries before anybody sees them: for a run that follows at once. */
  readonly claim: "leave" | "claim";
  /** Where the entries stand among those that wait. */
  readonly place: "last" | "first";
}

export interface EnqueueRequest extends PointsToQueue, ExperimentSettings, EnqueuePolicy {
  readonly name: string | undefined;
  /** Recorded with each experiment: see sweepId(). */
  readonly sweep: string | undefined;
  readonly pointsAre: PointsAre;
}

/** What the points of a sweep are; trials of a search are numbered for people, too. */
export type PointsAre = "points" | "trials";

export type EnqueuePurpose =
  /** `sweep`, and with --retry-failed. */
  | { readonly kind: "sweep"; readonly failed: "queue" | "report" }
  /** `exp run --queue` */
  | { readonly kind: "queue"; readonly points: "one" | "sweep"; readonly place: EnqueuePolicy["place"] }
  /** `exp run --temp`: it runs, whatever is known. */
  | { readonly kind: "run" }
  /** A job of a matrix: what is done was looked at, and what a killed run of the same job left in the queue is replaced. */
  | { readonly kind: "job" };

function policyFor(purpose: EnqueuePurpose, { force = false }: KeptOptions): EnqueuePolicy {
  const known = { samePoint: force ? "replace" : "skip", takenName: force ? "replace" : "refuse" } as const;
  const queued = { failedBefore: "queue", claim: "leave", place: "last" } as const;
  switch (purpose.kind) {
    case "sweep":
      return { ...known, ...queued, numbered: true, failedBefore: purpose.failed };
    case "queue":
      return { ...known, ...queued, numbered: purpose.points === "sweep", place: purpose.place };
    case "run":
      return { ...known, ...queued, numbered: false, samePoint: "ignore", claim: "claim" };
    case "job":
      return { ...queued, numbered: false, samePoint: "ignore", takenName: "replace" };
  }
}

export interface EnqueueFacts extends PointsToQueue {
  readonly run: ExperimentSettings;
  readonly name?: string | undefined;
  readonly sweep?: string | undefined;
  /** Default: "points". */
  readonly pointsAre?: PointsAre;
}

export function enqueueRequest(
  purpose: EnqueuePurpose,
  { run, name, sweep, pointsAre = "points", ...points }: EnqueueFacts,
): EnqueueRequest {
  // What goes on from a checkpoint is no point that was run before, whatever its parameters.
  const same = points.from === undefined ? {} : { samePoint: "ignore" as const };
  return { ...points, ...run, ...policyFor(purpose, run.flags), ...same, name, sweep, pointsAre };
}

/** The paths of --copy-paths, from where the command was given. */
export function pathsFrom(folder: string, names: readonly string[] | undefined): readonly string[] {
  return (names ?? []).map((name) => path.resolve(folder, name));
}

/** What is queued: what was asked for, and what that comes to on the baseline. */
import type { ProjectConfigs } from "../../config/project-config.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Snapshot } from "../../git/snapshot.ts";
import type { KeptOptions } from "../../pipeline/run-options.ts";
import type { Point } from "../../sweep/types.ts";
import type { OpenedParamFile } from "../point/param-edits.ts";
import type { EntryLimits } from "../record.ts";
import type { KnownOnBaseline } from "./known.ts";
import type { NamedPoint } from "./naming.ts";

export interface EnqueueRequest {
  /** At least one; a point without overrides is the workspace as it is. */
  readonly points: readonly Point[];
  readonly numbered: boolean;
  /** One a point, where they were chosen before: see NamingRequest. */
  readonly names?: readonly string[];
  /** The folder of the command, relative to the project's root. */
  readonly folder: string;
  /** Where params.yaml is composed: its configs. */
  readonly configs?: ProjectConfigs | undefined;
  readonly name: string | undefined;
  readonly message: string | undefined;
  /** Recorded with each experiment: see sweepId(). */
  readonly sweep: string | undefined;
  readonly targets: readonly string[];
  readonly flags: KeptOptions;
  /** Absolute paths of --copy-paths. */
  readonly copyPaths: readonly string[];
  readonly samePoint: "skip" | "replace" | "ignore";
  readonly takenName: "refuse" | "replace";
  readonly failedBefore: "queue" | "report";
  /** Claim the entries before anybody sees them: for a run that follows at once. */
  readonly claim: "leave" | "claim";
  /** Recorded with each entry. */
  readonly limits?: EntryLimits;
}

export interface EnqueuePlan {
  readonly head: ObjectId;
  readonly snapshot: Snapshot;
  readonly files: readonly OpenedParamFile[];
  readonly named: readonly NamedPoint[];
  readonly identities: readonly string[];
  readonly known: KnownOnBaseline;
  readonly copied: readonly string[];
}

/** A point that is to be queued. */
export type FreshPoint = Extract<NamedPoint, { kind: "new" }>;

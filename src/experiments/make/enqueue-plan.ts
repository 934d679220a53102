/** What is known before anything is queued. */
import type { ObjectId } from "../../git/ids.ts";
import type { Snapshot } from "../../git/snapshot.ts";
import type { OpenedParamFile } from "../point/param-edits.ts";
import type { KnownOnBaseline } from "./known.ts";
import type { NamedPoint } from "./naming.ts";

export interface EnqueuePlan {
  readonly head: ObjectId;
  readonly snapshot: Snapshot;
  readonly files: readonly OpenedParamFile[];
  readonly named: readonly NamedPoint[];
  readonly identities: readonly string[];
  readonly known: KnownOnBaseline;
  readonly disagreeing: readonly string[];
  readonly copied: readonly string[];
}

export type FreshPoint = Extract<NamedPoint, { kind: "new" }>;
